/**
 * A task: one thread of execution inside the modelled kernel.
 *
 * Kernel functions are generators. They stop immediately before every event, in this form:
 *
 *     if (t.due()) yield;            // a stop: other threads may run here
 *     t.walk(at.segment, …);         // the event: one row
 *     …                              // what belongs to it, until the next stop
 *
 * so a yield costs something only when somebody wants to take over. Locks say what they wait for:
 *
 *     if (t.mustWait(lock)) yield;
 *     t.lock(at.lock, LockClass.Gtl, lock, …);
 */
import { PGSTE_PCL } from './bits.js';
import type { FunctionInfo } from './catalog.js';
import { ANON_VMA, DESC, GMAP, MMAP_SEM, PCL_AT, RCU_AT, SEM, type Machine } from './machine.js';
import { Kind, MAX_TASKS } from './trace.js';
import type { U64 } from './u64.js';

/** A coroutine of the engine: yields at stops, returns T. */
export type Co<T = void> = Generator<void, T, void>;

export const enum LockClass {
  MmapSem,
  AnonVma,
  PageTable,
  Ptl,
  Gtl,
  GmapLock,
  NotifierLock,
  Rcu,
  Pcl,
}

export const enum AllocKind {
  Kzalloc,
  Crst,
  Pgtable,
  Data,
  Radix,
  Preload,
}

export const enum HostWord {
  AnonZero,
  AnonPage,
  Swapin,
  WpCopy,
  WpReuse,
  AccessFlags,
  Spurious,
  MigrationWait,
  MigrateEnd,
  InjectedRetry,
  InjectedSigbus,
  KsmFail,
  FreeEntry,
  ClearNonpresent,
  ClearFull,
  FreePgtable,
  Raced,
}

export const enum LoopWord {
  Continue,
  GotoRetry,
  FixupRetry,
}

export const enum FlushKind {
  Asce,
  Global,
  Mm,
}

export const enum InvalidateKind {
  Ipte,
  IpteLocal,
  Lazy,
}

export const enum KeyAction {
  Get,
  Set,
  Rrbe,
}

export const enum RcuWord {
  Sync,
  End,
}

/** The kernel would have crashed or hung here. */
export class KernelBug extends Error {}

/** Faults that an `inject` operation armed for the next operation of a task. */
export interface Injection {
  /** The k-th allocation fails; 0: none. */
  alloc: number;
  /** How many retryable faults lose mmap_sem. */
  unlocked: number;
  /** The k-th handle_mm_fault fails; 0: none. */
  fault: number;
  ksm: boolean;
  /** Runs in the first unlocked window. */
  then: ((t: Task) => Co) | undefined;
}

/** What a task waits for; undefined: it can run. */
export type Wait =
  | { readonly kind: 'spin'; readonly cls: LockClass; readonly lock: number }
  | { readonly kind: 'pcl'; readonly lock: number }
  | { readonly kind: 'sem'; readonly cls: LockClass; readonly lock: number; readonly mode: 'r' | 'w' }
  | { readonly kind: 'rcu'; readonly sections: readonly { task: number; section: number }[] };

export class Task {
  readonly m: Machine;
  readonly id: number;
  /** Row of the innermost call. */
  frame = -1;
  depth = 0;
  private readonly frames: number[] = [];
  /** Stops that may still be passed before the task yields; below 0: it has yielded. */
  steps = 0;
  wait: Wait | undefined;
  injection: Injection | undefined;
  /** Locks taken minus locks released by the current operation. */
  balance = 0;

  constructor(machine: Machine, id: number) {
    this.m = machine;
    this.id = id;
  }

  // --- stops ---

  /** True if the task has to stop here. */
  due(): boolean {
    return --this.steps < 0;
  }

  /** As {@link due}, at a spinlock: true also while it is held. */
  mustWait(lock: number, cls: LockClass): boolean {
    if (this.m.get(lock) === 0) {
      if (--this.steps >= 0) return false;
    }
    this.wait = { kind: 'spin', cls, lock };
    return true;
  }

