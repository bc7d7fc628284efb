/** The answer to `gmap/timeline`: a part of the run in as many bars as there is room for. */
import { functionById, nameIn } from '../engine/catalog.js';
import { eventText } from '../engine/events.js';
import { LockClass } from '../engine/task.js';
import { hex } from '../engine/u64.js';
import { gmapName, notifierCall, notifierName } from '../scenario/moment.js';
import { StatementResult, type ScenarioRun } from '../scenario/run.js';
import { threadNameAt } from './thread-names.js';
import { clusters, merged, type Window } from './timeline-merge.js';
import { OPEN, TimelineIndex, type Spans } from './timeline-index.js';
import type { Bar, CallBar, Lane, Mark, Timeline, TimelineArguments } from './timeline-model.js';

/** Deeper calls are not drawn. */
const DEPTHS = 6;
const LANE_DEPTHS = 3;
const COLUMNS = 300;

export function timeline(run: ScenarioRun, args: TimelineArguments = {}): Timeline {
  const { recording } = run;
  const index = TimelineIndex.of(recording.trace);
  const recorded = recording.length;
  const to = Math.max(1, Math.min(args.to ?? recorded, recorded));
  const from = Math.min(args.from ?? 0, to - 1);
  const columns = Math.max(10, Math.min(args.columns ?? COLUMNS, COLUMNS));
  const window: Window = { from, to, grain: (to - from) / columns };
  const main = index.threads[0];
  return {
    from,
    to,
    recorded,
    ended: run.ended,
    start: Math.min(run.start, recorded),
    statements: main ? statementBars(run, main.statements, window) : [],
    calls: main ? callBars(run, main.calls, window, DEPTHS) : [],
    depths: Math.min(main?.calls.length ?? 0, DEPTHS),
    marks: marks(run, window),
    lanes: lanes(run, index, window),
  };
}

function statementBars(run: ScenarioRun, statements: Spans, window: Window): Bar[] {
  const textOf = (what: number): string => {
    const statement = run.statements[what]!;
    return statement.kind === 'threads' ? statement.threads.map((t) => t.name).join(' ∥ ') : statement.text;
  };
  return merged(statements, window, run.recording.length, textOf, (n) => `${n} statements`);
}

function callBars(run: ScenarioRun, calls: readonly Spans[], window: Window, depths: number): CallBar[] {
  const { generation, length } = run.recording;
  const name = (fn: number): string => nameIn(functionById(fn), generation).replace(/^op:/, '');
  return calls
    .slice(0, depths)
    .flatMap((spans, depth) =>
      merged(spans, window, length, name, (n) => `${n} calls`).map((bar) => ({ ...bar, depth })),
    );
}

function marks(run: ScenarioRun, window: Window): Mark[] {
  const { recording } = run;
  const { index, trace, generation } = recording;
  const text = (n: number): string => eventText(trace, n, generation).slice(2);
  const notified = (n: number): string => {
    const { notifier, gmap, start, end } = notifierCall(trace, n);
    const range = `0x${start.toString(16)}..0x${end.toString(16)}`;
    return `${notifierName(run.names, notifier)} ${gmapName(run.names, gmap)} ${range}`;
  };
  const inFunction = (n: number): string => {
    const fn = recording.functionAt(n);
    return `${fn ? nameIn(fn, generation) : ''} ${text(n)}`.trim();
  };
  const statement = (n: number): string => run.statements[trace.operand(n, 0)]!.text;
  const failed = (n: number): string => {
    const { expected, found } = run.failures.find(({ row }) => row === n)!;
    return `${statement(n)}: expected ${expected}, found ${found}`;
  };
  const result = (wanted: StatementResult) => (n: number) =>
    trace.operand(n, 1) === (wanted as number) && run.statements[trace.operand(n, 0)]?.kind !== 'threads';
  return [
    ...clusters(index.loops, window, 'retry', inFunction),
    ...clusters(index.notifications, window, 'notify', notified),
    ...clusters(index.statements, window, 'pass', statement, result(StatementResult.Ok)),
    ...clusters(index.statements, window, 'fail', failed, result(StatementResult.Failed)),
    ...clusters(index.bugs, window, 'bug', text),
    ...clusters(index.edits, window, 'edit', () => 'changed by hand'),
  ];
}

function lanes(run: ScenarioRun, index: TimelineIndex, window: Window): Lane[] {
  const threads = index.threads.filter((thread) => thread !== undefined && thread.task > 0);
  // All lanes together send about as much as one.
  const grain = window.grain * Math.max(1, threads.length);
  const part = { ...window, grain };
  const length = run.recording.length;
  const stuck = run.outcome?.kind === 'deadlock';
  return threads.map((thread): Lane => {
    const { task, statements, runs, locks, waits, calls, lastRow } = thread!;
    const hangs = stuck && calls.some((c) => c.length > 0 && c.get(c.length - 1, 'to') === OPEN);
    const end = hangs && waits.get(waits.length - 1, 'to') !== OPEN;
    return {
      thread: threadNameAt(run, task, runs.get(Math.max(0, runs.below('from', window.to) - 1), 'from')),
      statements: statementBars(run, statements, part),
      calls: callBars(run, calls, part, LANE_DEPTHS),
      runs: merged(
        runs,
        part,
        length,
        () => '',
        () => '',
      ),
      locks: stacked(
        merged(
          locks,
          part,
          length,
          (what) => lockText(run, index.locks[what]!),
          (n) => `${n} locks`,
        ),
      ),
      waits: [
        ...merged(
          waits,
          part,
          length,
          (what) => lockText(run, index.locks[what]!),
          (n) => `${n} waits`,
        ),
        ...(end && lastRow + 1 < window.to ? [{ from: lastRow + 1, to: length, text: 'deadlock', count: 1 }] : []),
      ],
    };
  });
}

/** Bars that overlap get rows of their own. */
function stacked(bars: readonly Bar[]): CallBar[] {
  const ends: number[] = [];
  return bars.map((bar) => {
    let depth = ends.findIndex((end) => end <= bar.from);
    if (depth < 0) depth = ends.length;
    ends[depth] = bar.to;
    return { ...bar, depth };
  });
}

const LOCKS: Readonly<Record<LockClass, string>> = {
  [LockClass.MmapSem]: 'mmap_sem',
  [LockClass.AnonVma]: 'anon_vma',
  [LockClass.PageTable]: 'page_table_lock',
  [LockClass.Ptl]: 'ptl',
  [LockClass.Gtl]: 'guest_table_lock',
  [LockClass.GmapLock]: 'gmap_lock',
  [LockClass.NotifierLock]: 'gmap_notifier_lock',
  [LockClass.Rcu]: 'rcu',
  [LockClass.Pcl]: 'pcl',
};

function lockText(run: ScenarioRun, { cls, hi, lo }: TimelineIndex['locks'][number]): string {
  const kind: LockClass = cls & 0xff;
  const mode = cls >>> 8 === 1 ? ' (read)' : cls >>> 8 === 2 ? ' (write)' : '';
  const which =
    kind === LockClass.Gtl
      ? ` of ${gmapName(run.names, lo)}`
      : kind === LockClass.Ptl || kind === LockClass.Pcl
        ? ` ${hex(hi, lo)}`
        : '';
  return `${LOCKS[kind]}${which}${mode}`;
}
