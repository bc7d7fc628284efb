/**
 * A scenario that can run again and again from the point where its threads start: what comes before is done once, then
 * memory is put back for each schedule. The statements themselves are run by the same code as everywhere else.
 */
import { GMAP, StorageLimitError } from '../engine/machine.js';
import { radixSlot } from '../engine/radix.js';
import type { Operation } from '../engine/operation.js';
import type { Outcome, Scheduler } from '../engine/scheduler.js';
import { KernelBug, type Co, type Injection, type Wait } from '../engine/task.js';
import { TraceLimitError } from '../engine/trace.js';
import type { U64 } from '../engine/u64.js';
import type { CompiledFile, CompiledScenario, NotifierCallback, Statement } from '../scenario/program.js';
import { ScenarioRun, type RunOptions } from '../scenario/run.js';
import { circle } from './deadlock.js';
import { Visible, WatchedMachine, WatchedTask } from './watched.js';

/** The scenario cannot be explored; the message says why. */
export class CannotExploreError extends Error {}

/** Threads that run beside each other, somewhere in the scenario. */
export class Block {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly machine: WatchedMachine,
    private readonly tasks: readonly WatchedTask[],
    readonly names: readonly string[],
    /** Number of the block in this run. */
    readonly number: number,
    private readonly eachStep: (() => void) | undefined,
  ) {}

  get count(): number {
    return this.names.length;
  }

  /** Threads that can take a step, as bits. */
  runnable(): number {
    let mask = 0;
    for (let i = 0; i < this.count; i++) if (this.scheduler.canRun(i)) mask |= 1 << i;
    return mask;
  }

  canRun(thread: number): boolean {
    return this.scheduler.canRun(thread);
  }

  /** What a thread waits for, or will ask for in its next step. */
  wait(thread: number): Wait | undefined {
    return this.tasks[thread]!.wait;
  }

  /** Is the thread between two operations? */
  betweenOperations(thread: number): boolean {
    return this.tasks[thread]!.depth === 0;
  }

  /** Does a thread other than this one stand at a lock? Then whether it can run may change with every step. */
  othersAtLocks(thread: number): boolean {
    for (let i = 0; i < this.count; i++) if (i !== thread && this.tasks[i]!.wait) return true;
    return false;
  }

  outcome(): Outcome | undefined {
    return this.scheduler.outcome();
  }

  /** Who waits for whom, when nobody can go on. */
  deadlock(): string {
    const waits = new Map<number, Wait>();
    for (const task of this.tasks) if (task.wait) waits.set(task.id, task.wait);
    return circle(this.machine, waits, (id) => this.names[id - 1]!);
  }

  /** Every step has to be looked at: threads cannot go on by themselves. */
  get stepwise(): boolean {
    return this.eachStep !== undefined;
  }

  /** Lets a thread take up to `steps` steps, fewer if it has to wait or ends. Returns how many it took. */
  run(thread: number, steps: number): number {
    const { machine } = this;
    const before = machine.steps;
    machine.goesOn(thread);
    do {
      const count = this.eachStep ? 1 : steps;
      const { wait } = this.tasks[thread]!;
      machine.beginStep();
      if (wait?.kind === 'rcu' || wait?.kind === 'sem') machine.noteWait(wait);
      this.scheduler.step(thread, count);
      machine.endStep();
      this.eachStep?.();
      steps -= count;
    } while (steps > 0 && this.canRun(thread));
    return machine.steps - before;
  }
}

/** Chooses who runs in a block; false: the rest of this run is of no interest. */
export type Drive = (block: Block) => boolean;

/** What the run was like before its threads, apart from memory. */
interface Before {
  readonly rows: number;
  readonly failures: number;
  readonly always: number;
  readonly eventually: number;
  readonly alwaysFailed: readonly boolean[];
  readonly vcpus: number;
  readonly marks: ReadonlyMap<string, number>;
  readonly callbacks: ReadonlyMap<number, NotifierCallback>;
  readonly injection: Injection | undefined;
}

const GIVEN_UP = 'given up';

const hasThreads = (s: Statement): boolean => s.kind === 'threads' || (s.kind === 'repeat' && s.body.some(hasThreads));

const blocksIn = (statements: readonly Statement[]): number =>
  statements.reduce((n, s) => n + (s.kind === 'threads' ? 1 : s.kind === 'repeat' ? s.count * blocksIn(s.body) : 0), 0);

export class ThreadsRun extends ScenarioRun {
  readonly machine: WatchedMachine;
  private readonly tasks: WatchedTask[];
  private readonly rest: readonly Statement[];
  private before: Before | undefined;
  private drive: Drive = () => false;
  private blocks = 0;
  private alwaysSomewhere = false;
  /** Something that is expected may depend on how often functions and walk levels were visited. */
  countsVisits = false;
  /** How many blocks of threads a run has that goes on to its end. */
  readonly blockCount: number;
  /** Called at each notifier call, inside its step: looking is part of the step then. */
  onCall: ((gmap: number, start: U64) => void) | undefined;

  constructor(file: CompiledFile, scenario: CompiledScenario, options: RunOptions = {}) {
    const tasks: WatchedTask[] = [];
    const parts: NonNullable<RunOptions['parts']> = {
      machine: (o) => new WatchedMachine(o),
      thread: (machine, id) => (tasks[id - 1] = new WatchedTask(machine, id)),
    };
    super(file, scenario, { ...options, parts });
    this.tasks = tasks;
    this.machine = this.recording.machine as WatchedMachine;
    const first = scenario.statements.findIndex(hasThreads);
    if (first < 0) throw new CannotExploreError(`scenario "${scenario.name}" has no threads: there is one order only`);
    this.rest = scenario.statements.slice(first);
    this.blockCount = blocksIn(this.rest);
    const hook = this.machine.onNotify;
    this.machine.onNotify = {
      call: (task, id, gmap, start, end, site) => {
        this.onCall?.(gmap, start);
        return hook?.call(task, id, gmap, start, end, site);
      },
    };
    this.prepare(scenario.statements.slice(0, first));
  }

