import assert from 'node:assert/strict';
import type { DocumentSymbol, SelectionRange } from 'vscode-languageserver-types';
import { Document } from '../../src/language/document.js';
import { format, formatTyped } from '../../src/language/format.js';
import { inlayHints } from '../../src/language/inlay-hints.js';
import { documentLinks } from '../../src/language/links.js';
import { applied } from '../../src/language/navigation.js';
import { documentSymbols, foldingRanges, selectionRange } from '../../src/language/outline.js';
import { semanticTokens } from '../../src/language/semantic-tokens.js';
import { signatureHelp } from '../../src/language/signature.js';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../../src/language/token-legend.js';
import { Marked } from './markers.js';

const TEXT = `# What this is about,
# in two lines.

let size = 8K
gmap vm limit 4G
notifier kvm

--- First part
vcpu v0 of vm prefix 0x4000

scenario "one" {
  mark here
  --- inside
  repeat 3 {
    fault vm 0x0 read
  }
  thread a {
    host exit
  }
}

--- Second part

scenario "two" {
}
`;

describe('outline', () => {
  const shown = (symbols: readonly DocumentSymbol[], indent = ''): string[] =>
    symbols.flatMap(({ name, detail = '', children = [] }) => [
      `${indent}${name}${detail && ` (${detail})`}`,
      ...shown(children, `${indent}  `),
    ]);

  it('has names, blocks, and headings with what is below them', () => {
    assert.deepEqual(shown(documentSymbols(new Marked(TEXT).analysis)), [
      'size (8K)',
      'vm (gmap)',
      'kvm (notifier)',
      'First part',
      '  v0 (vCPU)',
      '  one (scenario)',
      '    here (mark)',
      '    inside',
      '      repeat 3',
      '      a (thread)',
      'Second part',
      '  two (scenario)',
    ]);
  });

  it('has ranges that hold the names, and those of their children', () => {
    const inside = (a: DocumentSymbol['range'], b: DocumentSymbol['range']) =>
      a.start.line >= b.start.line && a.end.line <= b.end.line;
    const check = (symbols: readonly DocumentSymbol[]) => {
      for (const { range, selectionRange: name, children = [] } of symbols) {
        assert.ok(inside(name, range));
        for (const child of children) assert.ok(inside(child.range, range), child.name);
        check(children);
      }
    };
    check(documentSymbols(new Marked(TEXT).analysis));
  });
});

describe('folding', () => {
  it('folds blocks, sections and comments', () => {
    const folds = foldingRanges(new Marked(TEXT).analysis).map(
      ({ startLine, endLine, kind }) => `${startLine}-${endLine}${kind ? ` ${kind}` : ''}`,
    );
    assert.deepEqual(
      folds.sort(),
      ['0-1 comment', '10-18', '12-18 region', '13-14', '16-17', '21-24 region', '7-19 region'].sort(),
    );
  });
});

describe('selection', () => {
  it('grows from the word to the file', () => {
    const text = new Marked('scenario "a" {\n  expect pte(vm, 0x2000).IN && rc == 0\n#                ^ here\n}\n');
    const grown: string[] = [];
    for (let at: SelectionRange | undefined = selectionRange(text.analysis, text.at('here')); at; at = at.parent) {
      const { analysis } = text;
      grown.push(analysis.text.slice(analysis.offsetAt(at.range.start), analysis.offsetAt(at.range.end)));
    }
    assert.deepEqual(grown.slice(0, 3), ['0x2000', 'pte(vm, 0x2000)', 'pte(vm, 0x2000).IN']);
    assert.ok(grown.includes('expect pte(vm, 0x2000).IN && rc == 0'));
    assert.equal(grown.at(-1), text.analysis.text);
    grown.slice(1).forEach((outer, index) => assert.ok(outer.includes(grown[index]!) && outer !== grown[index]));
  });
});

