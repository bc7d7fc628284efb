/**
 * All schedules up to a bound of preemptions, each class of equivalent ones at least once.
 *
 * A preemption is a switch away from a thread that could have gone on; a switch away from a thread that waits or has
 * ended costs nothing. Schedules are equivalent if one becomes the other by exchanging neighbouring steps of different
 * threads that do not depend on each other (watched.ts: neither writes what the other touches, and neither decides
 * whether the other can run).
 *
 * The reduction: when thread t is preempted before its step s, t falls asleep. It wakes when another thread takes a
 * step that depends on s, or comes to wait for something that s writes. A sleeping thread is never switched to: had it
 * done s first and been preempted behind it, everything else would have gone the same way. These are sleep sets
 * (Godefroid), but only for the thread that was preempted, and with the extra rule for waiting threads; that is what
 * makes them sound under a bound. Moving s in front of the preemption
 *
 * - costs no preemption more. The one of t stays one, or becomes free because t waits or has ended behind s. At every
 *   switch on the way the thread that is left can go on after the move only if it could before: else it waited for
 *   something that s writes, and t would be awake. And if s was all that t did when it came back, a switch goes away;
 * - leaves the results, the calls and the state what they were, for only independent steps were exchanged;
 * - gives a schedule that comes earlier in the order in which going on counts less than switching.
 *
 * So the first schedule, in that order, of each class that has one within the bound is never cut off: nothing can be
 * moved in it. It is a property of the schedule alone; no memory of what was explored before is needed, and the work
 * can be split anywhere.
 */
import { Sign } from './signs.js';
import type { Findings, Schedule, Sketch } from './findings.js';
import type { Block, ThreadsRun } from './replay.js';
import { guards } from './watched.js';

export interface SearchOptions {
  /** Most preemptions of a schedule. */
  readonly bound: number;
  /** Off: every schedule within the bound is run. For measuring and testing the reduction. */
  readonly reduce?: boolean;
  /** This part of so many: a first preemption is in exactly one. */
  readonly part?: number;
  readonly parts?: number;
}

const NOBODY = -1;

/** One more step was chosen: who went, who could have, who slept. */
interface Node {
  block: number;
  thread: number;
  /** The thread that would go on without a switch; NOBODY: it waits, has ended, or there was none. */
  goesOn: number;
  /** Preemptions before this choice. */
  cost: number;
  /** Threads asleep before this choice, as bits. */
  asleep: number;
  /** Threads still to be tried here. */
  todo: number;
  /** Accesses of the step that the preempted thread takes when it goes on; known once it was preempted here. */
  accesses: Int32Array | undefined;
}

export class Search implements Sketch {
  /** Runs that came to their end, and runs that were cut off because they would show nothing new. */
  complete = 0;
  cutOff = 0;
  /** First preemptions seen so far, of all parts. */
  firsts = 0;
  private readonly nodes: Node[] = [];
  private readonly names: string[][] = [];
  /** Nodes that are fixed in the next run; the last of them was just changed. */
  private fixed = 0;
  private length = 0;
  private ended = false;
  private readonly marks = new Marks();

  constructor(
    private readonly run: ThreadsRun,
    private readonly findings: Findings,
    private readonly options: SearchOptions,
  ) {}

  private get reduces(): boolean {
    return this.options.reduce ?? true;
  }

  /** Runs the next schedule. Returns false if there is none left. */
  next(): boolean {
    if (this.ended) return false;
    const { run, findings } = this;
    findings.begin();
    const changed = this.nodes[this.fixed - 1];
    this.preemptions = changed === undefined ? 0 : changed.cost + (changed.goesOn === NOBODY ? 0 : 1);
    this.at = 0;
    this.cut = false;
    run.again((block) => this.drive(block));
    this.length = this.at;
    if (this.cut) this.cutOff++;
    else if (this.mine) {
      this.complete++;
      findings.end();
    }
    this.ended = !this.backtrack();
    return !this.ended;
  }

  // --- one run ---

  private at = 0;
  private cut = false;
  /** Threads asleep, as bits, while a run goes on. */
  private sleepers = 0;
  /** Preemptions of the run that goes on. */
  preemptions = 0;

  /** Schedules without a preemption are in the first part. */
  private get mine(): boolean {
    return this.preemptions > 0 || (this.options.part ?? 0) === 0;
  }

  private drive(block: Block): boolean {
    this.names[block.number] = [...block.names];
    this.sleepers = 0;
    let current = this.replay(block);
    for (;;) {
      if (current === NOBODY) {
        const runnable = block.runnable();
        if (runnable === 0) {
          return this.mine ? this.findings.blockEnds(block, this) : !this.findings.isLast(block);
        }
        const candidates = runnable & ~this.sleepers;
        if (candidates === 0) {
          this.cut = true;
          return false;
        }
        current = lowest(candidates);
        this.choose(block, current, NOBODY, candidates & ~(1 << current));
      }
      this.goOn(block, current);
      this.wakeFor(block, current);
      current = NOBODY;
    }
  }

  /** Takes the steps that are fixed. Returns the thread that goes on, at a choice that was just changed. */
  private replay(block: Block): number {
    const { nodes, fixed } = this;
    if (this.at >= fixed) return NOBODY;
    const last = fixed - 1;
    while (this.at < last && nodes[this.at]!.block === block.number) {
      const { thread } = nodes[this.at]!;
      let end = this.at + 1;
      while (end < last && nodes[end]!.block === block.number && nodes[end]!.thread === thread) end++;
      const steps = end - this.at;
      if (block.run(thread, steps) !== steps) throw new Error('a run was not the same the second time');
      this.at = end;
      this.spins(block, thread);
    }
    const node = nodes[this.at]!;
    if (this.at > last || node.block !== block.number) return NOBODY;
    // The choice that is new: who was preempted sleeps from here on.
    if (this.reduces) this.fallAsleep(node);
    return node.thread;
  }

