import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { Document } from '../../src/language/document.js';
import { format } from '../../src/language/format.js';
import { Refusal, applied } from '../../src/language/navigation.js';
import { problemsOf } from '../../src/language/problems.js';
import type { RequestParams } from '../../src/language/server.js';
import { LanguageServer, REQUESTS } from '../../src/language/server.js';
import { compileFile } from '../../src/scenario/compile.js';
import { gmapServices } from '../../src/scenario/language.js';
import { withoutPlaces } from '../scenario/support.js';
import { EXAMPLES, change, changed, corpusTexts, mutated } from './texts.js';

const examples = EXAMPLES.map(([, text]) => text);
const programs = [
  ...corpusTexts('traces/handmade.jsonl.gz'),
  ...corpusTexts('traces/before-handmade.jsonl.gz', 20),
  ...corpusTexts('traces/random-a.jsonl.gz', 60),
];
const uri = 'untitled:test.gmap';
const options = { tabSize: 2, insertSpaces: true };
const runs = (usual: number) => ({ numRuns: Number(process.env['RUNS'] ?? usual) });

function analysisOf(text: string) {
  return new Document(uri, 1, text).analysis;
}

function formatted(text: string): string {
  const analysis = analysisOf(text);
  return applied(analysis, format(analysis, options));
}

/** What a text means: its program and its mistakes, wherever they stand. */
function meaning(text: string): unknown {
  const { file, diagnostics } = compileFile(text, uri);
  return withoutPlaces({ file, mistakes: diagnostics.map(({ code, message }) => `${code} ${message}`) });
}

/** All words and comments of a text, line by line; blank lines do not count. */
function wordsOf(text: string): string[][] {
  const { Lexer } = gmapServices().gmap.parser;
  return text
    .split(/\r\n?|\n/)
    .map((line) => {
      const { tokens, hidden } = Lexer.tokenize(line);
      const heading = (image: string) => image.replace(/^(---+)\s*/, '$1').trimEnd();
      return [...tokens, ...hidden].map(({ image }) => heading(image)).filter((image) => image !== '');
    })
    .filter((words) => words.length > 0);
}

/** Spaces between words, where they do not matter: more of them, tabs, or none. */
function shaken(text: string, random: readonly number[]): string {
  let at = 0;
  const next = () => random[at++ % random.length]!;
  return text
    .split('\n')
    .map((line) => {
      const comment = line.indexOf('#');
      const code = comment < 0 ? line : line.slice(0, comment);
      if (/["-]{3}|"/.test(code)) return line;
      const spaces = [' ', '  ', '\t', '   '];
      return code.replace(/(?<=\S) +(?=\S)/g, () => spaces[next() % 4]!) + (comment < 0 ? '' : line.slice(comment));
    })
    .map((line) => (next() % 5 === 0 ? `   ${line}  ` : line))
    .join('\n');
}

describe('formatting', () => {
  it('leaves every example as it is', () => {
    for (const [name, text] of EXAMPLES) assert.equal(formatted(text), text, name);
  });

  it('never changes the program, and is done at once: programs of the corpus', () => {
    for (const text of programs) {
      const once = formatted(text);
      assert.deepEqual(meaning(once), meaning(text));
      assert.equal(formatted(once), once);
    }
  });

  it('undoes what was done to the spaces', () => {
    const texts = fc.tuple(fc.constantFrom(...examples), fc.array(fc.nat(100), { minLength: 1, maxLength: 50 }));
    fc.assert(
      fc.property(texts, ([text, random]) => {
        const other = shaken(text, random);
        const once = formatted(other);
        assert.deepEqual(meaning(once), meaning(text));
        assert.equal(formatted(once), once);
      }),
      runs(100),
    );
  });

  it('changes no word of any text, not even of a broken one', () => {
    fc.assert(
      fc.property(mutated([...examples, ...programs]), (text) => {
        const once = formatted(text);
        assert.deepEqual(wordsOf(once), wordsOf(text), JSON.stringify(text));
        const before = compileFile(text, uri);
        if (before.file) assert.deepEqual(meaning(once), meaning(text), JSON.stringify(text));
        else assert.equal(compileFile(once, uri).file, undefined);
        assert.equal(formatted(once), once);
      }),
      runs(300),
    );
  });

  it('of some lines makes the changes that it makes to them in the whole text', () => {
    const texts = fc.tuple(mutated([...examples, ...programs]), fc.nat(40), fc.nat(10));
    fc.assert(
      fc.property(texts, ([text, first, more]) => {
        const analysis = analysisOf(text);
        const range = { start: { line: first, character: 0 }, end: { line: first + more, character: 1 } };
        const all = format(analysis, options).filter(
          ({ range: { start } }) => start.line >= first && start.line <= first + more,
        );
        assert.deepEqual(format(analysis, options, range), all, JSON.stringify(text));
      }),
      runs(300),
    );
  });
});

describe('renaming', () => {
  const names = fc.constantFrom(
    'vm',
    'kvm',
    'other',
    'g1',
    'g7',
    'nb2',
    'prefix',
    'reclaim',
    'x',
    'EFAULT',
    'v0',
    'len',
  );
  it('keeps the program the same, or is refused', () => {
    const texts = fc.tuple(fc.constantFrom(...examples, ...programs), fc.nat(1_000_000), names);
    let renamed = 0;
    fc.assert(
      fc.property(texts, ([text, at, newName]) => {
        const analysis = analysisOf(text);
        const occurrences = analysis.names.all.flatMap((name) => name.occurrences);
        const occurrence = occurrences[at % Math.max(1, occurrences.length)];
        if (!occurrence) return;
        const line = analysis.text.slice(0, occurrence.node.$cstNode!.offset).split('\n').length - 1;
        const { start } = occurrence.node.$cstNode!.range;
        assert.equal(start.line, line);
        const server = serverWith(text);
        const spots = analysis.lines.line(line).matchAll(/\w+/g);
        for (const { index } of [...spots].slice(0, 8)) {
          const position = { line, character: index };
          let edit: WorkspaceEdit;
          try {
            edit = ask(server, 'textDocument/rename', { position, newName }) as WorkspaceEdit;
          } catch (error) {
            if (error instanceof Refusal) continue;
            throw error;
          }
          const result = applied(analysis, edit.changes![uri]!);
          assert.deepEqual(withoutNames(result), withoutNames(text), `${newName}: ${result}`);
          renamed++;
        }
      }),
      runs(200),
    );
    assert.ok(renamed > 0);
  });
});

/** The program of a text without the names that people chose. */
function withoutNames(text: string): unknown {
  const { file, diagnostics } = compileFile(text, uri);
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (value instanceof Map) return [...value.values()];
    if (typeof value !== 'object' || value === null) return value;
    const isThread = 'statements' in value && !('generation' in value);
    const kept = Object.entries(value).filter(
      ([key]) =>
        !(
          key === 'name' &&
          ('slot' in value ||
            'prefix' in value ||
            isThread ||
            (value as { kind?: string }).kind === 'mark' ||
            (value as { kind?: string }).kind === 'name')
        ) && !['since', 'thread'].includes(key),
    );
    return Object.fromEntries(kept.map(([key, inner]) => [key, plain(inner)]));
  };
  return plain(withoutPlaces({ file, mistakes: diagnostics.map(({ code }) => code) }));
}