  /** Row at which the threads start. */
  get firstRow(): number {
    return this.before!.rows;
  }

  /** Runs everything before the threads, and keeps that state. */
  private prepare(statements: readonly Statement[]): void {
    this.go(this.file.setup);
    this.start = this.recording.length;
    this.go(statements);
    if (this.outcome) {
      const { outcome } = this;
      const text = outcome.kind === 'ended' ? 'it ends' : outcome.text;
      throw new CannotExploreError(`scenario "${this.scenario.name}" does not come as far as its threads: ${text}`);
    }
    this.recording.sync();
    this.machine.visible = this.visibility();
    const { injection } = this.task;
    this.before = {
      rows: this.recording.length,
      failures: this.failures.length,
      always: this.always.length,
      eventually: this.eventually.length,
      alwaysFailed: this.always.map((a) => a.failed),
      vcpus: this.vcpus.length,
      marks: new Map(this.marks),
      callbacks: new Map(this.callbacks),
      injection: injection && { ...injection },
    };
    this.machine.keep();
  }

  /** How much of the order of steps the expectations in and around the threads can see. */
  private visibility(): Visible {
    let visible = Visible.Accesses;
    const look = (statements: readonly Statement[], inThread: boolean): void => {
      for (const s of statements) {
        if (s.kind === 'repeat') look(s.body, inThread);
        if (s.kind === 'threads') for (const thread of s.threads) look(thread.statements, true);
        if (s.kind !== 'expect') continue;
        const { kind, when } = s.expectation;
        if (when === 'always') this.alwaysSomewhere = true;
        if (kind === 'visits' || kind === 'holds') this.countsVisits = true;
        const counts = kind === 'visits' || kind === 'notified' || kind === 'notifications' || kind === 'holds';
        if (counts && (inThread || when === 'always')) visible = Visible.Steps;
        else if (when === 'always' && visible === Visible.Accesses) visible = Visible.Changes;
      }
    };
    look(this.file.setup, false);
    look(this.scenario.statements, false);
    return visible;
  }

  private restore(): void {
    const before = this.before!;
    const { recording, machine } = this;
    machine.back();
    machine.threaded = false;
    recording.trace.truncate(before.rows);
    if (recording.position > before.rows) recording.index.truncate(before.rows);
    recording.sync();
    this.outcome = undefined;
    this.bugExpected = false;
    this.failures.length = before.failures;
    this.always.length = before.always;
    this.always.forEach((a, i) => (a.failed = before.alwaysFailed[i]!));
    this.eventually.length = before.eventually;
    this.vcpus.length = before.vcpus;
    this.shown.clear();
    refill(this.marks, before.marks);
    refill(this.callbacks, before.callbacks);
    const { task } = this;
    task.frame = -1;
    task.depth = 0;
    task.wait = undefined;
    task.injection = before.injection && { ...before.injection };
    this.blocks = 0;
  }

  /** Runs from the threads on, once more. */
  again(drive: Drive): void {
    this.restore();
    this.drive = drive;
    this.go(this.rest);
    if (this.outcome?.kind === 'limit' && this.outcome.text !== GIVEN_UP)
      throw new CannotExploreError(this.outcome.text);
    if (!this.outcome) this.end({ kind: 'ended' });
  }

  /** Runs statements of the scenario itself without a stop. */
  private go(statements: readonly Statement[]): void {
    const { task } = this;
    try {
      const body = this.runAll(task, statements);
      for (;;) {
        task.steps = this.always.length > 0 ? 0 : Number.MAX_SAFE_INTEGER;
        if (body.next().done || this.outcome) return;
        if (task.wait && !task.runnable()) {
          const text = 'the scenario itself waits for a lock that a thread has kept';
          this.end({ kind: 'deadlock', text, expected: false });
          return;
        }
        if (this.always.length > 0) this.checkAlways();
      }
    } catch (error) {
      if (error instanceof KernelBug) this.end({ kind: 'bug', text: error.message, expected: this.bugExpected });
      else if (error instanceof TraceLimitError || error instanceof StorageLimitError) {
        this.outcome = { kind: 'limit', text: error.message };
      } else throw error;
    }
  }

  // prettier-ignore
  protected override *letRun(scheduler: Scheduler, group: Extract<Statement, { kind: 'threads' }>): Co {
    const { tasks, machine } = this;
    tasks.length = group.threads.length;
    const names = group.threads.map((x) => x.name);
    const each = this.alwaysSomewhere ? () => this.look() : undefined;
    const block = new Block(scheduler, machine, tasks, names, this.blocks++, each);
    if (!this.drive(block)) this.outcome = { kind: 'limit', text: GIVEN_UP };
  }

  private look(): void {
    if (this.machine.changedMemory || this.machine.visible === Visible.Steps) this.checkAlways();
  }

  /** The operation of a statement. */
  operationAt(statement: number): Operation | undefined {
    const s = this.statements[statement];
    return s?.kind === 'operation' ? s.operation : undefined;
  }

  /** Host address of a guest segment, in halves; undefined: not mapped. */
  segmentOf(gmap: number, gaddr: U64): U64 | undefined {
    const slot = radixSlot(this.machine, gmap + GMAP.guest_to_host, gaddr.segmentNumber());
    const segment = slot ? this.machine.word(slot) : undefined;
    return segment?.isZero() ? undefined : segment;
  }
}

function refill<K, V>(map: Map<K, V>, from: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}
