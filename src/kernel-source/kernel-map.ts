/** A kernel tree's files against the model: which functions match, and what stands on which line. */
import type { FunctionInfo, Step } from '../engine/catalog.js';
import type { Generation } from '../engine/operation.js';
import { kernelFunctions } from './functions.js';
import { match, type Body, type Matched, type Place, type Unmatched } from './match.js';
import { SourceText } from './scan.js';

/** Steps that stand on one line. */
export interface LineSteps {
  readonly line: number;
  /** Numbers of steps, ascending. */
  readonly steps: readonly number[];
}

export class KernelMap {
  readonly matched: readonly Matched[];
  readonly unmatched: readonly Unmatched[];
  private readonly places = new Map<number, Place>();
  private readonly byFile = new Map<string, LineSteps[]>();

  /** @param files texts, by their paths in the kernel tree; see `kernelFiles` for those that are worth reading */
  constructor(files: ReadonlyMap<string, string>, generation: Generation) {
    const tree = new Map([...files].map(([path, text]) => [path, new SourceText(text)]));
    const results = kernelFunctions(generation).map((fn) => match(fn, tree, generation));
    this.matched = results.filter((result): result is Matched => 'steps' in result);
    this.unmatched = results.filter((result): result is Unmatched => !('steps' in result));
    for (const { steps } of this.matched) for (const [id, place] of steps) this.places.set(id, place);
    for (const file of files.keys()) this.byFile.set(file, this.linesOf(file));
  }

  /** Where a step stands; undefined if its function does not match. */
  place(step: Step): Place | undefined {
    return this.places.get(step.id);
  }

  /** Where a function is defined; undefined if it does not match. */
  definition(fn: FunctionInfo): Body | undefined {
    return this.matched.find((matched) => matched.fn === fn)?.bodies[0];
  }

  /** The lines of a file that steps stand on, ascending. */
  lines(file: string): readonly LineSteps[] {
    return this.byFile.get(file) ?? [];
  }

  /** Files that functions match in. */
  get files(): string[] {
    return [...this.byFile].flatMap(([file, lines]) => (lines.length > 0 ? [file] : []));
  }

  /** The steps of a line, or of the next line of the same function that has any. */
  from(file: string, line: number): LineSteps | undefined {
    const bodies = this.matched.flatMap((matched) => matched.bodies.filter((body) => contains(body, file, line)));
    const end = Math.max(0, ...bodies.map((body) => body.end));
    return this.lines(file).find((at) => line <= at.line && at.line <= end);
  }

  /** The function whose definition contains a line, but does not match. */
  unmatchedAt(file: string, line: number): Unmatched | undefined {
    return this.unmatched.find(({ body }) => body && contains(body, file, line));
  }

  private linesOf(file: string): LineSteps[] {
    const lines = new Map<number, number[]>();
    for (const [id, place] of this.places) {
      if (place.file === file) lines.set(place.line, [...(lines.get(place.line) ?? []), id]);
    }
    return [...lines]
      .map(([line, steps]) => ({ line, steps: steps.sort((a, b) => a - b) }))
      .sort((a, b) => a.line - b.line);
  }
}

const contains = (body: Body, file: string, line: number): boolean =>
  body.file === file && body.line <= line && line <= body.end;