function serverWith(text: string): LanguageServer {
  const server = new LanguageServer({ publishDiagnostics: () => undefined });
  server.snippets = true;
  server.open(uri, 1, text);
  return server;
}

function ask(server: LanguageServer, method: string, params: Partial<RequestParams>): unknown {
  return server.request(method, { textDocument: { uri }, ...params } as RequestParams);
}

describe('the language server', () => {
  it('answers every request about every text', () => {
    const positions = fc.array(fc.tuple(fc.nat(40), fc.nat(60)), { minLength: 1, maxLength: 3 });
    const texts = fc.tuple(mutated([...examples, ...programs]), positions, fc.array(change, { maxLength: 3 }));
    fc.assert(
      fc.property(texts, ([text, places, changes]) => {
        const server = serverWith(text);
        let version = 1;
        for (const step of [undefined, ...changes]) {
          if (step) server.change(uri, ++version, [{ text: (text = changed(text, step)) }]);
          for (const [line, character] of places) everything(server, { line, character }, text);
        }
        server.dispose();
      }),
      runs(120),
    );
  });

  it('finds the fixes of every problem, and each can be applied', () => {
    fc.assert(
      fc.property(mutated([...examples, ...programs]), (text) => {
        const analysis = analysisOf(text);
        for (const { fixes, range } of problemsOf(analysis)) {
          assert.ok(analysis.offsetAt(range.start) <= analysis.offsetAt(range.end));
          for (const { edits } of fixes) applied(analysis, edits);
        }
      }),
      runs(200),
    );
  });
});

function everything(server: LanguageServer, position: { line: number; character: number }, text: string): void {
  const range = { start: { line: 0, character: 0 }, end: position };
  for (const method of Object.keys(REQUESTS)) {
    try {
      const answer = ask(server, method, {
        position,
        positions: [position],
        range,
        options,
        newName: 'fresh',
        ch: '\n',
        context: {},
      });
      if (/ormatting$/.test(method)) disjoint(answer as TextEdit[]);
    } catch (error) {
      if (error instanceof Refusal) continue;
      assert.fail(
        `${method} at ${position.line}:${position.character}: ${String((error as Error).stack)}\n${JSON.stringify(text)}`,
      );
    }
  }
}

/** Edits of one answer must not overlap. */
function disjoint(edits: readonly TextEdit[]): void {
  edits.forEach(({ range }, index) => {
    const next = edits[index + 1]?.range.start;
    const { end } = range;
    if (next) assert.ok(end.line < next.line || (end.line === next.line && end.character <= next.character));
  });
}
