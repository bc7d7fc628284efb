/**
 * What the picture shows, as plain JSON: the answer to `gmap/picture`. Addresses and entries are hexadecimal strings;
 * the panel decodes their bits with the engine's own description (src/engine/bits.ts).
 */
import { count, flag, hex64, list, object, optional, text, variants, word, type Of } from '../shape.js';

const level = word('r1', 'r2', 'r3', 'sg', 'pg');

/** How far the walk in progress has come: this entry was read, is read next, or still lies ahead. */
const reach = word('read', 'next', 'ahead');

/** `gmap/picture`. */
export const PictureArguments = object({
  /** The moment to draw; left out: the cursor. Looking at another moment does not move the debugger. */
  step: optional(count),
  /** The moment that changes are told from: the last stop. Left out: the step before. */
  since: optional(count),
  /** What to draw; left out: what the code at this moment works on. */
  gmap: optional(count),
  gaddr: optional(hex64),
  vmaddr: optional(hex64),
  /** Places in tables whose entries are wanted although they would be folded. */
  unfold: optional(list(object({ table: hex64, index: count }), 100)),
});
export type PictureArguments = Of<typeof PictureArguments>;

/** Entries in a row that are not drawn one by one. */
const fold = object({ from: count, to: count, used: count, changed: count });
export type Fold = Of<typeof fold>;

/** An entry of a region or segment table. */
const entry = object({
  index: count,
  address: hex64,
  value: hex64,
  /** The value at the last stop, if it was another. */
  before: optional(hex64),
  /** `→ 0x17000`, `empty`. */
  text: text(),
  /** What it translates; inclusive. */
  from: hex64,
  to: hex64,
  path: flag,
  reach: optional(reach),
  /** An expression that means it: for watches and breakpoints. */
  expression: text(),
});
export type EntryView = Of<typeof entry>;

const table = object({
  address: hex64,
  level,
  used: count,
  rows: list(variants('kind', { entry, fold })),
});
export type TableView = Of<typeof table>;

/** A walk from its root to a page table, or as far as it leads. */
const walk = object({
  /** The address space control element. */
  asce: hex64,
  /** The level of the root table. */
  root: level,
  tables: list(table),
  /** Where it ends: at a page table, or at an entry that leads nowhere. */
  end: word('page', 'invalid'),
});
export type WalkView = Of<typeof walk>;

/** A PTE and its PGSTE. */
const page = object({
  index: count,
  address: hex64,
  pte: hex64,
  pteBefore: optional(hex64),
  pgste: hex64,
  pgsteBefore: optional(hex64),
  /** The PTE in short: `d1:03d`. */
  text: text(),
  vmaddr: hex64,
  /** In the gmap that is drawn. */
  gaddr: optional(hex64),
  /** Storage key of the frame. */
  key: optional(count),
  path: flag,
  reach: optional(reach),
  expression: text(),
  pgsteExpression: text(),
});
export type PageView = Of<typeof page>;

const pageTable = object({
  address: hex64,
  /** The guest's walk and the host's lead here. */
  guest: flag,
  host: flag,
  /** First host address. */
  vmaddr: hex64,
  used: count,
  rows: list(variants('kind', { page, fold })),
});
export type PageTableView = Of<typeof pageTable>;

const treeRow = object({ key: hex64, value: hex64, path: flag, before: optional(hex64), isNew: flag });
const tree = object({
  name: word('guest_to_host', 'host_to_guest'),
  total: count,
  rows: list(treeRow),
});
export type TreeView = Of<typeof tree>;

const lock = object({
  name: text(),
  /** Which of the locks of this name: `vm`, an address. */
  which: optional(text()),
  mode: optional(word('read', 'write')),
  thread: text(),
  /** Since the last stop. */
  state: word('held', 'taken', 'released', 'awaited'),
});
export type LockView = Of<typeof lock>;

const range = object({ gmap: optional(text()), start: hex64, end: hex64, pages: count });
export type ArmedRange = Of<typeof range>;

const notifiers = object({
  /** Registered, in the order in which they are called, with the number of calls so far. */
  registered: list(object({ name: text(), calls: count })),
  /** Pages whose PGSTE has IN. */
  armed: list(range),
  armedPages: count,
  calls: count,
  last: optional(
    object({
      step: count,
      notifier: text(),
      gmap: text(),
      start: hex64,
      end: hex64,
      cause: text(),
      line: optional(count),
    }),
  ),
});
export type NotifiersView = Of<typeof notifiers>;

const change = object({
  address: hex64,
  kind: word('region', 'segment', 'pte', 'pgste'),
  /** `PTE of vm 0x2000`. */
  what: text(),
  before: hex64,
  after: hex64,
  /** Bits and fields whose value differs, `0` and `1` or hexadecimal. */
  bits: list(object({ name: text(), before: text(), after: text() })),
  /** The newest row that changed it, and its function. */
  step: optional(count),
  function: optional(text()),
});
export type ChangeView = Of<typeof change>;

const place = object({
  /** The innermost kernel function; undefined between statements. */
  function: optional(text()),
  /** What comes next, in words. */
  next: text(),
  thread: text(),
  /** The calls around it, outermost first. */
  stack: list(text()),
  statement: optional(object({ text: text(), line: count })),
  /** Where the statements before and behind begin: what Shift and an arrow go to. */
  back: count,
  forward: count,
  /** The nearest moments at which the debugger can stop: what an arrow goes to. */
  previous: count,
  following: count,
  /** How the run ended, if it did here. */
  outcome: optional(object({ kind: word('ended', 'bug', 'deadlock', 'limit'), text: text() })),
});
export type PlaceView = Of<typeof place>;

const field = object({
  level: word('r1', 'r2', 'r3', 'sg', 'pg', 'byte'),
  bits: text(11 + 1),
  index: count,
  /** A table of this level is walked. */
  used: flag,
});
export type AddressField = Of<typeof field>;

const gmap = object({ slot: count, name: text(), end: hex64, root: level });
export type GmapView = Of<typeof gmap>;

export const Picture = object({
  step: count,
  recorded: count,
  ended: flag,
  /** The furthest step that the debugger has reached: everything before is the past. */
  furthest: count,
  since: count,
  place,
  gmaps: list(gmap),
  /** What is drawn. */
  focus: object({ gmap: optional(count), gaddr: optional(hex64), vmaddr: optional(hex64), asked: flag }),
  /** The address cut into its indexes; whose it is. */
  address: optional(object({ of: word('guest', 'host'), value: hex64, fields: list(field, 6) })),
  guest: optional(walk),
  host: optional(walk),
  page: optional(pageTable),
  trees: list(tree, 2),
  locks: list(lock),
  notifiers,
  changes: list(change),
  /** Changes beside those that are listed. */
  moreChanges: count,
});
export type Picture = Of<typeof Picture>;
