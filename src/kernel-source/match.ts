/** One function of the model against its definition in the kernel's text: the line of every step, or why not. */
import type { FunctionInfo, Step } from '../engine/catalog.js';
import type { Generation } from '../engine/operation.js';
import { END, type Anchor } from './anchor.js';
import { anchorings, kernelName, spelledIn, type AnchorOf } from './functions.js';
import { words, type Definition, type SourceText, type Token } from './scan.js';

export interface Place {
  /** Path in the kernel tree. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Lines of a definition: from the name to the closing brace. */
export interface Body extends Place {
  readonly end: number;
}

export interface Matched {
  readonly fn: FunctionInfo;
  /** Its name in the kernel tree. */
  readonly name: string;
  /** The definition, and then those of the helpers that some steps stand in. */
  readonly bodies: readonly [Body, ...Body[]];
  /** By number of the step. */
  readonly steps: ReadonlyMap<number, Place>;
}

export interface Unmatched {
  readonly fn: FunctionInfo;
  readonly name: string;
  readonly reason: string;
  /** Where the definition is that does not match. */
  readonly body?: Body;
}

/** The files of a tree, by their paths in it. */
export type Tree = ReadonlyMap<string, SourceText>;

export function match(fn: FunctionInfo, tree: Tree, generation: Generation): Matched | Unmatched {
  const name = kernelName(fn, generation);
  const found = definitions(name, fn.file, tree);
  let failed: Unmatched | undefined;
  for (const definition of found) {
    for (const anchorOf of anchorings(fn)) {
      const matched = new Attempt(fn, name, tree, generation, definition, anchorOf).run();
      if ('steps' in matched) return matched;
      failed ??= matched;
    }
  }
  const where = tree.has(fn.file) ? `${fn.file} does not define it` : `there is no ${fn.file}`;
  return failed ?? { fn, name, reason: where };
}

interface Found {
  readonly file: string;
  readonly definition: Definition;
}

/** Functions move between files over the years: the file that they were modelled after is looked at first. */
function definitions(name: string, file: string, tree: Tree): Found[] {
  const files = [file, ...[...tree.keys()].filter((other) => other !== file)];
  for (const path of files) {
    const found = tree.get(path)?.definitions(name) ?? [];
    if (found.length > 0) return found.map((definition) => ({ file: path, definition }));
  }
  return [];
}

const bodyOf = ({ file, definition: { line, end } }: Found): Body => ({ file, line, end });

/** Does a pattern stand at a token? Behind `name(`, a word may stand anywhere among the arguments. */
function fits([first, second, argument]: readonly string[], tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.text !== first || (second !== undefined && tokens[at + 1]?.text !== second)) return false;
  if (argument === undefined) return true;
  if (second !== '(') return tokens[at + 2]?.text === argument;
  let depth = 1;
  for (let i = at + 2; depth > 0 && i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (text === argument) return true;
    if (text === '(') depth++;
    else if (text === ')') depth--;
  }
  return false;
}

class Mismatch extends Error {}

/** A function body, and how far its steps have been found. */
interface Cursor extends Found {
  at: number;
}

class Attempt {
  private readonly own: Cursor;
  private readonly helpers = new Map<string, Cursor>();
  private readonly places = new Map<string, Place>();

  constructor(
    private readonly fn: FunctionInfo,
    private readonly name: string,
    private readonly tree: Tree,
    private readonly generation: Generation,
    found: Found,
    private readonly anchorOf: AnchorOf,
  ) {
    this.own = { ...found, at: 0 };
  }

  run(): Matched | Unmatched {
    const { fn, name } = this;
    const body = bodyOf(this.own);
    try {
      for (const step of fn.steps) this.find(step, this.anchorOf(step));
      // A step may stand with one that comes later in the listing.
      for (const step of fn.steps) this.share(step, this.anchorOf(step));
    } catch (error) {
      if (error instanceof Mismatch) return { fn, name, body, reason: error.message };
      throw error;
    }
    const steps = new Map(fn.steps.map((step) => [step.id, this.places.get(step.key)!]));
    return { fn, name, bodies: [body, ...[...this.helpers.values()].map(bodyOf)], steps };
  }

  private find(step: Step, anchor: Anchor | undefined): void {
    if (anchor === undefined) throw new Mismatch(`the step "${step.text.trim()}" has no anchor`);
    if (typeof anchor === 'string') this.next(step, this.own, anchor);
    else if ('at' in anchor) this.next(step, this.helper(anchor.in), anchor.at);
    else if ('first' in anchor) {
      const cursor = anchor.in === undefined ? this.own : this.helper(anchor.in);
      this.next(step, { ...cursor, at: 0 }, anchor.first);
    }
  }

  private share(step: Step, anchor: Anchor | undefined): void {
    if (typeof anchor !== 'object' || !('with' in anchor)) return;
    const place = this.places.get(anchor.with);
    if (!place) throw new Error(`${this.fn.name}: there is no step '${anchor.with}' for '${step.key}' to stand with`);
    this.places.set(step.key, place);
  }

  /** Finds a pattern behind the cursor, and moves the cursor behind it. */
  private next(step: Step, cursor: Cursor, pattern: string): void {
    const { file, definition } = cursor;
    const { tokens } = definition;
    const spelled = pattern.replace(/\w+/g, (word) => spelledIn(word, this.generation));
    const wanted = words(spelled);
    const last = tokens.length - 1;
    const at =
      pattern === END ? last : tokens.findIndex((_, i) => i >= cursor.at && i < last && fits(wanted, tokens, i));
    if (at < 0) {
      const where = cursor.at > 0 ? `behind line ${tokens[cursor.at - 1]!.line}` : `from line ${definition.line}`;
      throw new Mismatch(`no '${spelled}' ${where} of ${file}, for the step "${step.text.trim()}"`);
    }
    cursor.at = at + Math.min(wanted.length, 2);
    this.places.set(step.key, { file, line: tokens[at]!.line });
  }

  private helper(name: string): Cursor {
    const known = this.helpers.get(name);
    if (known) return known;
    const [found] = definitions(name, this.own.file, this.tree);
    if (!found) throw new Mismatch(`${this.own.file} does not define ${name}, where some of its steps stand`);
    const cursor = { ...found, at: 0 };
    this.helpers.set(name, cursor);
    return cursor;
  }
}
