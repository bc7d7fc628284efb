/** Reads a run that is over: what it answered, whom it called, what state it left, as one hash; and its signs. */
import { PAGE_PRESENT, PGSTE_IN, PGSTE_OFFSET } from '../engine/bits.js';
import { functionNamed, stepById, type DefinedFunction } from '../engine/catalog.js';
import { GMAP, MM, MM_AT } from '../engine/machine.js';
import type { Operation } from '../engine/operation.js';
import { gmapInSlot } from '../engine/operations.js';
import { BugText, FlushKind, HostWord, LoopWord, RcuWord, type Task } from '../engine/task.js';
import { Kind, MAX_TASKS, MAX_SITES } from '../engine/trace.js';
import { PAGE_SIZE, U64 } from '../engine/u64.js';
import { StatementResult } from '../scenario/run.js';
import { Hash, mix } from '../scenario/hash.js';
import type { ThreadsRun } from './replay.js';
import { Sign } from './signs.js';

const siteOf = (fn: string, step: string): number => (functionNamed(fn) as DefinedFunction<string>).at[step]!;

const UNLINK = siteOf('__gmap_unlink_by_vmaddr', 'delete');
const NEXT_PAGE = siteOf('gmap_mprotect_notify', 'next');
const REFUSED = siteOf('vcpu_pre_run', 'again');
const PTE_NOTIFY = functionNamed('pgste_pte_notify')!.id;
/** Steps in which a table that was made in vain is freed, found when they are first seen: 1 yes, 2 no. */
const LOSER = new Uint8Array(MAX_SITES);
const H2G = 1;
/** Pages of an armed range that are looked at when the call returns. */
const MOST_PAGES = 16;

const isLoser = (site: number): boolean => {
  LOSER[site] ||= stepById(site).key === 'loser' ? 1 : 2;
  return LOSER[site] === 1;
};

export class Reading {
  /** Bits of {@link Sign}. */
  signs = 0;
  private readonly lanes = Array.from({ length: MAX_TASKS }, () => new Hash());
  private readonly calls = new Hash();
  /** Sum of hashes of the functions and walk levels that were visited. */
  private visits = 0;
  /** For each task: row of the call that has a notification to give and has called nobody yet. */
  private readonly silent = new Int32Array(MAX_TASKS);
  /** For each task: row of the arming that came back with a page to fix up. */
  private readonly again = new Int32Array(MAX_TASKS);
  /** Segments whose unlink has yet to be flushed: of which gmap, and by which task. */
  private readonly unflushed: { gmap: number; segment: number; task: number }[] = [];
  /** Rows that answer "done" for what is so no more, if they answer 0. */
  private readonly stale: { row: number; sign: Sign }[] = [];
  private lastRead: Int32Array[] = [];
  private lastWrite = new Int32Array(0);
  private lastWriter = new Uint8Array(0);
  private stepBase = 1;

  constructor(private readonly run: ThreadsRun) {
    run.onCall = (gmap, start) => this.called(gmap, start);
    run.machine.onEnd = (task) => this.ending(task);
  }

  /** Before a run. */
  begin(): void {
    this.signs = 0;
    this.stale.length = 0;
  }

  // --- while it runs: looking here counts as part of the step ---

  private called(gmap: number, start: U64): void {
    const { machine } = this.run;
    let at = machine.get(MM_AT + MM.gmaps);
    while (at !== 0 && at !== gmap) at = machine.get(at + GMAP.next);
    if (at === 0 || !this.run.segmentOf(gmap, start)) this.signs |= 1 << Sign.LateCall;
  }

  private ending(task: Task): void {
    const { run } = this;
    const { trace } = run.machine;
    const operation = run.operationAt(trace.operand(task.frame, 1));
    const { name } = operation ?? { name: '' };
    if (name === 'fault') this.faultEnds(operation!);
    else if (name === 'mprotect_notify' || name === 'ipte_notify') this.armingEnds(operation!);
  }

  /** PTE slot of a guest address, by what is mapped there; 0: none. */
  private slotOf(operation: Operation, gaddr: U64): number {
    const { machine } = this.run;
    const gmap = gmapInSlot(machine, Number(operation.args['g']));
    const segment = gmap ? this.run.segmentOf(gmap, gaddr) : undefined;
    return segment ? machine.hostPte(segment.or(gaddr.lo & 0xf_ffff)) : 0;
  }

