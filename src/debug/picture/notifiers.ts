/** Who is armed, and whom was told so far. */
import { PGSTE_IN, PGSTE_OFFSET } from '../../engine/bits.js';
import { nameIn } from '../../engine/catalog.js';
import { gmaps, hostPageTables, linkedAt, notifiers, type GmapInfo } from '../../engine/inspect.js';
import { Kind } from '../../engine/trace.js';
import { gmapName, notifierCall, notifierName } from '../../scenario/moment.js';
import type { ScenarioRun } from '../../scenario/run.js';
import type { ArmedRange, NotifiersView } from './model.js';

/** Ranges of armed pages that are listed. */
const RANGES = 50;
const PAGE = 0x1000n;

export function drawNotifiers(run: ScenarioRun, step: number): NotifiersView {
  const { recording } = run;
  const { index, machine, trace } = recording;
  const calls = index.notifications.countBefore(step);
  const counts = new Map<number, number>();
  for (let i = 0; i < calls; i++) {
    const id = trace.operand(index.notifications.at(i), 0);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const { ranges, pages } = armedRanges(run);
  return {
    registered: notifiers(machine).map((id) => ({ name: notifierName(run.names, id), calls: counts.get(id) ?? 0 })),
    armed: ranges,
    armedPages: pages,
    calls,
    ...(calls > 0 && { last: lastCall(run, index.notifications.at(calls - 1)) }),
  };
}

function lastCall(run: ScenarioRun, row: number): NonNullable<NotifiersView['last']> {
  const call = notifierCall(run.recording.trace, row);
  const number = run.recording.statementOf(row);
  const statement = number === undefined ? undefined : run.statements[number];
  return {
    step: row,
    notifier: notifierName(run.names, call.notifier),
    gmap: gmapName(run.names, call.gmap),
    start: `0x${call.start.toString(16)}`,
    end: `0x${call.end.toString(16)}`,
    cause: [causeOf(run, row), statement?.text].filter(Boolean).join(', '),
    ...(statement && { line: statement.range.start.line }),
  };
}

const MESSENGERS: ReadonlySet<string> = new Set(['gmap_call_notifier', 'ptep_notify', 'pgste_pte_notify']);

/** The function that changed the PTE. */
function causeOf({ recording }: ScenarioRun, row: number): string | undefined {
  const { trace } = recording;
  for (let call = trace.caller(row); call >= 0; call = trace.caller(call)) {
    const fn = recording.functionAt(trace.kind(call) === Kind.Op ? call : call + 1);
    if (fn && !MESSENGERS.has(fn.name)) return nameIn(fn, recording.generation).replace(/^op:/, '');
  }
  return undefined;
}

interface Armed {
  readonly gmap: GmapInfo | undefined;
  readonly start: bigint;
  end: bigint;
}

/** Pages whose PGSTE has IN, by gmap and address; neighbours are one range. */
function armedRanges(run: ScenarioRun): { ranges: ArmedRange[]; pages: number } {
  const { machine } = run.recording;
  const all = [...gmaps(machine)].reverse();
  const armed: Armed[] = [];
  let pages = 0;
  for (const table of hostPageTables(machine)) {
    const inTable: number[] = [];
    for (let i = 0; i < 256; i++) {
      if (machine.hi(table.address + i * 8 + PGSTE_OFFSET) & PGSTE_IN) inTable.push(i);
    }
    if (inTable.length === 0) continue;
    pages += inTable.length;
    const linked = all.flatMap((gmap) => {
      const base = linkedAt(machine, gmap, table.start);
      return base === undefined ? [] : [{ gmap, base }];
    });
    for (const { gmap, base } of linked.length ? linked : [{ gmap: undefined, base: table.start }]) {
      for (const index of inTable) extend(armed, gmap, base + BigInt(index) * PAGE);
    }
  }
  armed.sort((a, b) => (a.gmap?.slot ?? 99) - (b.gmap?.slot ?? 99) || (a.start < b.start ? -1 : 1));
  return { ranges: armed.slice(0, RANGES).map((range) => rangeView(run, range)), pages };
}

function extend(armed: Armed[], gmap: GmapInfo | undefined, start: bigint): void {
  const before = armed.findLast((range) => range.gmap === gmap);
  if (before?.end === start - 1n) before.end = start + PAGE - 1n;
  else armed.push({ gmap, start, end: start + PAGE - 1n });
}

function rangeView(run: ScenarioRun, { gmap, start, end }: Armed): ArmedRange {
  return {
    ...(gmap && { gmap: gmapName(run.names, gmap.slot) }),
    start: `0x${start.toString(16)}`,
    end: `0x${end.toString(16)}`,
    pages: Number((end - start + 1n) / PAGE),
  };
}
