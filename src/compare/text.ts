/** A comparison of both generations, in words. */
import type { Statement } from '../scenario/program.js';
import type { ScenarioRun } from '../scenario/run.js';
import { isSame, type Comparison } from './compare.js';
import type { FactDifference } from './state.js';

/** Emphasis; where there is none, the text as it is. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string) => string;

/** Most facts that are listed. */
const MAX_FACTS = 40;

/** @param path of the scenario's file, as places name it */
export function comparisonLines(
  comparison: Comparison,
  path: string,
  after: ScenarioRun,
  before: ScenarioRun,
  paint: Paint,
): string[] {
  const text = new Text(paint, path, after, before);
  text.show(comparison);
  return text.lines;
}

class Text {
  readonly lines: string[] = [];

  constructor(
    private readonly paint: Paint,
    private readonly path: string,
    private readonly after: ScenarioRun,
    private readonly before: ScenarioRun,
  ) {}

  show(c: Comparison): void {
    const { after, before } = this;
    const steps = `after: ${after.recording.length} steps, before: ${before.recording.length} steps`;
    this.line(this.paint('bold', `scenario "${after.scenario.name}"`) + this.paint('dim', `  ${steps}`));
    if (isSame(c)) {
      this.line(this.paint('green', '  no difference: the same events, answers and states in both generations'));
      return;
    }
    if (c.events) {
      this.heading('first different event', c.events.statement);
      for (const text of c.events.common) this.line(`            ${text}`);
      this.side('after', 'green', c.events.after);
      this.side('before', 'red', c.events.before);
    } else this.line('\n  the same events');
    if (c.state) {
      this.heading('first different state, behind', c.state.statement);
      this.facts(c.state.facts);
    } else this.line('\n  the same states');
    if (c.answers.length > 0) this.answers(c);
    if (c.outcome) this.line(`\n  how it ends: after ${c.outcome.after}; before ${c.outcome.before}`);
    if (c.end.length > 0) {
      this.line('\n  different at the end:');
      this.facts(c.end);
    } else this.line('\n  the same state at the end');
  }

  private line(text: string): void {
    this.lines.push(...text.split('\n'));
  }

  private place({ range, text }: Statement): string {
    return `${this.path}:${range.start.line}: ${text.split('\n', 1)[0]!}`;
  }

  private heading(what: string, statement: Statement): void {
    this.line('');
    this.line(`  ${what}: ${this.paint('bold', this.place(statement))}`);
  }

  private side(name: string, style: 'green' | 'red', lines: readonly { step: number; text: string }[]): void {
    if (lines.length === 0) this.line(this.paint(style, `    ${name.padEnd(6)}  (no more events in this statement)`));
    for (const [i, { step, text }] of lines.entries()) {
      this.line(this.paint(style, `    ${(i ? '' : name).padEnd(6)}  ${text}`) + this.paint('dim', `  (step ${step})`));
    }
  }

  private facts(facts: readonly FactDifference[]): void {
    const shown = facts.slice(0, MAX_FACTS);
    const width = Math.max(...shown.map(({ what }) => what.length));
    for (const { what, after, before } of shown) {
      const left = this.paint('green', after ?? 'nothing');
      const right = this.paint('red', before ?? 'nothing');
      this.line(`    ${what.padEnd(width)}  after ${left}, before ${right}`);
    }
    if (facts.length > shown.length) this.line(`    … ${facts.length} in all`);
  }

  private answers({ answers }: Comparison): void {
    this.line('\n  different answers:');
    for (const { statement, after, before, missing } of answers) {
      this.line(`    ${this.place(statement)}`);
      this.line(`      after ${this.paint('green', after)}, before ${this.paint('red', before)}`);
      if (!missing) continue;
      const other = missing === 'before' ? 'ipte_notify' : 'mprotect_notify';
      this.line(`      generation ${missing} has no such call (--counterparts makes it call ${other} instead)`);
    }
  }
}