  private faultEnds(operation: Operation): void {
    const { machine } = this.run;
    const pte = this.slotOf(operation, U64.fromBigInt(operation.args['gaddr'] as bigint));
    if (pte && machine.lo(pte) & PAGE_PRESENT) return;
    this.stale.push({ row: machine.trace.length, sign: Sign.StaleFault });
  }

  private armingEnds(operation: Operation): void {
    const { machine } = this.run;
    const first = U64.fromBigInt(operation.args['gaddr'] as bigint);
    const pages = Math.min(MOST_PAGES, Number(operation.args['len']) / PAGE_SIZE);
    for (let i = 0; i < pages; i++) {
      const pte = this.slotOf(operation, first.plusNumber(i * PAGE_SIZE));
      if (pte && machine.hi(pte + PGSTE_OFFSET) & PGSTE_IN) continue;
      this.stale.push({ row: machine.trace.length, sign: Sign.StaleArming });
      return;
    }
  }

  // --- when it is over ---

  /**
   * A hash of all that an outcome consists of, from the rows and the memory as they are. Equal outcomes may have
   * different hashes (names of pages are not forgotten here), different outcomes have not.
   */
  end(how: Hash): string {
    this.readRows();
    this.findLostUpdates();
    how.add(this.calls.a).add(this.calls.b);
    if (this.run.countsVisits) how.add(this.visits);
    for (const lane of this.lanes) how.add(lane.a).add(lane.b);
    let a = 0;
    let b = 0;
    this.run.machine.differences((word, hi, lo) => {
      a = (a + mix(mix(word, hi), lo)) | 0;
      b = (b + mix(mix(mix(0x3c6e_f372, lo), word), hi)) | 0;
    });
    return how.add(a).add(b).toString();
  }

  private readRows(): void {
    const { run, lanes, calls, silent, again, unflushed } = this;
    const { trace } = run.machine;
    for (let t = 0; t < MAX_TASKS; t++) lanes[t]!.reset();
    calls.reset();
    this.visits = 0;
    silent.fill(-1);
    again.fill(-1);
    unflushed.length = 0;
    for (let n = run.firstRow; n < trace.length; n++) {
      const kind = trace.kind(n);
      switch (kind) {
        case Kind.End:
          lanes[trace.task(n)]!.add(trace.operand(n, 0)).add(trace.operand(n, 1)).add(trace.operand(n, 2));
          break;
        case Kind.Statement: {
          // What is looked at after every step is nobody's: whose step broke it is no part of the outcome.
          const lane = lanes[trace.caller(n) < 0 ? trace.task(n) : 0]!;
          lane.add(trace.operand(n, 0));
          if (trace.operand(n, 1) !== StatementResult.Ok) lane.add(trace.operand(n, 1));
          break;
        }
        case Kind.Notify:
          for (let i = 0; i < 6; i++) calls.add(trace.operand(n, i));
          silent[trace.task(n)] = -1;
          break;
        case Kind.Walk:
          this.visits = (this.visits + mix(1, trace.operand(n, 0))) | 0;
          break;
        case Kind.Call:
          this.visits = (this.visits + mix(2, trace.operand(n, 0))) | 0;
          if (trace.operand(n, 0) === PTE_NOTIFY && trace.operand(n, 5) & PGSTE_IN) silent[trace.task(n)] = n;
          break;
        case Kind.Return: {
          const t = trace.task(n);
          if (silent[t]! < 0 || trace.caller(n) !== silent[t]) break;
          this.sign(Sign.NoCall);
          silent[t] = -1;
          break;
        }
        case Kind.Note:
          if (trace.site(n) === NEXT_PAGE) again[trace.task(n)] = -1;
          break;
        case Kind.Loop:
          if (trace.site(n) === REFUSED) this.sign(Sign.Refused);
          if (trace.operand(n, 0) !== LoopWord.Continue) break;
          if (again[trace.task(n)] === trace.caller(n)) this.sign(Sign.Again);
          again[trace.task(n)] = trace.caller(n);
          break;
        case Kind.Host:
          if (trace.operand(n, 0) === HostWord.Raced) this.sign(Sign.Raced);
          break;
        case Kind.Free:
          if (isLoser(trace.site(n))) this.sign(Sign.Loser);
          break;
        case Kind.Block:
          this.sign(Sign.Queued);
          break;
        case Kind.Rcu:
          if (trace.operand(n, 0) === RcuWord.End) this.sign(Sign.Grace);
          break;
        case Kind.Bug:
          if (trace.operand(n, 0) !== BugText.Unbalanced) break;
          this.sign(Sign.Unbalanced);
          lanes[trace.task(n)]!.add(trace.operand(n, 1));
          break;
        case Kind.Delete:
          if (trace.site(n) !== UNLINK || !trace.operand(n, 4)) break;
          unflushed.push({ gmap: trace.operand(n, 1), segment: this.segmentIn(n), task: trace.task(n) });
          break;
        case Kind.Flush:
          if (trace.operand(n, 0) === FlushKind.Global) unflushed.length = 0;
          else if (trace.operand(n, 0) === FlushKind.Asce) this.flushed(trace.operand(n, 1));
          break;
        case Kind.Insert:
          if (unflushed.length > 0 && trace.operand(n, 0) === H2G) {
            this.usesSegment(trace.operand(n, 1), this.segmentIn(n), trace.task(n));
          }
          break;
        case Kind.Access:
          if (unflushed.length > 0 && trace.operand(n, 0)) this.accessed(n);
          break;
        default:
      }
    }
    for (const { row, sign } of this.stale) {
      if (trace.operand(row, 0) === 0 && trace.operand(row, 2) === 0) this.sign(sign);
    }
  }

