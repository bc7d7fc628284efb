/** Steps as a person reads them. Threads that run beside each other get a column each. */
import { answerWords } from '../../engine/events.js';
import { Kind } from '../../engine/trace.js';
import type { RunOutcome, ScenarioRun } from '../../scenario/run.js';
import type { ThreadNames } from '../../scenario/thread-names.js';
import type { Output } from '../terminal.js';
import type { Change, Row } from './rows.js';

/** Where the words of a step begin, counted from its event's column. */
const WORDS_AT = 48;
const LANE = 44;
const NUMBER = 7;

const hex = (n: bigint): string => `0x${n.toString(16)}`;

function changeText({ before, after, name, words }: Change): string {
  if (!words) return `${name.what}: ${hex(before)} → ${hex(after)}`;
  const [old, now] = words.map((text) => text.replace(/^→ /, 'table at '));
  return old === now
    ? `${name.what}: ${hex(before)} → ${hex(after)}`
    : `${name.what}: ${old!} → ${now!}  (${hex(after)})`;
}

export class TraceText {
  private statement: number | undefined;
  /** The first statement whose threads' columns are headed. */
  private lanes = '';

  constructor(
    private readonly out: Output,
    private readonly run: ScenarioRun,
    private readonly path: string,
    private readonly threads: ThreadNames,
  ) {}

  begin(): void {
    const { out, run } = this;
    const { scenario, recording, names } = run;
    out.line(
      out.paint('bold', `scenario "${scenario.name}"`) + out.paint('dim', `  generation ${recording.generation}`),
    );
    const called = (map: ReadonlyMap<string, number>, short: string): string[] =>
      [...map].filter(([name, n]) => name !== `${short}${n}`).map(([name, n]) => `${short}${n} is ${name}`);
    const legend = [...called(names.gmaps, 'g'), ...called(names.notifiers, 'nb')];
    if (legend.length > 0) out.line(out.paint('dim', `in the events ${legend.join(', ')}`));
  }

  end(outcome: RunOutcome): void {
    const { out } = this;
    if (outcome.kind === 'bug') out.line(out.paint('red', `the kernel would crash here: ${outcome.text}`));
    else if (outcome.kind === 'deadlock') out.line(out.paint('red', `deadlock: ${outcome.text}`));
    else if (outcome.kind === 'limit') out.line(out.paint('red', outcome.text));
  }

  row(row: Row): void {
    if (row.task > 0) this.heads(row);
    else this.lanes = '';
    if (row.kind === Kind.Op || row.kind === Kind.Statement) this.scenarioRow(row);
    else {
      if (row.task === 0) this.heading(row.statement);
      this.step(row);
    }
    for (const change of row.changes) {
      if (change.name.telling) this.line(row, '', this.out.paint('cyan', `    ${changeText(change)}`), '');
    }
  }

  /** The statement that the next steps belong to. */
  private heading(number: number | undefined): void {
    if (number === this.statement || number === undefined) return;
    this.statement = number;
    const { out, run } = this;
    const statement = run.statements[number]!;
    const { line } = statement.range.start;
    out.line();
    out.line(`${out.paint('dim', `${this.path}:${line}`)}  ${out.paint('bold', statement.text.split('\n', 1)[0]!)}`);
  }

  private scenarioRow(row: Row): void {
    const { out, run } = this;
    const statement = row.statement === undefined ? undefined : run.statements[row.statement];
    if (row.kind === Kind.Op) {
      if (row.task > 0) {
        const line = statement ? `${statement.range.start.line}: ${statement.text}` : row.event;
        this.line(row, '', out.paint('bold', line), '', line.length);
      } else if (row.depth > 0) this.step(row);
      else {
        this.statement = undefined;
        this.heading(row.statement);
      }
      return;
    }
    if (statement?.kind === 'threads') return;
    // Beside other threads, or in the middle of another statement.
    const amid = row.task > 0 || row.depth > 0;
    if (!amid) this.heading(row.statement);
    const prefix = amid && statement ? `${statement.range.start.line}: ` : '';
    if (row.shown !== undefined) this.line(row, String(row.n), `${prefix}${row.shown}`, '');
    else if (row.failure) {
      const { expected, found } = row.failure;
      this.line(row, String(row.n), out.paint('red', `${prefix}✗ expected ${expected}`), '');
      this.line(row, '', out.paint('red', `${' '.repeat(prefix.length)}  found    ${found}`), '');
    } else this.line(row, String(row.n), out.paint('green', `${prefix}✓ as expected`), '');
  }

  private step(row: Row): void {
    const { out } = this;
    const indent = '  '.repeat(Math.max(0, row.depth - 1));
    let event = row.event;
    let words = row.step?.text.trim() ?? '';
    if (row.kind === Kind.End) event = `= ${answerWords(row.event.slice(2))}`;
    else if (row.kind === Kind.Note) {
      // The words are in the event already; what is left are the variables that it sets.
      event = words;
      words = row.event.slice(2 + words.length).trim();
    }
    const painted =
      row.kind === Kind.Bug || row.kind === Kind.Notify
        ? out.paint('red', event)
        : row.kind === Kind.Note
          ? out.paint('dim', event)
          : event;
    this.line(row, String(row.n), indent + painted, words, indent.length + event.length);
  }

  /** One line, in the thread's column where there are several. */
  private line(row: Row, number: string, text: string, words: string, length = 0): void {
    const { out } = this;
    const start = out.paint('dim', number.padStart(NUMBER)) + '  ';
    const lanes = row.task > 0 ? this.threads.around(row.statement).length : 0;
    const before = lanes ? ' '.repeat((row.task - 1) * LANE) : '';
    const width = lanes ? (lanes - row.task + 1) * LANE : WORDS_AT;
    const padding = words ? ' '.repeat(Math.max(2, width - length)) : '';
    out.line(`${start}${before}${text}${padding}${words && out.paint('dim', words)}`);
  }

  /** Names of the threads above their columns. */
  private heads(row: Row): void {
    const { out } = this;
    const group = this.threads.around(row.statement);
    const names = group
      .map(({ name }) => name.padEnd(LANE))
      .join('')
      .trimEnd();
    const id = `${names}:${group[0]?.range.start.line ?? 0}`;
    if (id === this.lanes) return;
    this.lanes = id;
    this.statement = undefined;
    const rule = group
      .map(() => `${'─'.repeat(LANE - 2)}  `)
      .join('')
      .trimEnd();
    out.line();
    out.line(' '.repeat(NUMBER + 2) + out.paint('bold', names));
    out.line(' '.repeat(NUMBER + 2) + out.paint('dim', rule));
  }
}
