/**
 * A machine that notes which words each step of a thread reads and writes: two steps can be exchanged if neither
 * writes what the other one touches. The plain machine and task know nothing of this and pay nothing for it.
 */
import { PGSTE_OFFSET } from '../engine/bits.js';
import { Machine, MM, MM_AT, RCU_AT, SEM, type Beside, type MachineOptions } from '../engine/machine.js';
import { Task, type LockClass, type Wait } from '../engine/task.js';
import { Kind, type Trace } from '../engine/trace.js';

/**
 * Words below the first address of storage stand for what is no memory: the order of notifier calls, of TLB flushes,
 * and everything, for who looks at all.
 */
const ORDER_OF_CALLS = 1;
const ORDER_OF_FLUSHES = 2;
const EVERYTHING = 3;

const wordOf = (address: number): number => address >>> 3;
const FLUSH_MM = wordOf(MM_AT + MM.flush_mm);

/**
 * Counters that only give names: where the next table lies, the number of the next page and swap slot. Two threads
 * that take one each can be exchanged; what they get has other names then, and outcomes are compared without names.
 */
const NAMES = new Uint8Array(1024);
for (const field of ['top', 'slab', 'slabEnd', 'pages', 'swaps'] as const) NAMES[wordOf(MM_AT + MM[field])] = 1;

/** The state of a machine between two operations. */
export interface Kept {
  readonly memory: Uint32Array;
  readonly beside: Beside;
}

export const enum Visible {
  /** Steps are exchanged as their accesses allow. */
  Accesses,
  /** Steps that change memory keep their order: somebody looks at every state. */
  Changes,
  /** All steps keep their order: somebody looks at every step. */
  Steps,
}

export class WatchedMachine extends Machine {
  /** Accesses of the steps so far, one after the other: word * 2, plus 1 for a write. */
  log = new Int32Array(1 << 14);
  /** For each access: 1 if it wrote another value than was there. */
  changes = new Uint8Array(1 << 14);
  private length = 0;
  /** For each step, where its accesses end. */
  private ends = new Int32Array(1 << 10);
  private threads = new Uint8Array(1 << 10);
  private thread = 0;
  /** Number of steps taken. */
  steps = 0;
  visible = Visible.Accesses;
  /** Called in the last step of an operation: looking is part of the step. */
  onEnd: ((task: Task) => void) | undefined;
  private open = false;
  private changed = false;
  private inKeys = false;
  /** Number of the step, never used twice: what was noted in it already. */
  private stamp = 1;
  private readIn = new Int32Array(0);
  private writtenIn = new Int32Array(0);
  /** The run in which a storage key was set in the word. */
  private keySetIn = new Int32Array(0);

  /** Words written since the state was kept, each once. */
  private written = new Int32Array(1 << 10);
  private writtenCount = 0;
  private run = 1;
  private writtenInRun = new Int32Array(0);
  private kept: Kept | undefined;

  constructor(options: MachineOptions) {
    super(options);
    this.grow();
  }

  // --- steps ---

  /** A thread goes on: what follows belongs to its next step. */
  beginStep(): void {
    this.open = true;
    this.changed = false;
    this.stamp++;
  }

  endStep(): void {
    if (!this.open) return;
    const { visible } = this;
    if (visible === Visible.Steps || (visible === Visible.Changes && this.changed)) this.note(EVERYTHING * 2 + 1);
    this.open = false;
    if (this.steps === this.ends.length) {
      this.ends = grown(this.ends);
      const threads = new Uint8Array(this.ends.length);
      threads.set(this.threads);
      this.threads = threads;
    }
    this.threads[this.steps] = this.thread;
    this.ends[this.steps++] = this.length;
  }

  /** Steps that follow are this thread's. */
  goesOn(thread: number): void {
    this.thread = thread;
  }

  threadOf(step: number): number {
    return this.threads[step]!;
  }