  /** As {@link due}, at the lock in a PGSTE (the PCL bit). */
  mustWaitPcl(pte: number): boolean {
    if (!this.m.pclHeld(pte)) {
      if (--this.steps >= 0) return false;
    }
    this.wait = { kind: 'pcl', lock: pte };
    return true;
  }

  /** Can the task go on now? */
  runnable(): boolean {
    const { wait, m } = this;
    if (!wait) return true;
    switch (wait.kind) {
      case 'spin':
        return m.get(wait.lock) === 0;
      case 'pcl':
        return !m.pclHeld(wait.lock);
      case 'sem':
        return !m.queue(wait.lock).some((w) => w.task === this.id);
      case 'rcu':
        return wait.sections.every((s) => !rcuSectionOpen(m, s.task, s.section));
    }
  }

  // --- rows ---

  private begin(kind: Kind, site: number) {
    const { trace } = this.m;
    trace.begin(kind, site, this.id, this.depth, this.frame);
    return trace;
  }

  /** Enters a function from step `site` of the caller; its arguments follow as operands. */
  call(fn: FunctionInfo, site: number) {
    const trace = this.begin(Kind.Call, site).num(fn.id);
    this.push();
    return trace;
  }

  /** Begins an operation: its function is the bottom frame. */
  op(fn: FunctionInfo, index: number) {
    const trace = this.begin(Kind.Op, 0).num(fn.id).num(index);
    this.push();
    return trace;
  }

  private push(): void {
    this.frames.push(this.frame);
    this.frame = this.m.trace.length - 1;
    this.depth++;
  }

  private pop(): void {
    this.frame = this.frames.pop() ?? -1;
    this.depth--;
  }

  /** Leaves the innermost function; its result follows as operands. */
  ret(site: number) {
    const trace = this.begin(Kind.Return, site);
    this.pop();
    return trace;
  }

  endOp(site: number) {
    const trace = this.begin(Kind.End, site);
    this.pop();
    return trace;
  }

  /** A decision, or an assignment of the step's local variables: their values follow as operands. */
  note(site: number) {
    return this.begin(Kind.Note, site);
  }

  row(kind: Kind, site: number) {
    return this.begin(kind, site);
  }

  /** The kernel would crash here: records it and ends the operation. */
  bug(site: number, text: BugText, detail = 0): never {
    this.begin(Kind.Bug, site).num(text).num(detail);
    throw new KernelBug(bugMessage(text, detail));
  }

  // --- locks ---

  lock(site: number, cls: LockClass, lock: number): void {
    const { m } = this;
    this.wait = undefined;
    if (cls === LockClass.Gtl && m.get(lock - GMAP.guest_table_lock + GMAP.freed)) {
      const slot = m.get(lock - GMAP.guest_table_lock + GMAP.slot);
      this.bug(site, BugText.FreedGmap, slot);
    }
    if (cls === LockClass.Ptl && m.get(lock - DESC.ptl + DESC.freed)) this.bug(site, BugText.FreedPageTable);
    const trace = this.begin(Kind.Lock, site).num(cls);
    this.lockName(trace, cls, lock);
    m.set(lock, this.id + 1);
    this.balance++;
  }

  unlock(site: number, cls: LockClass, lock: number): void {
    const trace = this.begin(Kind.Unlock, site).num(cls);
    this.lockName(trace, cls, lock);
    this.m.set(lock, 0);
    this.balance--;
  }

  private lockName(trace: ReturnType<Task['begin']>, cls: LockClass, lock: number): void {
    const { m } = this;
    if (cls === LockClass.Ptl) {
      const start = lock - DESC.ptl + DESC.start;
      trace.word(m.hi(start), m.lo(start));
    } else if (cls === LockClass.Gtl) trace.num(m.get(lock - GMAP.guest_table_lock + GMAP.slot));
  }

  /** Takes the PCL bit of a PGSTE; the caller works on a copy. */
  lockPcl(site: number, pte: number): void {
    const { m } = this;
    this.wait = undefined;
    const row = this.begin(Kind.Lock, site).num(LockClass.Pcl);
    if (row.recording) {
      const v = m.vmaddrOf(pte);
      row.word(v.hi, v.lo);
    }
    m.put(pte + 2048, m.hi(pte + 2048) | PGSTE_PCL, m.lo(pte + 2048));
    m.set(PCL_AT + this.id * 8, pte);
    this.balance++;
  }