  private sign(sign: Sign): void {
    this.signs |= 1 << sign;
  }

  /** Number of the guest segment that a row of host_to_guest names as its value. */
  private segmentIn(n: number): number {
    const { trace } = this.run.machine;
    return trace.operand(n, 5) * 0x1000 + (trace.operand(n, 6) >>> 20);
  }

  private flushed(gmap: number): void {
    const { unflushed } = this;
    for (let i = unflushed.length - 1; i >= 0; i--) if (unflushed[i]!.gmap === gmap) unflushed.splice(i, 1);
  }

  private accessed(n: number): void {
    const { trace } = this.run.machine;
    const operation = this.run.operationAt(trace.operand(trace.caller(n), 1));
    if (operation?.name !== 'gtouch') return;
    const segment = Number((operation.args['gaddr'] as bigint) >> 20n);
    this.usesSegment(Number(operation.args['g']), segment, trace.task(n));
  }

  private usesSegment(gmap: number, segment: number, task: number): void {
    if (this.unflushed.some((u) => u.gmap === gmap && u.segment === segment && u.task !== task)) {
      this.sign(Sign.LateFlush);
    }
  }

  /** A thread read an entry, another one changed it, and the first one overwrites it without having looked again. */
  private findLostUpdates(): void {
    const { machine } = this.run;
    const { steps, log, changes } = machine;
    const words = machine.mem.length >>> 1;
    if (this.lastWrite.length < words) {
      this.lastWrite = new Int32Array(words);
      this.lastWriter = new Uint8Array(words);
      this.lastRead = this.lastRead.map(() => new Int32Array(words));
      this.stepBase = 1;
    } else if (this.stepBase > 0x7000_0000) {
      this.lastWrite.fill(0);
      for (const array of this.lastRead) array.fill(0);
      this.stepBase = 1;
    }
    const base = this.stepBase;
    let at = 0;
    for (let step = 0; step < steps; step++) {
      const end = machine.endOf(step);
      const thread = machine.threadOf(step);
      const lastRead = (this.lastRead[thread] ??= new Int32Array(words));
      const now = base + step;
      for (; at < end; at++) {
        const access = log[at]!;
        const word = access >>> 1;
        if ((access & 1) === 0) lastRead[word] = now;
        else {
          const seen = lastRead[word]!;
          const changed = this.lastWrite[word]!;
          if (
            changes[at] === 1 &&
            seen >= base &&
            changed > seen &&
            seen !== now &&
            this.lastWriter[word] !== thread &&
            machine.isEntry(word)
          ) {
            this.sign(Sign.LostUpdate);
          }
          this.lastWrite[word] = now;
          this.lastWriter[word] = thread;
        }
      }
    }
    this.stepBase = base + steps;
  }
}