  startOf(step: number): number {
    return step === 0 ? 0 : this.ends[step - 1]!;
  }

  endOf(step: number): number {
    return this.ends[step]!;
  }

  /** Did the newest step change memory? */
  get changedMemory(): boolean {
    return this.changed;
  }

  accessesOf(step: number): Int32Array {
    return this.log.slice(this.startOf(step), this.endOf(step));
  }

  private note(access: number, changes = 0): void {
    if (this.length === this.log.length) {
      this.log = grown(this.log);
      const changes = new Uint8Array(this.log.length);
      changes.set(this.changes);
      this.changes = changes;
    }
    this.changes[this.length] = changes;
    this.log[this.length++] = access;
  }

  private noteRead(address: number): void {
    if (this.inKeys) return;
    const word = address >>> 3;
    if (word >= this.readIn.length) return void this.grow(word);
    if (this.readIn[word] === this.stamp || this.writtenIn[word] === this.stamp || (word < 1024 && NAMES[word])) return;
    this.readIn[word] = this.stamp;
    this.note(word * 2);
  }

  private noteWrite(address: number, changes: boolean): void {
    const word = address >>> 3;
    if (word >= this.readIn.length) this.grow();
    if (this.writtenInRun[word] !== this.run) {
      this.writtenInRun[word] = this.run;
      if (this.writtenCount === this.written.length) this.written = grown(this.written);
      this.written[this.writtenCount++] = word;
    }
    if (this.inKeys) this.keySetIn[word] = this.run;
    if (!this.open) return;
    this.changed = true;
    if (this.writtenIn[word] === this.stamp || (word < 1024 && NAMES[word])) return;
    this.writtenIn[word] = this.stamp;
    this.note(word * 2 + 1, changes ? 1 : 0);
  }