  /** Stores the copy of the PGSTE without PCL. */
  unlockPcl(site: number, pte: number, hi: number, lo: number): void {
    const { m } = this;
    hi &= ~PGSTE_PCL;
    const row = this.begin(Kind.Unlock, site).num(LockClass.Pcl);
    if (row.recording) {
      const v = m.vmaddrOf(pte);
      row.word(v.hi, v.lo).word(hi, lo);
    }
    m.put(pte + 2048, hi, lo);
    m.set(PCL_AT + this.id * 8, 0);
    this.balance--;
  }

  rcuLock(site: number): void {
    this.begin(Kind.Lock, site).num(LockClass.Rcu);
    const at = RCU_AT + this.id * 16;
    if (this.m.get(at) === 0) this.m.set(at + 8, this.m.get(at + 8) + 1);
    this.m.set(at, this.m.get(at) + 1);
    this.balance++;
  }

  rcuUnlock(site: number): void {
    this.begin(Kind.Unlock, site).num(LockClass.Rcu);
    const at = RCU_AT + this.id * 16;
    this.m.set(at, this.m.get(at) - 1);
    this.balance--;
  }

  /** synchronize_rcu: waits until every read section that is open now has been left. */
  *rcuSync(site: number): Co {
    if (this.due()) yield;
    this.begin(Kind.Rcu, site).num(RcuWord.Sync);
    const sections: { task: number; section: number }[] = [];
    for (const task of taskNumbers) {
      const at = RCU_AT + task * 16;
      if (this.m.get(at) > 0) sections.push({ task, section: this.m.get(at + 8) });
    }
    if (sections.length === 0) return;
    this.wait = { kind: 'rcu', sections };
    if (!this.runnable() || this.due()) yield;
    this.wait = undefined;
    this.begin(Kind.Rcu, site).num(RcuWord.End);
  }

  /** Takes mmap_sem or anon_vma. */
  *down(site: number, cls: LockClass.MmapSem | LockClass.AnonVma, mode: 'r' | 'w'): Co {
    const { m } = this;
    const sem = semaphore(cls);
    const code = cls | (mode === 'r' ? 0x100 : 0x200);
    if (this.due()) yield;
    const free =
      m.queue(sem).length === 0 && m.get(sem + SEM.writer) === 0 && (mode === 'r' || m.get(sem + SEM.readers) === 0);
    if (free) {
      this.begin(Kind.Lock, site).num(code);
      take(m, sem, this.id, mode);
    } else {
      this.begin(Kind.Block, site).num(code);
      m.setQueue(sem, [...m.queue(sem), { task: this.id, mode }]);
      this.wait = { kind: 'sem', cls, lock: sem, mode };
      if (!this.runnable() || this.due()) yield;
      this.wait = undefined;
      this.begin(Kind.Lock, site).num(code);
    }
    this.balance++;
  }

  /** Releases mmap_sem or anon_vma, and hands it to who has waited longest. */
  up(site: number, cls: LockClass.MmapSem | LockClass.AnonVma, mode: 'r' | 'w'): void {
    const { m } = this;
    const sem = semaphore(cls);
    this.begin(Kind.Unlock, site).num(cls | (mode === 'r' ? 0x100 : 0x200));
    const held = sem + SEM.held + this.id * 8;
    if (mode === 'r') {
      m.set(sem + SEM.readers, m.get(sem + SEM.readers) - 1);
      m.set(held, m.get(held) - 1);
    } else m.set(sem + SEM.writer, 0);
    this.balance--;
    let queue = m.queue(sem);
    while (queue.length > 0) {
      const head = queue[0]!;
      if (m.get(sem + SEM.writer) !== 0 || (head.mode === 'w' && m.get(sem + SEM.readers) !== 0)) break;
      queue = queue.slice(1);
      m.setQueue(sem, queue);
      take(m, sem, head.task, head.mode);
      if (head.mode === 'w') break;
    }
  }