describe('the formatter', () => {
  const options = { tabSize: 2, insertSpaces: true };
  const formatted = (text: string, more: Partial<typeof options> = {}): string => {
    const { analysis } = new Document('untitled:x', 1, text);
    return applied(analysis, format(analysis, { ...options, ...more }));
  };

  for (const [name, before, after] of [
    ['spaces', 'host   mmap 0x1000  len (4K)rw->-EFAULT', 'host mmap 0x1000 len (4K) rw -> -EFAULT\n'],
    ['operators', 'print a+b*( -c ),pte( vm,0 ) . IN&&! x', 'print a + b * (-c), pte(vm, 0).IN && !x\n'],
    ['signs that must not meet', 'print - - -1', 'print - - -1\n'],
    ['ranges', 'expect notified kvm vm 0x2000 .. 0x2fff', 'expect notified kvm vm 0x2000..0x2fff\n'],
    ['facilities', 'machine {esop on idte off attach 2}', 'machine { esop on  idte off  attach 2 }\n'],
    ['blocks', 'scenario "a"{\nrepeat 2{\nhost exit\n}\n}', 'scenario "a" {\n  repeat 2 {\n    host exit\n  }\n}\n'],
    ['one-line blocks', 'repeat 2{host exit}', 'repeat 2 { host exit }\n'],
    ['empty blocks', 'scenario "a" {  }', 'scenario "a" {}\n'],
    ['blank lines', '\n\nhost exit\n\n\n\nhost exit\n\n\n', 'host exit\n\nhost exit\n'],
    ['blank lines in blocks', 'scenario "a" {\n\n  host exit\n\n}\n', 'scenario "a" {\n  host exit\n}\n'],
    ['comments', '   # a\nscenario "a" {\n# b\n}# c\n', '# a\nscenario "a" {\n  # b\n}  # c\n'],
    ['headings', '---Part   ', '--- Part\n'],
    ['trailing spaces', 'host exit  \t\n', 'host exit\n'],
    ['line ends', 'host   exit\r\nhost exit\r\n', 'host exit\r\nhost exit\r\n'],
    ['lines that are wrong', '  host   frob  x # c\nhost   exit', 'host   frob  x  # c\nhost exit\n'],
    ['braces that are too many', '}\n}\nhost exit\n', '}\n}\nhost exit\n'],
    ['nothing', '', ''],
  ] as const) {
    it(`writes ${name} anew`, () => {
      assert.equal(formatted(before), after);
      assert.equal(formatted(after), after);
    });
  }

  it('keeps comments in their column, together', () => {
    const before = 'host exit     # a\ngmap   vm limit 4G     # b\nhost age 0x1000   # c\n';
    assert.equal(formatted(before), 'host exit         # a\ngmap vm limit 4G  # b\nhost age 0x1000   # c\n');
    const far = 'host exit             # a\nhost age 0x1000       # b\n';
    assert.equal(formatted(far), far);
  });

  it('indents as it is told', () => {
    assert.equal(formatted('scenario "a" {\nhost exit\n}\n', { tabSize: 4 }), 'scenario "a" {\n    host exit\n}\n');
    assert.equal(
      formatted('scenario "a" {\nhost exit\n}\n', { insertSpaces: false }),
      'scenario "a" {\n\thost exit\n}\n',
    );
  });

  it('formats the line that was ended, and the block that was closed', () => {
    const { analysis } = new Document('untitled:x', 1, 'scenario "a" {\nhost   exit\n\n  }\nhost   exit\n');
    const line = formatTyped(analysis, options, { line: 2, character: 0 }, '\n');
    assert.equal(applied(analysis, line), 'scenario "a" {\n  host exit\n\n  }\nhost   exit\n');
    const brace = formatTyped(analysis, options, { line: 3, character: 3 }, '}');
    assert.equal(applied(analysis, brace), 'scenario "a" {\nhost   exit\n\n}\nhost   exit\n');
  });
});

describe('semantic tokens', () => {
  const decoded = (text: string): string[] => {
    const { analysis } = new Document('untitled:x', 1, text);
    const { data } = semanticTokens(analysis);
    const words: string[] = [];
    let line = 0;
    let character = 0;
    for (let at = 0; at < data.length; at += 5) {
      if (data[at]) character = 0;
      line += data[at]!;
      character += data[at + 1]!;
      const modifiers = TOKEN_MODIFIERS.filter((_, bit) => data[at + 4]! & (1 << bit));
      const word = analysis.lines.line(line).slice(character, character + data[at + 2]!);
      words.push([word, TOKEN_TYPES[data[at + 3]!], ...modifiers].join(' '));
    }
    return words;
  };

  it('tell names from words, and what names stand for', () => {
    assert.deepEqual(decoded('let size = 4K\ngmap vm limit 4G\nfault vm size read\nexpect pgste(vm, 0).IN == rc\n'), [
      'let keyword',
      'size variable declaration readonly',
      '= operator',
      '4K number',
      'gmap function readonly defaultLibrary',
      'vm class declaration',
      'limit keyword',
      '4G number',
      'fault function readonly defaultLibrary',
      'vm class',
      'size variable readonly',
      'read keyword',
      'expect keyword',
      'pgste function readonly defaultLibrary',
      'vm class',
      '0 number',
      'IN property',
      '== operator',
      'rc variable readonly defaultLibrary',
    ]);
  });

  it('of some lines are those of the text on these lines', () => {
    const { analysis } = new Document('untitled:x', 1, TEXT);
    const part = semanticTokens(analysis, { start: { line: 4, character: 0 }, end: { line: 4, character: 99 } });
    assert.deepEqual(part.data.slice(0, 2), [4, 0]);
    assert.equal(part.data.length, 4 * 5);
  });
});

