/**
 * The answer to `gmap/picture`: the machine at a moment of the run, drawn around one address. Looking changes nothing:
 * the recording stands afterwards where it stood before.
 */
import { LEVEL, LEVELS, PGSTE_OFFSET } from '../engine/bits.js';
import { gmaps, heldLocks } from '../engine/inspect.js';
import { Difference } from '../recording/history.js';
import { gmapName } from '../scenario/moment.js';
import type { ScenarioRun } from '../scenario/run.js';
import { tableChanges } from './picture/changes.js';
import { focusOf } from './picture/focus.js';
import { drawLocks } from './picture/locks.js';
import type { AddressField, GmapView, Picture, PictureArguments } from './picture/model.js';
import { drawNotifiers } from './picture/notifiers.js';
import { drawPlace } from './picture/place.js';
import { Progress } from './picture/progress.js';
import { drawTrees, treesOf } from './picture/trees.js';
import { drawWalks } from './picture/walk.js';

/** What only the debugger knows. */
export interface Looking {
  /** The step that comes next in the thread that the person looks at, if that is another than the next of all. */
  readonly row?: number | undefined;
  readonly furthest?: number;
}

/** @throws RangeError if there is no such moment */
export function picture(run: ScenarioRun, args: PictureArguments = {}, { row, furthest }: Looking = {}): Picture {
  const { recording } = run;
  const cursor = recording.position;
  const step = args.step ?? cursor;
  try {
    recording.seek(step);
    return { ...draw(run, step, step === cursor ? (row ?? step) : step, args), furthest: furthest ?? cursor };
  } finally {
    recording.seek(cursor);
  }
}

function draw(run: ScenarioRun, step: number, row: number, args: PictureArguments): Omit<Picture, 'furthest'> {
  const { recording } = run;
  const { machine } = recording;
  const since = Math.min(args.since ?? Math.max(0, step - 1), recording.length);
  const focus = focusOf(run, row, args);
  const earlier = since === step ? undefined : lookAt(run, since, step, focus.gmap?.slot);
  const difference = since === step ? undefined : new Difference(machine, recording, since, step);
  const progress = new Progress(run, row);
  const changed = [...(difference?.addresses() ?? [])];
  const walks = drawWalks({ run, focus, difference, changed, progress, unfold: args.unfold ?? [] });
  const { gmap, gaddr, vmaddr } = focus;
  const root = gaddr !== undefined && gmap?.root ? gmap.root.level : 'r2';
  const address = gaddr ?? vmaddr;
  return {
    step,
    recorded: recording.length,
    ended: run.ended,
    since,
    place: drawPlace(run, step, row),
    gmaps: gmapViews(run),
    focus: {
      ...(gmap && { gmap: gmap.slot }),
      ...(gaddr !== undefined && { gaddr: hexOf(gaddr) }),
      ...(vmaddr !== undefined && { vmaddr: hexOf(vmaddr) }),
      asked: focus.asked,
    },
    ...(address !== undefined && {
      address: {
        of: gaddr === undefined ? ('host' as const) : ('guest' as const),
        value: hexOf(address),
        fields: fieldsOf(address, root),
      },
    }),
    ...walks,
    trees: drawTrees(treesOf(machine, gmap), earlier?.trees, focus),
    locks: drawLocks(run, step, earlier?.locks),
    notifiers: drawNotifiers(run, step),
    ...(difference
      ? tableChanges(run, difference, changed, focus, drawnAddresses(walks), since)
      : { changes: [], moreChanges: 0 }),
  };
}

const hexOf = (value: bigint): string => `0x${value.toString(16)}`;

/** What can only be seen by standing at another moment. */
function lookAt(run: ScenarioRun, moment: number, step: number, slot: number | undefined) {
  const { recording } = run;
  recording.seek(moment);
  const gmap = gmaps(recording.machine).find((one) => one.slot === slot);
  const seen = { locks: heldLocks(recording.machine), trees: treesOf(recording.machine, gmap) };
  recording.seek(step);
  return seen;
}

function gmapViews(run: ScenarioRun): GmapView[] {
  return gmaps(run.recording.machine)
    .map(({ slot, asceEnd, root }) => ({
      slot,
      name: gmapName(run.names, slot),
      end: hexOf(asceEnd),
      root: root?.level ?? 'r3',
    }))
    .reverse();
}

/** An address as the indexes of a walk; levels above the root are not walked. */
function fieldsOf(address: bigint, root: string): AddressField[] {
  const first = LEVELS.findIndex((level) => level === root);
  const fields = LEVELS.map((level, i): AddressField => {
    const { shift, indexBits } = LEVEL[level];
    return { level, ...cut(address, shift, indexBits), used: i >= first };
  });
  return [...fields, { level: 'byte', ...cut(address, 0, 12), used: true }];
}

function cut(address: bigint, shift: number, width: number): { bits: string; index: number } {
  const index = Number((address >> BigInt(shift)) & ((1n << BigInt(width)) - 1n));
  return { index, bits: index.toString(2).padStart(width, '0') };
}

/** Entries that the picture shows, and how near they are to what it is about. */
function drawnAddresses({ guest, host, page }: ReturnType<typeof drawWalks>): Map<number, number> {
  const drawn = new Map<number, number>();
  for (const table of [...(guest?.tables ?? []), ...(host?.tables ?? [])]) {
    for (const row of table.rows) if (row.kind === 'entry') drawn.set(Number(row.address), row.path ? 3 : 1);
  }
  for (const row of page?.rows ?? []) {
    if (row.kind !== 'page') continue;
    drawn.set(Number(row.address), row.path ? 4 : 2);
    drawn.set(Number(row.address) + PGSTE_OFFSET, row.path ? 4 : 2);
  }
  return drawn;
}