  private fallAsleep(node: Node): void {
    const { nodes, marks } = this;
    marks.clear();
    let asleep = node.asleep;
    if (node.goesOn !== NOBODY) asleep |= 1 << node.goesOn;
    this.sleepers = asleep;
    for (let n = this.at; asleep !== 0; n--) {
      const { goesOn, thread, accesses } = nodes[n]!;
      if (goesOn === NOBODY || (asleep & (1 << goesOn)) === 0 || goesOn === thread) continue;
      marks.add(goesOn, accesses!);
      asleep &= ~(1 << goesOn);
    }
  }

  /** Adds a choice. */
  private choose(block: Block, thread: number, goesOn: number, todo: number): void {
    const node = this.nodes[this.at];
    if (!node) {
      const { preemptions: cost, sleepers } = this;
      this.nodes.push({ block: block.number, thread, goesOn, cost, asleep: sleepers, todo, accesses: undefined });
      return;
    }
    node.block = block.number;
    node.thread = thread;
    node.goesOn = goesOn;
    node.cost = this.preemptions;
    node.asleep = this.sleepers;
    node.todo = todo;
    node.accesses = undefined;
  }

  /** Lets a thread run until it waits or ends. Its first step's choice has been made; each further one is a choice. */
  private goOn(block: Block, thread: number): void {
    const { machine } = this.run;
    const mayPreempt = this.preemptions < this.options.bound;
    let first = true;
    do {
      // Others at a lock may become able to run, or unable, with each step.
      const one = mayPreempt && block.othersAtLocks(thread);
      const others = mayPreempt ? block.runnable() & ~(1 << thread) : 0;
      let step = machine.steps;
      block.run(thread, one ? 1 : Number.MAX_SAFE_INTEGER);
      for (; step < machine.steps; step++) {
        if (!first) this.choose(block, thread, thread, others & ~this.sleepers);
        first = false;
        if (this.sleepers !== 0) {
          this.sleepers &= ~this.marks.met(machine.log, machine.startOf(step), machine.endOf(step));
        }
        this.at++;
      }
    } while (block.canRun(thread));
  }

  /** A thread that was left because it waits: who sleeps before a step that may end the waiting has to be awake. */
  private wakeFor(block: Block, thread: number): void {
    this.spins(block, thread);
    const wait = block.wait(thread);
    if (!wait || this.sleepers === 0) return;
    for (const word of guards(wait)) this.sleepers &= ~this.marks.metBy(word, false);
  }

  private spins(block: Block, thread: number): void {
    const wait = block.wait(thread);
    if ((wait?.kind === 'spin' || wait?.kind === 'pcl') && !block.canRun(thread)) this.findings.sign(1 << Sign.Spun);
  }

  // --- the next one ---

  private backtrack(): boolean {
    const { nodes, options } = this;
    const { part = 0, parts = 1 } = options;
    const { machine } = this.run;
    for (let n = this.length - 1; n >= 0; n--) {
      const node = nodes[n]!;
      if (this.reduces && node.goesOn !== NOBODY && node.todo !== 0 && node.thread === node.goesOn) {
        node.accesses = machine.accessesOf(n);
      }
      while (node.todo !== 0) {
        const thread = lowest(node.todo);
        node.todo &= ~(1 << thread);
        node.thread = thread;
        this.fixed = n + 1;
        if (node.cost > 0 || node.goesOn === NOBODY || this.firsts++ % parts === part) return true;
      }
    }
    return false;
  }

  /** The schedule of the run that is just going on. */
  make(): Schedule {
    const choices: [string, number][] = [];
    for (let n = 0; n < this.at; n++) {
      const { block, thread } = this.nodes[n]!;
      const name = this.names[block]![thread]!;
      const last = choices.at(-1);
      if (last && last[0] === name && this.nodes[n - 1]!.block === block) last[1]++;
      else choices.push([name, 1]);
    }
    return { choices, preemptions: this.preemptions, steps: this.at };
  }
}

const lowest = (mask: number): number => 31 - Math.clz32(mask & -mask);

/** Which sleeping threads would touch a word in their next step. */
class Marks {
  private reads = new Uint16Array(1 << 14);
  private writes = new Uint16Array(1 << 14);
  private readonly words: number[] = [];

  clear(): void {
    for (const word of this.words) this.reads[word] = this.writes[word] = 0;
    this.words.length = 0;
  }

  add(thread: number, accesses: Int32Array): void {
    for (const access of accesses) {
      const word = access >>> 1;
      while (word >= this.reads.length) {
        this.reads = doubled(this.reads);
        this.writes = doubled(this.writes);
      }
      this.words.push(word);
      this.reads[word]! |= 1 << thread;
      if (access & 1) this.writes[word]! |= 1 << thread;
    }
  }

  /** Threads that depend on an access to a word. */
  metBy(word: number, written: boolean): number {
    if (word >= this.reads.length) return 0;
    return written ? this.reads[word]! : this.writes[word]!;
  }

  /** Threads that depend on one of these accesses. */
  met(log: Int32Array, from: number, to: number): number {
    let threads = 0;
    for (let i = from; i < to; i++) {
      const access = log[i]!;
      threads |= this.metBy(access >>> 1, (access & 1) !== 0);
    }
    return threads;
  }
}

function doubled(old: Uint16Array): Uint16Array<ArrayBuffer> {
  const array = new Uint16Array(old.length * 2);
  array.set(old);
  return array;
}