describe('inlay hints', () => {
  it('show the host address behind a guest address, pages, segments and levels', () => {
    const { analysis } = new Document(
      'untitled:x',
      1,
      `host mmap 0x10000000 len 16M rw
gmap vm limit 4G
map vm 0x0 len 16M to 0x10000000
scenario "a" {
  mprotect_notify vm 0x2000 len 8K PROT_READ
  expect pte vm 0x3000 valid
  expect notified kvm vm 0x4000
  unmap vm 0x0 len 1M
  expect pte vm 0x3000 absent
}
scenario "b" {
  fault vm 0x9000_0000 read
}
`,
    );
    const all = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = inlayHints(analysis, all).map(({ position, label }) => `${position.line} ${label as string}`);
    assert.deepEqual(hints, [
      '0 16 segments',
      '1 region-third',
      '2 16 segments',
      '4 → 0x10002000',
      '4 2 pages',
      '5 → 0x10003000',
      '6 → 0x10004000',
      '7 → 0x10000000',
      '7 1 segment',
    ]);
    const some = inlayHints(analysis, { start: { line: 4, character: 0 }, end: { line: 4, character: 0 } });
    assert.equal(some.length, 2);
  });
});

describe('links', () => {
  it('lead to recorded schedules beside the file', () => {
    const { analysis } = new Document(
      'file:///dir/x.gmap',
      1,
      'scenario "a" {\n  schedule file "runs/a b.schedule"\n}\n',
    );
    const links = documentLinks(analysis).map(({ target, range }) => [target, range.start]);
    assert.deepEqual(links, [['file:///dir/runs/a%20b.schedule', { line: 1, character: 16 }]]);
    assert.deepEqual(documentLinks(new Document('untitled:x', 1, 'schedule file "a"').analysis), []);
  });
});

describe('signature help', () => {
  const help = (line: string): string => {
    const { analysis } = new Document('untitled:x', 1, line);
    const found = signatureHelp(analysis, { line: 0, character: line.length });
    const signature = found?.signatures[0];
    const label = signature?.parameters?.[found?.activeParameter ?? 0]?.label as [number, number] | undefined;
    return signature ? `${signature.label} @ ${label ? signature.label.slice(...label) : ''}` : '';
  };
  for (const [line, wanted] of [
    ['map ', 'map GMAP GADDR len LENGTH to VMADDR @ GMAP'],
    ['map vm ', 'map GMAP GADDR len LENGTH to VMADDR @ GADDR'],
    ['map vm 0 len ', 'map GMAP GADDR len LENGTH to VMADDR @ LENGTH'],
    ['map vm 0 len 1M to ', 'map GMAP GADDR len LENGTH to VMADDR @ VMADDR'],
    ['host mmap 0 len 4K ', 'host mmap VMADDR len LENGTH PROT @ PROT'],
    ['expect pte vm ', 'expect pte GMAP GADDR TEST … @ GADDR'],
    ['expect always pte ', 'expect pte GMAP GADDR TEST … @ GMAP'],
    ['expect notified kvm vm ', 'expect notified NOTIFIER GMAP RANGE COUNT @ RANGE'],
    ['gmap vm limit ', 'gmap NAME limit SIZE @ SIZE'],
    ['print entry(vm, ', 'entry(gmap, gaddr, level) @ gaddr'],
    ['print ', 'print EXPRESSION, … @ EXPRESSION'],
    ['fault vm 0x0 read ', ''],
    ['# map ', ''],
    ['', ''],
  ] as const) {
    it(`of ${JSON.stringify(line)}`, () => assert.equal(help(line), wanted));
  }
});