  // --- what several functions do ---

  /** Counts an allocation; false if it was ordered to fail. The caller allocates in this step. */
  alloc(site: number, kind: AllocKind): boolean {
    const { injection } = this;
    const ok = !(injection && injection.alloc > 0 && --injection.alloc === 0);
    this.begin(Kind.Alloc, site)
      .num(kind)
      .num(ok ? 1 : 0);
    return ok;
  }

  host(site: number, word: HostWord): void {
    this.begin(Kind.Host, site).num(word);
  }

  hostPteValue(site: number, word: HostWord, hi: number, lo: number): void {
    this.begin(Kind.Host, site).num(word).word(hi, lo);
  }

  loop(site: number, word: LoopWord): void {
    this.begin(Kind.Loop, site).num(word);
  }

  /** Visits an entry of a gmap's table; levels count from 0, region-first, to 3, segment. */
  walk(site: number, level: number, entry: number): void {
    const { m } = this;
    const desc = m.descriptor(entry);
    if (desc === 0) this.bug(site, BugText.Wild);
    if (m.get(desc + DESC.freed)) this.bug(site, BugText.FreedTable);
    this.begin(Kind.Walk, site)
      .num(level)
      .num((entry & 0x3fff) >>> 3)
      .word(m.hi(entry), m.lo(entry))
      .num(entry);
  }

  key(site: number, action: KeyAction, frame: U64, value: number, mapped: boolean): void {
    this.begin(Kind.Key, site)
      .num(action)
      .word(frame.hi, frame.lo)
      .num(value)
      .num(mapped ? 1 : 0);
  }
}

export const enum BugText {
  ZapNullVma,
  UnlockUninitialised,
  FreedGmap,
  FreedTable,
  FreedPageTable,
  Wild,
  /** Not a crash: an operation took more locks than it released, or fewer. */
  Unbalanced,
}

export function bugMessage(text: BugText, detail: number): string {
  switch (text) {
    case BugText.ZapNullVma:
      return 'zap_page_range with NULL vma';
    case BugText.UnlockUninitialised:
      return 'spin_unlock of uninitialised pointer';
    case BugText.FreedGmap:
      return `use after free of gmap g${detail}`;
    case BugText.FreedTable:
      return 'use after free of gmap table';
    case BugText.FreedPageTable:
      return 'use after free of host page table';
    case BugText.Wild:
      return 'wild pointer';
    case BugText.Unbalanced:
      return `unbalanced ${detail | 0}`;
  }
}

export function semaphore(cls: LockClass): number {
  return cls === LockClass.MmapSem ? MMAP_SEM : ANON_VMA;
}

function take(m: Machine, sem: number, task: number, mode: 'r' | 'w'): void {
  if (mode === 'w') m.set(sem + SEM.writer, task + 1);
  else {
    m.set(sem + SEM.readers, m.get(sem + SEM.readers) + 1);
    const held = sem + SEM.held + task * 8;
    m.set(held, m.get(held) + 1);
  }
}

function rcuSectionOpen(m: Machine, task: number, section: number): boolean {
  const at = RCU_AT + task * 16;
  return m.get(at) > 0 && m.get(at + 8) === section;
}

const taskNumbers: readonly number[] = Array.from({ length: MAX_TASKS }, (_, i) => i);

/** Tasks that hold what a waiting task waits for. */
export function holders(m: Machine, wait: Wait): readonly number[] {
  switch (wait.kind) {
    case 'spin':
      return m.get(wait.lock) ? [m.get(wait.lock) - 1] : [];
    case 'pcl':
      return taskNumbers.filter((task) => m.get(PCL_AT + task * 8) === wait.lock);
    case 'sem': {
      const writer = m.get(wait.lock + SEM.writer);
      if (writer) return [writer - 1];
      return taskNumbers.filter((task) => m.get(wait.lock + SEM.held + task * 8) > 0);
    }
    case 'rcu':
      return wait.sections.filter((s) => rcuSectionOpen(m, s.task, s.section)).map((s) => s.task);
  }
}
