/**
 * A kernel tree made from the anchors alone: each function is a list of made-up statements, one for each anchor. What
 * stands on which line is known, so the search can be checked against it.
 */
import '../../src/engine/operations.js';
import type { FunctionInfo } from '../../src/engine/catalog.js';
import type { Generation } from '../../src/engine/operation.js';
import { END } from '../../src/kernel-source/anchor.js';
import { anchorOf, kernelFunctions, kernelName, spelledIn } from '../../src/kernel-source/functions.js';
import type { Place } from '../../src/kernel-source/match.js';

export interface SyntheticTree {
  /** Texts by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Where each step is to be found, by its number. */
  readonly expected: ReadonlyMap<number, Place>;
}

interface Statement {
  readonly pattern: string;
  /** Numbers of the steps that stand here. */
  readonly steps: number[];
}

class Body {
  readonly statements: Statement[] = [];
  readonly atEnd: number[] = [];

  constructor(
    readonly file: string,
    readonly name: string,
  ) {}

  /** The n-th statement with a pattern, which is added if there are fewer. */
  nth(pattern: string, n: number): Statement {
    const found = this.statements.filter((statement) => statement.pattern === pattern)[n];
    if (found) return found;
    const made = { pattern, steps: [] };
    this.statements.push(made);
    return made;
  }
}

export function syntheticTree(generation: Generation): SyntheticTree {
  const bodies = new Map<string, Body>();
  for (const fn of kernelFunctions(generation)) fill(bodies, fn, generation);
  const expected = new Map<number, Place>();
  const texts = new Map<string, string[]>();
  for (const body of bodies.values()) {
    const lines = texts.get(body.file) ?? ['/* made up */'];
    texts.set(body.file, lines);
    write(body, lines, expected);
  }
  for (const fn of kernelFunctions(generation)) {
    for (const step of fn.steps) {
      const anchor = anchorOf(step);
      if (anchor === undefined || typeof anchor === 'string' || !('with' in anchor)) continue;
      const other = fn.steps.find(({ key }) => key === anchor.with)!;
      expected.set(step.id, expected.get(other.id)!);
    }
  }
  return { files: new Map([...texts].map(([file, lines]) => [file, `${lines.join('\n')}\n`])), expected };
}

/** Puts the anchors of a function into its body and those of its helpers. */
function fill(bodies: Map<string, Body>, fn: FunctionInfo, generation: Generation): void {
  const bodyNamed = (name: string): Body => {
    const body = bodies.get(name) ?? new Body(fn.file, name);
    bodies.set(name, body);
    return body;
  };
  const own = bodyNamed(kernelName(fn, generation));
  const seen = new Map<string, number>();
  const first: (() => void)[] = [];
  for (const step of fn.steps) {
    const anchor = anchorOf(step);
    if (anchor === undefined) continue; // anchors.test.ts says which one is missing
    if (anchor === END) own.atEnd.push(step.id);
    else if (typeof anchor === 'string' || 'at' in anchor) {
      const [body, text] = typeof anchor === 'string' ? [own, anchor] : [bodyNamed(anchor.in), anchor.at];
      const pattern = text.replace(/\w+/g, (word) => spelledIn(word, generation));
      const n = seen.get(`${body.name} ${pattern}`) ?? 0;
      seen.set(`${body.name} ${pattern}`, n + 1);
      body.nth(pattern, n).steps.push(step.id);
    } else if ('first' in anchor) {
      const body = anchor.in === undefined ? own : bodyNamed(anchor.in);
      first.push(() => body.nth(anchor.first, 0).steps.push(step.id));
    }
  }
  for (const put of first) put();
}

/** `name(word`, written as a call. */
const called = (pattern: string): string =>
  pattern.replace(/\((\w*)$/, (_, word) => `(one(two), &three->${word || 'x'}, 4)`);

function write({ file, name, statements, atEnd }: Body, lines: string[], expected: Map<number, Place>): void {
  const here = (steps: readonly number[]): void => steps.forEach((id) => expected.set(id, { file, line: lines.length }));
  lines.push('', `int ${name}(int one, int two);`, `/* ${name}(one) {`, ' */', `static int ${name}(int one,`, '\t\tint two)', '{');
  for (const { pattern, steps } of statements) {
    // A comment and a string that say the same are no code.
    lines.push(`\t/* ${pattern} */ say("${pattern}");`, `\tmade_up ${called(pattern)};`);
    here(steps);
  }
  lines.push('}');
  here(atEnd);
} // prettier-ignore
