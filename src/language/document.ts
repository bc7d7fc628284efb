/** An open file: its text, and what is known about it. */
import { TextDocument } from 'langium';
import type { Position, Range } from 'vscode-languageserver-types';
import type { CompileResult } from '../scenario/compile.js';
import { compileParsed } from '../scenario/compile.js';
import type { GmapFile, Scenario } from '../scenario/generated/ast.js';
import type { Names } from '../scenario/names.js';
import { collectNames } from '../scenario/names.js';
import type { ParsedFile } from '../scenario/parse.js';
import type { SourceRange } from '../scenario/source.js';
import { IncrementalParser } from './incremental.js';
import { Lines } from './lines.js';
import { Values } from './values.js';

/** A change to a text; without a range, all of it. */
export interface TextChange {
  readonly range?: Range;
  readonly text: string;
}

/**
 * What is known about one version of a text, found out when it is asked for. The next version takes the syntax tree
 * apart, so nothing of this may be kept.
 */
export class Analysis {
  readonly lines: Lines;
  private ownNames: Names | undefined;
  private ownResult: CompileResult | undefined;
  private ownValues: Values | undefined;

  constructor(
    readonly uri: string,
    readonly text: string,
    readonly parsed: ParsedFile,
  ) {
    this.lines = new Lines(text);
  }

  get file(): GmapFile {
    return this.parsed.file;
  }

  get compiled(): CompileResult {
    return (this.ownResult ??= compileParsed(this.parsed, this.text, this.uri, undefined, this.names));
  }

  get names(): Names {
    return (this.ownNames ??= collectNames(this.file));
  }

  get values(): Values {
    return (this.ownValues ??= new Values(this.names));
  }

  /** The scenario block that a line (from 0) belongs to. */
  scenarioAt(line: number): Scenario | undefined {
    const item = this.file.items.find(
      ({ $cstNode: cst }) => cst && cst.range.start.line <= line && line <= cst.range.end.line,
    );
    return item?.$type === 'Scenario' ? item : undefined;
  }

  offsetAt({ line, character }: Position): number {
    if (line < 0) return 0;
    if (line >= this.lines.count) return this.text.length;
    const start = this.lines.start(line);
    const length = this.lines.line(line).replace(/[\r\n]+$/, '').length;
    return start + Math.min(Math.max(0, character), length);
  }
}

export class Document {
  private readonly parser = new IncrementalParser();
  private content: TextDocument;
  private known: Analysis | undefined;

  constructor(uri: string, version: number, text: string) {
    this.content = TextDocument.create(uri, 'gmap', version, text);
  }

  get uri(): string {
    return this.content.uri;
  }

  get version(): number {
    return this.content.version;
  }

  get text(): string {
    return this.content.getText();
  }

  change(changes: readonly TextChange[], version: number): void {
    this.content = TextDocument.update(
      this.content,
      [...changes] as Parameters<typeof TextDocument.update>[1],
      version,
    );
    this.known = undefined;
  }

  /** What is known about the present text. */
  get analysis(): Analysis {
    const { text } = this;
    return (this.known ??= new Analysis(this.uri, text, this.parser.parse(text)));
  }
}

/** Lines and columns of the protocol count from 0. */
export function toRange({ start, end }: SourceRange): Range {
  return {
    start: { line: start.line - 1, character: start.column - 1 },
    end: { line: end.line - 1, character: end.column - 1 },
  };
}

export function contains({ start, end }: Range, { line, character }: Position): boolean {
  const after = line > start.line || (line === start.line && character >= start.character);
  return after && (line < end.line || (line === end.line && character <= end.character));
}
