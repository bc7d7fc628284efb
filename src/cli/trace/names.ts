/** What a word of storage is: the name that a person (or a program) reads for an address. */
import { entryAt, gmaps, tableAt, type Entry } from '../../engine/inspect.js';
import {
  ANON_VMA, DESC, GMAP, MM, MM_AT, MMAP_SEM, NOTIFIER, NOTIFIERS_AT, PCL_AT, RCU_AT, SEM, SLOTS_AT, type Machine,
} from '../../engine/machine.js'; // prettier-ignore
import { GMAP_SLOTS, NOTIFIERS } from '../../engine/operation.js';
import { MAX_TASKS } from '../../engine/trace.js';
import { gmapName, notifierName, threadName, type ScenarioNames } from '../../scenario/moment.js';
import { WALK_LEVELS } from '../../scenario/words.js';

export interface WordName {
  /** `pte 0x10002000`, `segment vm 0x100000`, `gmap vm.asce`, `mmap_sem.readers` … */
  readonly what: string;
  /** The table entry that the word is. */
  readonly entry?: Entry;
  /** Of interest to a person: entries, gmaps, notifiers and facilities; not locks and the bookkeeping of storage. */
  readonly telling: boolean;
}

const LEVEL_WORDS = new Map(Object.entries(WALK_LEVELS).map(([word, level]): [string, string] => [level, word]));

/** Fields of a structure by their offset. */
const fields = (layout: Readonly<Record<string, number>>): Map<number, string> =>
  new Map(Object.entries(layout).map(([name, offset]) => [offset, name]));

const MM_FIELDS = fields(MM);
const GMAP_FIELDS = fields(GMAP);
const DESC_FIELDS = fields(DESC);
const NOTIFIER_FIELDS = fields(NOTIFIER);
const SEM_FIELDS = fields(SEM);

/** Locks and counters of storage: the event of the step says what happens to them. */
const QUIET = new Set([
  'top', 'slab', 'slabEnd', 'pages', 'swaps', 'page_table_lock', 'gmap_lock', 'gmap_notifier_lock',
  'guest_table_lock', 'freed', 'busy', 'vmas', 'tables', 'next', 'gmaps', 'notifiers', 'pgd', 'slot', 'table',
]); // prettier-ignore

export class StorageNames {
  /** Gmap structs that were ever seen, by address. */
  private readonly gmaps = new Map<number, number>();
  /** Which gmap a table belongs to. */
  private readonly owners = new Map<number, number>();
  /** Tables by the address of their descriptor. */
  private readonly descriptors = new Map<number, number>();
  private frames = 0;

  constructor(
    private readonly machine: Machine,
    private readonly names: ScenarioNames,
  ) {}

  /** Takes in what is allocated at the cursor. A gmap is filled before it is in any list: look ahead, then name. */
  collect(): void {
    for (const { address, slot } of gmaps(this.machine)) this.gmaps.set(address, slot);
  }

  name(address: number): WordName {
    return this.table(address) ?? this.fixed(address) ?? this.structure(address);
  }

  private table(address: number): WordName | undefined {
    const entry = entryAt(this.machine, address);
    if (!entry) return undefined;
    const at = `0x${entry.from.toString(16)}`;
    if (entry.level === 'pg') return { what: `${entry.kind} ${at}`, entry, telling: true };
    const word = LEVEL_WORDS.get(entry.level) ?? entry.level;
    return { what: `${word} ${this.owner(address)} ${at}`, entry, telling: true };
  }

  private owner(address: number): string {
    const table = tableAt(this.machine, address)!;
    if (table.owner === 'host') return 'host';
    if (!this.owners.has(table.address)) this.collectOwners();
    const slot = this.owners.get(table.address);
    return slot === undefined ? 'gmap' : gmapName(this.names, slot);
  }

  private collectOwners(): void {
    const { machine: m } = this;
    for (const gmap of gmaps(m)) {
      for (let desc = m.get(gmap.address + GMAP.tables); desc !== 0; desc = m.get(desc + DESC.next)) {
        this.owners.set(m.get(desc + DESC.table), gmap.slot);
      }
    }
  }

  /** Words at fixed places. */
  private fixed(address: number): WordName | undefined {
    const thread = (n: number): string => threadName(this.names, n);
    const inside = (base: number, size: number): boolean => address >= base && address < base + size;
    const quiet = (what: string): WordName => ({ what, telling: false });
    for (const [name, sem] of [
      ['mmap_sem', MMAP_SEM],
      ['anon_vma', ANON_VMA],
    ] as const) {
      if (!inside(sem, SEM.held + MAX_TASKS * 8)) continue;
      const offset = address - sem;
      const field = offset >= SEM.held ? `held by ${thread((offset - SEM.held) / 8)}` : SEM_FIELDS.get(offset)!;
      return quiet(`${name}.${field}`);
    }
    if (inside(NOTIFIERS_AT, NOTIFIERS * 32)) {
      const id = (address - NOTIFIERS_AT) >>> 5;
      const field = NOTIFIER_FIELDS.get((address - NOTIFIERS_AT) & 31)!;
      return { what: `notifier ${notifierName(this.names, id)}.${field}`, telling: !QUIET.has(field) };
    }
    if (inside(SLOTS_AT, GMAP_SLOTS * 16)) return quiet(`gmap slot ${(address - SLOTS_AT) >>> 4}`);
    if (inside(RCU_AT, MAX_TASKS * 16)) return quiet(`rcu of ${thread((address - RCU_AT) >>> 4)}`);
    if (inside(PCL_AT, MAX_TASKS * 8)) return quiet(`pcl of ${thread((address - PCL_AT) >>> 3)}`);
    const field = MM_FIELDS.get(address - MM_AT);
    return field === undefined ? undefined : { what: `machine.${field}`, telling: !QUIET.has(field) };
  }

  /** Words of structures that were allocated. */
  private structure(address: number): WordName {
    const { machine: m } = this;
    this.collect();
    for (const [at, slot] of this.gmaps) {
      const field = GMAP_FIELDS.get(address - at);
      if (field) return { what: `gmap ${gmapName(this.names, slot)}.${field}`, telling: !QUIET.has(field) };
    }
    for (const end = m.mm('top') >>> 12; this.frames < end; this.frames++) {
      const desc = m.descriptor(this.frames * 0x1000);
      if (desc) this.descriptors.set(desc, this.frames * 0x1000);
    }
    for (let offset = 0; offset <= DESC.table; offset += 8) {
      if (!this.descriptors.has(address - offset)) continue;
      const start = m.word(address - offset + DESC.start).toString();
      return { what: `table at ${start}.${DESC_FIELDS.get(offset)!}`, telling: false };
    }
    return { what: 'other', telling: false };
  }
}
