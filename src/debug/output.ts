/** What the run says as the cursor goes where it has not been: prints, headings, failed expectations, log points. */
import { StatementResult } from '../scenario/run.js';
import type { Breakpoint } from './breakpoint.js';
import type { Core } from './core.js';
import { plural } from './nodes/node.js';
import { scenarioSource } from './sources.js';
import type { Target } from './target.js';

export class Output {
  /** Rows before this one have been told about. */
  private told: number;
  /** Log points have been asked about stops before this one. */
  private logged: number;
  private summed = false;

  constructor(
    private readonly core: Core,
    private readonly target: Target,
    from = 0,
  ) {
    this.told = from;
    this.logged = from === 0 ? 0 : from + 1;
  }

  /** The cursor has come to `position`. @param including the row at the cursor is told about too */
  advance(position: number, including = false): void {
    const { target } = this;
    const { recording } = target;
    const until = Math.min(recording.length, including ? position + 1 : position);
    const { statements } = recording.index;
    if (this.core.breakpoints.hasLogs) {
      for (let n = this.logged; n <= position && n < recording.length; n++) {
        if (target.stepping.isStop(n)) this.log(n);
        if (n >= this.told && n < until) this.tell(n);
      }
    } else {
      for (let i = statements.countBefore(this.told); i < statements.length && statements.at(i) < until; i++) {
        this.tell(statements.at(i));
      }
    }
    this.told = Math.max(this.told, until);
    this.logged = Math.max(this.logged, position + 1);
    if (target.run.ended && position >= recording.length) this.sum();
  }

  /** A new log point says what it would have said so far. */
  replay(breakpoint: Breakpoint): void {
    const { target } = this;
    const { position } = target;
    for (let n = 0; n < this.logged && n < target.recording.length; n++) {
      if (target.stepping.isStop(n) && breakpoint.fires(target, n)) this.log(n, breakpoint);
    }
    target.recording.seek(position);
  }

  private log(n: number, only?: Breakpoint): void {
    const { target } = this;
    for (const { text } of this.core.breakpoints.logs(target, n, only)) {
      const { start } = target.rangeAt(n);
      this.say(text, start.line, 'console');
    }
  }

  private tell(row: number): void {
    const { target } = this;
    const kind = target.result(row);
    if (target.recording.index.statements.count(row, row + 1) === 0) return;
    const statement = target.statement(target.trace.operand(row, 0))!;
    const { line } = statement.range.start;
    const shown = target.run.shown.get(row);
    if (kind === StatementResult.Shown && shown !== undefined) {
      this.say(statement.kind === 'heading' ? `--- ${shown}` : shown, line, 'stdout');
    } else if (kind === StatementResult.Failed) {
      const failure = target.run.failures.find((f) => f.row === row);
      if (failure) {
        this.say(`${statement.text}\n  expected: ${failure.expected}\n  found:    ${failure.found}`, line, 'stderr');
      }
    }
  }

  private sum(): void {
    if (this.summed) return;
    this.summed = true;
    const { run, scenario } = this.target;
    const { outcome } = run;
    if (outcome && outcome.kind !== 'ended') {
      const text = outcome.kind === 'bug' ? `BUG ${outcome.text}` : outcome.text;
      const asExpected = outcome.kind !== 'limit' && outcome.expected ? ' (as expected)' : '';
      this.core.output(`${outcome.kind === 'deadlock' ? 'deadlock: ' : ''}${text}${asExpected}`, {
        category: outcome.kind === 'limit' || !outcome.expected ? 'stderr' : 'console',
      });
    }
    this.core.output(`${scenario.name}: ${summary(this.target)}`);
  }

  private say(text: string, line: number, category: string): void {
    this.core.output(text, {
      category,
      source: scenarioSource(this.target.path),
      line: this.core.toClientLine(line),
    });
  }
}

/** `12 expectations, 1 failed`: how many were checked in the whole recording. */
export function summary(target: Target): string {
  const { statements } = target.recording.index;
  let checked = 0;
  let failed = 0;
  for (const row of statements) {
    const result = target.result(row);
    if (result === StatementResult.Failed) failed++;
    if (result !== StatementResult.Ok && result !== StatementResult.Failed) continue;
    if (target.statement(target.trace.operand(row, 0))?.kind !== 'threads') checked++;
  }
  return `${plural(checked, 'expectation')}, ${failed} failed`;
}