  /** The arrays follow the memory. A read of a word that is no memory (a wild pointer) is nobody's business. */
  private grow(word = 0): void {
    const words = this.mem.length >>> 1;
    if (word >= words) return;
    const wider = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(words);
      array.set(old);
      return array;
    };
    this.readIn = wider(this.readIn);
    this.writtenIn = wider(this.writtenIn);
    this.writtenInRun = wider(this.writtenInRun);
    this.keySetIn = wider(this.keySetIn);
  }

  /** What a thread waited for has become free: that is looked at in this step. */
  noteWait(wait: Wait): void {
    for (const word of guards(wait)) this.note(word * 2);
  }

  /** A thing that is no memory was changed (or, with `read`, looked at) in this step. */
  noteThing(thing: number, read = false): void {
    if (this.open) this.note(thing * 2 + (read ? 0 : 1));
  }

  /** An event whose place in the order of all matters. */
  noteEvent(kind: Kind): void {
    if (kind === Kind.Notify) this.noteThing(ORDER_OF_CALLS);
    else if (kind === Kind.Flush) {
      this.noteThing(ORDER_OF_FLUSHES);
      this.noteThing(FLUSH_MM, true);
    } else if (kind === Kind.Access || kind === Kind.Insert) this.noteThing(ORDER_OF_FLUSHES, true);
  }

  /** Is the word an entry of a page table, a storage key, or the mark of a pending flush? */
  isEntry(word: number): boolean {
    return word === FLUSH_MM || this.keySetIn[word] === this.run || this.descriptor(word * 8) !== 0;
  }

  // --- accesses ---

  override hi(address: number): number {
    if (this.open) this.noteRead(address);
    return this.mem[address >>> 2]!;
  }

  override lo(address: number): number {
    if (this.open) this.noteRead(address);
    return this.mem[(address >>> 2) + 1]!;
  }

  override get(address: number): number {
    if (this.open) this.noteRead(address);
    return this.mem[(address >>> 2) + 1]!;
  }

  override put(address: number, hi: number, lo: number): void {
    if (this.run) {
      const { mem } = this;
      const i = address >>> 2;
      this.noteWrite(address, mem[i] !== hi >>> 0 || mem[i + 1] !== lo >>> 0);
    }
    super.put(address, hi, lo);
  }

  override set(address: number, value: number): void {
    if (this.run) this.noteWrite(address, this.mem[(address >>> 2) + 1] !== value >>> 0);
    super.set(address, value);
  }

  /** Setting a key is a store: that the other flags of its word are read for it is nobody's doing. */
  override setStorageKey(hi: number, lo: number, key: number): void {
    this.inKeys = true;
    super.setStorageKey(hi, lo, key);
    this.inKeys = false;
  }

  // --- going back ---

  /** From here on {@link back} leads to this state. */
  keep(): void {
    const { mem } = this;
    this.kept = { memory: mem.slice(0, this.mm('top') >>> 2), beside: this.beside() };
    this.forget();
  }

  private forget(): void {
    this.run++;
    this.writtenCount = 0;
    this.steps = 0;
    this.length = 0;
    this.open = false;
    // Stamps last for days; then everything is forgotten once.
    if (this.stamp > 0x7000_0000) {
      this.stamp = 1;
      this.readIn.fill(0);
      this.writtenIn.fill(0);
    }
  }

  /** Puts memory back to the state that was kept. */
  back(): void {
    const { mem, kept, written } = this;
    if (!kept) throw new Error('no state was kept');
    const { memory } = kept;
    const words = memory.length >>> 1;
    for (let i = 0; i < this.writtenCount; i++) {
      const word = written[i]!;
      // Memory beyond is handed out, and filled, again.
      if (word >= words) continue;
      mem[2 * word] = memory[2 * word]!;
      mem[2 * word + 1] = memory[2 * word + 1]!;
    }
    this.putBack(kept.beside);
    this.forget();
  }

  /** Feeds what differs from the kept state, in any order, into a sum of hashes. */
  differences(each: (word: number, hi: number, lo: number) => void): void {
    const { mem, kept, written } = this;
    const memory = kept!.memory;
    const words = memory.length >>> 1;
    for (let i = 0; i < this.writtenCount; i++) {
      const word = written[i]!;
      const hi = mem[2 * word]!;
      const lo = mem[2 * word + 1]!;
      if (word < words && memory[2 * word] === hi && memory[2 * word + 1] === lo) continue;
      each(word, hi, lo);
    }
  }
}

function grown(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const array = new Int32Array(old.length * 2);
  array.set(old);
  return array;
}

/** Words that decide whether a thread can go on. */
export function guards(wait: Wait): readonly number[] {
  switch (wait.kind) {
    case 'spin':
      return [wordOf(wait.lock)];
    case 'pcl':
      return [wordOf(wait.lock + PGSTE_OFFSET)];
    case 'sem':
      return [wordOf(wait.lock + SEM.queue)];
    case 'rcu':
      return wait.sections.flatMap(({ task }) => [wordOf(RCU_AT + task * 16), wordOf(RCU_AT + task * 16 + 8)]);
  }
}

/** A thread that says where its steps begin and end. */
export class WatchedTask extends Task {
  declare readonly m: WatchedMachine;

  override due(): boolean {
    this.m.endStep();
    if (--this.steps < 0) return true;
    this.m.beginStep();
    return false;
  }

  override mustWait(lock: number, cls: LockClass): boolean {
    this.m.endStep();
    if (super.mustWait(lock, cls)) return true;
    this.m.beginStep();
    return false;
  }

  override mustWaitPcl(pte: number): boolean {
    this.m.endStep();
    if (super.mustWaitPcl(pte)) return true;
    this.m.beginStep();
    return false;
  }

  override endOp(site: number): Trace {
    this.m.onEnd?.(this);
    return super.endOp(site);
  }

  override row(kind: Kind, site: number): Trace {
    this.m.noteEvent(kind);
    return super.row(kind, site);
  }
}
