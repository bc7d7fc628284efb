/**
 * A scenario on the engine: runs its statements, records every step, and checks what it expects.
 *
 * Recording goes on in slices, as far as somebody wants to look; the run itself has no clock and no other input
 * than the scenario and its schedules, so it is the same run every time.
 */
import { GMAP, StorageLimitError, type Machine, type MachineOptions } from '../engine/machine.js';
import { kvm_gmap_notifier, VCPU, vcpuNumbered } from '../engine/kernel/kvm.js';
import type { Generation, Operation } from '../engine/operation.js';
import { runOperation, type Result } from '../engine/operations.js';
import { Scheduler, waitName } from '../engine/scheduler.js';
import { holders, KernelBug, Task, type Co } from '../engine/task.js';
import { Kind, MAX_TASKS, TraceLimitError } from '../engine/trace.js';
import { U64 } from '../engine/u64.js';
import { CHECKPOINT_ROWS } from '../recording/checkpoints.js';
import { Recording } from '../recording/recording.js';
import { checkExpectation, checkResult, type Answer, type Failure } from './check.js';
import { evaluate, ExpressionError } from './expression/evaluate.js';
import { formatValue } from './expression/scope.js';
import { Moment, threadName, type ScenarioNames } from './moment.js';
import type {
  CompiledFile, CompiledScenario, ExpectedResult, ExpectStatement, NotifierCallback, OperationStatement, Statement,
  VcpuInfo, VcpuStatement,
} from './program.js'; // prettier-ignore
import { StepChecks } from './step-checks.js';
import { chooser, followed, type Choice, type Chooser } from './schedule.js';

export interface RunOptions {
  /** Overrides what the file says. */
  readonly generation?: Generation;
  /** Checks the model's invariants and the order of locks at every step; the first that is broken is a failure. */
  readonly checkInvariants?: boolean;
  /** Most steps that are recorded. */
  readonly maxSteps?: number;
  /** Reads a schedule file that the scenario names; its result is a list of choices. */
  readonly schedules?: (file: string) => readonly Choice[];
  /** Followed through all blocks of threads, whatever schedules the scenario chooses. */
  readonly choices?: readonly Choice[];
  /** Machine and threads that somebody watches more closely. */
  readonly parts?: RunParts;
}

/** What a run is made of. */
export interface RunParts {
  readonly machine: (options: MachineOptions) => Machine;
  readonly thread: (machine: Machine, id: number) => Task;
}

type ThreadsStatement = Extract<Statement, { kind: 'threads' }>;

/** A failed expectation, at the row that says so. */
export interface RunFailure extends Failure {
  readonly row: number;
  /** Number of the statement. */
  readonly statement: number;
}

export type RunOutcome =
  | { readonly kind: 'ended' }
  /** The kernel would crash here. */
  | { readonly kind: 'bug'; readonly text: string; readonly expected: boolean }
  | { readonly kind: 'deadlock'; readonly text: string; readonly expected: boolean }
  /** A limit of the tool was met. */
  | { readonly kind: 'limit'; readonly text: string };

/** What a Statement row says: all as expected, an expectation that failed, a line to show, or that threads start. */
export const enum StatementResult {
  Ok,
  Failed,
  Shown,
  Entered,
}

/** A doubleword of storage, as a person wants it. */
export interface EditedWord {
  readonly address: number;
  readonly value: bigint;
}

/** Thread and place in the code of a step. */
export interface PlaceInCode {
  readonly task: number;
  readonly site: number;
  readonly depth: number;
  readonly caller: number;
}

/** More rows than there ever are between two points at which a run can be interrupted. */
const ROWS_BETWEEN = 32;

/** An expectation that is looked at more than once. */
export interface Always {
  readonly statement: number;
  readonly expectation: ExpectStatement['expectation'];
  readonly since: number;
  failed: boolean;
}

export class ScenarioRun {
  readonly recording: Recording;
  readonly names: ScenarioNames;
  /** Every statement of the set-up and the scenario, by its number. */
  readonly statements: readonly Statement[];
  readonly failures: RunFailure[] = [];
  /** Text of what `print` and headings showed, by row. */
  readonly shown = new Map<number, string>();
  /** Row at which the scenario's own statements begin; counts start here. */
  start = 0;
  outcome: RunOutcome | undefined;
  /** Which thread took how many steps, in the order of the run. */
  readonly schedule: { thread: string; steps: number }[] = [];

  private readonly numbers = new Map<Statement, number>();
  protected readonly marks = new Map<string, number>();
  protected readonly always: Always[] = [];
  protected readonly eventually: Always[] = [];
  protected readonly task: Task;
  private readonly body: Co;
  protected readonly threadNames: string[] = [];
  /** Names of the vCPUs so far, by their number. */
  readonly vcpus: string[] = [];
  protected readonly callbacks = new Map<number, NotifierCallback>();
  private readonly chosen: ((threads: readonly string[]) => Chooser) | undefined;
  private readonly checks: StepChecks | undefined;
  /** Rows at which the current slice ends. */
  private until = 0;
  private turn: { readonly thread: string; readonly until: number } | undefined;

  constructor(
    readonly file: CompiledFile,
    readonly scenario: CompiledScenario,
    protected readonly options: RunOptions = {},
  ) {
    this.recording = new Recording({
      generation: options.generation ?? scenario.generation,
      ...(options.maxSteps === undefined ? {} : { maxRows: options.maxSteps }),
      ...(options.parts && { machine: options.parts.machine }),
    });
    const statements: Statement[] = [];
    const number = (list: readonly Statement[]): void => {
      for (const s of list) {
        this.numbers.set(s, statements.push(s) - 1);
        if (s.kind === 'repeat') number(s.body);
        if (s.kind === 'threads') for (const thread of s.threads) number(thread.statements);
        if (s.kind === 'operation' && s.callback?.kind === 'operations') number(s.callback.statements);
      }
    };
    number(file.setup);
    number(scenario.statements);
    this.statements = statements;
    this.names = {
      gmaps: file.slots.gmaps,
      notifiers: file.slots.notifiers,
      constants: scenario.constants,
      threads: this.threadNames,
    };
    this.task = new Task(this.recording.machine, 0);
    this.checks = options.checkInvariants ? new StepChecks(this.recording) : undefined;
    this.chosen = options.choices && followed(options.choices);
    this.body = this.main();
    this.recording.machine.onNotify = { call: this.notify.bind(this) };
  }

  /** Something is to be looked at after every step. */
  private get stepwise(): boolean {
    return this.always.length > 0 || this.checks !== undefined;
  }

  get ended(): boolean {
    return this.outcome !== undefined;
  }

  /** Expectations failed, the kernel crashed or hung unexpectedly, or a limit was met. */
  get failed(): boolean {
    const { outcome } = this;
    return (
      this.failures.length > 0 ||
      outcome?.kind === 'limit' ||
      ((outcome?.kind === 'bug' || outcome?.kind === 'deadlock') && !outcome.expected)
    );
  }

  /** Records about `rows` more rows, fewer if the run ends. Returns whether it may go on. */
  advance(rows: number): boolean {
    if (this.ended) return false;
    return this.recording.extend(() => {
      const target = this.recording.length + rows;
      while (!this.ended && this.recording.length < target) {
        this.proceed(Math.min(target, this.recording.length + CHECKPOINT_ROWS));
      }
      return !this.ended;
    });
  }

  /** Records up to row `n`, and from there to the first point at which the run can be interrupted. */
  advanceTo(n: number): void {
    if (this.ended || this.recording.length >= n) return;
    this.recording.extend(() => {
      while (!this.ended && this.recording.length < n) {
        // Far away in bold strides: between two points of interruption there are never so many rows.
        const far = Math.floor((n - this.recording.length) / ROWS_BETWEEN);
        this.proceed(this.recording.length + Math.min(far, CHECKPOINT_ROWS));
      }
    });
  }

  /** Takes steps up to about row `until`, at least one. */
  private proceed(until: number): void {
    this.until = until;
    this.task.steps = this.stepwise ? 0 : until - this.recording.length;
    this.resume();
    if (this.always.length > 0) this.checkAlways();
    this.recording.sync();
    const broken = this.checks?.failure();
    if (broken) {
      this.verdict(0, this.recording.statementOf(this.recording.length - 1) ?? 0, broken, this.lastPlace());
    }
  }

  /** Records the whole run. */
  finish(): void {
    while (this.advance(1 << 20));
  }

  // --- what a person does to the run ---

  /** Stores doublewords from outside, as one step at the end of what is recorded. */
  edit(words: readonly EditedWord[], like: PlaceInCode): void {
    this.recording.extend(() => {
      const { trace, machine } = this.recording;
      trace.begin(Kind.Edit, like.site, like.task, like.depth, like.caller);
      trace.num(words.length).num(words[0]?.address ?? 0);
      for (const { address, value } of words) machine.store(address, U64.fromBigInt(value));
    });
  }

  /** From here up to row `until` a thread takes every step that it can take, whoever the schedule would pick. */
  prefer(thread: string, until: number): void {
    this.turn = { thread, until };
  }

  /** A thread of the block that runs ends with the statement that it is in, or at once between two. */
  terminate(thread: string): void {
    this.terminated.add(thread);
  }

  private readonly terminated = new Set<string>();

  private isTerminated(t: Task): boolean {
    return this.terminated.size > 0 && t.id > 0 && this.terminated.has(this.threadNames[t.id - 1] ?? '');
  }

  /**
   * Runs statements from outside at the end of what is recorded: between two statements as if they stood there, inside of
   * a kernel function as another thread would. Returns what they would have to wait for: then the run cannot go on.
   */
  perform(statements: readonly Statement[]): string | undefined {
    const { machine } = this.recording;
    for (const s of statements) this.numbers.set(s, (this.statements as Statement[]).push(s) - 1);
    const between = this.task.depth === 0 && !machine.threaded;
    const task = between ? this.task : new Task(machine, MAX_TASKS - 1);
    const body = this.runAll(task, statements);
    return this.recording.extend(() => {
      try {
        for (;;) {
          task.steps = CHECKPOINT_ROWS;
          if (body.next().done) return undefined;
          this.recording.sync();
          if (task.wait && !task.runnable()) return waitName(machine, task.wait);
        }
      } catch (error) {
        if (error instanceof KernelBug) this.end({ kind: 'bug', text: error.message, expected: this.bugExpected });
        else if (error instanceof TraceLimitError || error instanceof StorageLimitError) {
          this.outcome = { kind: 'limit', text: error.message };
        } else throw error;
        return undefined;
      }
    });
  }

  /** The moment at the cursor, for expressions. */
  moment(task = 0, frame = 0, row?: number): Moment {
    return new Moment({ recording: this.recording, names: this.names, task, frame, row, since: this.start });
  }

  private resume(): void {
    try {
      if (this.body.next().done) {
        if (!this.ended) this.end({ kind: 'ended' });
      } else if (this.task.wait && !this.task.runnable()) {
        const by = holders(this.recording.machine, this.task.wait).map((id) => threadName(this.names, id));
        const lock = waitName(this.recording.machine, this.task.wait);
        this.end({ kind: 'deadlock', text: `waits for ${lock} held by ${by.join(', ') || 'nobody'}`, expected: false });
      }
    } catch (error) {
      if (error instanceof TraceLimitError || error instanceof StorageLimitError) {
        this.outcome = { kind: 'limit', text: error.message };
      } else throw error;
    }
  }

  protected end(outcome: RunOutcome): void {
    const awaited = this.eventually.some(({ expectation }) => expectation.kind === 'deadlock');
    this.outcome = outcome.kind === 'deadlock' && awaited ? { ...outcome, expected: true } : outcome;
    this.recording.sync();
    for (const e of this.eventually) this.check(e.statement, e.expectation, e.since, 0);
  }

  // --- statements ---

  private *main(): Co {
    try {
      yield* this.runAll(this.task, this.file.setup);
      this.start = this.recording.length;
      yield* this.runAll(this.task, this.scenario.statements);
    } catch (error) {
      if (!(error instanceof KernelBug)) throw error;
      this.end({ kind: 'bug', text: error.message, expected: this.bugExpected });
    }
  }

  protected bugExpected = false;

  protected *runAll(t: Task, statements: readonly Statement[], vcpu?: VcpuInfo): Co {
    for (const statement of statements) {
      if (this.isTerminated(t)) return;
      yield* this.run(t, statement, vcpu);
      if (this.ended) return;
    }
  }

  private *run(t: Task, statement: Statement, vcpu: VcpuInfo | undefined): Co {
    const number = this.numbers.get(statement)!;
    switch (statement.kind) {
      case 'operation':
        if (vcpu) yield* this.enterSie(t, vcpu, statement.operation, number);
        if (statement.operation.name === 'register') {
          const id = Number(statement.operation.args['nb']);
          if (statement.callback) this.callbacks.set(id, statement.callback);
          else this.callbacks.delete(id);
        }
        yield* this.operation(t, statement.operation, statement.expected, number);
        break;
      case 'expect': {
        const { expectation } = statement;
        if (t.due()) yield;
        const since = this.sinceRow(expectation.since);
        const pending = { statement: number, expectation, since, failed: false };
        if (expectation.when === 'always') {
          this.always.push(pending);
          t.steps = 0; // from here on every step is looked at
        } else if (expectation.when === 'eventually') this.eventually.push(pending);
        this.recording.sync();
        if (expectation.when === 'now') this.check(number, expectation, since, t.id);
        else this.statementRow(t.id, number, StatementResult.Ok);
        break;
      }
      case 'print': {
        if (t.due()) yield;
        this.recording.sync();
        const moment = this.moment(t.id);
        const texts = statement.values.map(({ expression, text }) => {
          try {
            return `${text} = ${formatValue(evaluate(expression, moment))}`;
          } catch (error) {
            if (!(error instanceof ExpressionError)) throw error;
            return `${text}: ${error.message}`;
          }
        });
        this.show(t.id, number, texts.join(', '));
        break;
      }
      case 'heading':
        if (t.due()) yield;
        this.show(t.id, number, statement.title);
        break;
      case 'mark':
        this.marks.set(statement.name, this.recording.length);
        break;
      case 'repeat': {
        // Rounds in which nothing happens take no steps: no limit of steps would ever end them.
        const rounds = isIdle(statement) ? Math.min(statement.count, 1) : statement.count;
        for (let i = 0; i < rounds && !this.ended && !this.isTerminated(t); i++)
          yield* this.runAll(t, statement.body, vcpu);
        break;
      }
      case 'threads':
        yield* this.threads(t, statement, number);
        break;
      case 'vcpu':
        yield* this.vcpuStep(t, statement, number);
        break;
    }
  }

  private *vcpuStep(t: Task, statement: VcpuStatement, number: number): Co {
    const v = this.vcpuNumber(statement.vcpu);
    switch (statement.action) {
      case 'declare': {
        const { gmap, prefix } = statement.vcpu;
        yield* runOperation(t, { name: 'vcpu', args: { v, g: BigInt(gmap.slot), prefix } }, number);
        break;
      }
      case 'set_prefix': {
        const operation = { name: 'vcpu_set_prefix', args: { v, prefix: statement.prefix } };
        yield* this.operation(t, operation, statement.expected, number);
        break;
      }
      default:
        yield* this.operation(t, { name: `vcpu_${statement.action}`, args: { v } }, statement.expected, number);
    }
  }

  private vcpuNumber({ name }: VcpuInfo): bigint {
    if (!this.vcpus.includes(name)) this.vcpus.push(name);
    return BigInt(this.vcpus.indexOf(name));
  }

  /** A guest access by a vCPU happens in SIE: if it was kicked out, it enters again first. */
  private *enterSie(t: Task, vcpu: VcpuInfo, operation: Operation, number: number): Co {
    if (operation.name !== 'gtouch' || operation.args['g'] !== BigInt(vcpu.gmap.slot)) return;
    const v = this.vcpuNumber(vcpu);
    const struct = vcpuNumbered(this.recording.machine, Number(v));
    if (struct && !this.recording.machine.get(struct + VCPU.in_sie)) {
      yield* runOperation(t, { name: 'vcpu_enter', args: { v } }, number);
    }
  }

  /** What the notifiers of this scenario do besides being recorded. */
  private notify(t: Task, id: number, gmap: number, start: U64, end: U64, site: number): Co | undefined {
    const callback = this.callbacks.get(id);
    if (!callback) return undefined;
    if (callback.kind === 'kick-vcpus') {
      const { machine } = this.recording;
      return kvm_gmap_notifier(t, site, machine.get(gmap + GMAP.slot), gmap, start, end);
    }
    return this.nested(t, callback.statements);
  }

  private *nested(t: Task, statements: readonly OperationStatement[]): Co {
    const { balance } = t;
    for (const s of statements) yield* this.operation(t, s.operation, s.expected, this.numbers.get(s)!);
    t.balance = balance;
  }

  private *operation(t: Task, operation: Operation, expected: ExpectedResult | undefined, number: number): Co {
    let answer: Answer;
    try {
      answer = toAnswer(yield* runOperation(t, operation, number));
    } catch (error) {
      if (!(error instanceof KernelBug)) throw error;
      this.bugExpected =
        expected?.kind === 'bug' && checkResult(expected, { kind: 'bug', message: error.message }) === undefined;
      if (expected) this.verdict(t.id, number, checkResult(expected, { kind: 'bug', message: error.message }));
      throw error;
    }
    if (expected) this.verdict(t.id, number, checkResult(expected, answer));
  }

  private sinceRow(mark: string | undefined): number {
    return mark === undefined ? this.start : (this.marks.get(mark) ?? this.start);
  }

  private check(number: number, expectation: ExpectStatement['expectation'], since: number, task: number): void {
    const moment = new Moment({ recording: this.recording, names: this.names, task, since });
    this.verdict(task, number, this.failureOf(expectation, moment));
  }

  private failureOf(expectation: ExpectStatement['expectation'], moment: Moment): Failure | undefined {
    const deadlock = this.outcome?.kind === 'deadlock' ? this.outcome.text : undefined;
    if (expectation.kind === 'deadlock') {
      return deadlock === undefined ? { expected: 'a deadlock', found: 'none' } : undefined;
    }
    if (expectation.kind === 'no-deadlock') {
      return deadlock === undefined ? undefined : { expected: 'no deadlock', found: deadlock };
    }
    try {
      return checkExpectation(expectation, moment);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return { expected: expectation.text, found: error.message };
    }
  }

  protected checkAlways(): void {
    this.recording.sync();
    for (const a of this.always) {
      if (a.failed) continue;
      const moment = new Moment({ recording: this.recording, names: this.names, task: 0, since: a.since });
      const failure = this.failureOf(a.expectation, moment);
      if (!failure) continue;
      a.failed = true;
      this.verdict(0, a.statement, failure, this.lastPlace());
    }
  }

  /** Where the last step was done; undefined between two operations. */
  private lastPlace(): PlaceInCode | undefined {
    const { trace } = this.recording;
    const n = trace.length - 1;
    if (n < 0 || trace.caller(n) < 0 || trace.kind(n) === Kind.End) return undefined;
    return { task: trace.task(n), site: trace.site(n), depth: trace.depth(n), caller: trace.caller(n) };
  }

  /** @param at the place in the code that the verdict is about; left out: the statement itself */
  private verdict(task: number, statement: number, failure: Failure | undefined, at?: PlaceInCode): void {
    const row = this.statementRow(task, statement, failure ? StatementResult.Failed : StatementResult.Ok, at);
    if (failure) this.failures.push({ ...failure, row, statement });
  }

  private show(task: number, statement: number, text: string): void {
    this.shown.set(this.statementRow(task, statement, StatementResult.Shown), text);
  }

  private statementRow(task: number, statement: number, result: StatementResult, at?: PlaceInCode): number {
    const { trace } = this.recording;
    trace.begin(Kind.Statement, at?.site ?? 0, at?.task ?? task, at?.depth ?? 0, at?.caller ?? -1);
    trace.num(statement).num(result);
    return trace.length - 1;
  }

  // --- threads ---

  private *threads(t: Task, group: ThreadsStatement, number: number): Co {
    const { machine } = this.recording;
    if (group.threads.length >= MAX_TASKS)
      throw new RangeError(`at most ${MAX_TASKS - 1} threads run at the same time`);
    this.terminated.clear();
    this.threadNames.splice(0, this.threadNames.length, ...group.threads.map((x) => x.name));
    if (t.due()) yield;
    this.statementRow(t.id, number, StatementResult.Entered);
    machine.threaded = true;
    const scheduler = new Scheduler(
      machine,
      group.threads.map((thread, i) => {
        const task = this.options.parts?.thread(machine, i + 1) ?? new Task(machine, i + 1);
        return { task, body: this.runAll(task, thread.statements, thread.vcpu) };
      }),
    );
    yield* this.letRun(scheduler, group);
    if (this.ended) return;
    const outcome = scheduler.outcome();
    if (outcome?.kind === 'bug') throw new KernelBug(outcome.text);
    if (outcome?.kind === 'deadlock') {
      this.recording.sync();
      this.end({ kind: 'deadlock', text: this.rename(outcome.text), expected: false });
      return;
    }
    machine.threaded = false;
    this.statementRow(t.id, number, StatementResult.Ok);
  }

  /** Lets the threads of a block take steps until none can. */
  protected *letRun(scheduler: Scheduler, group: ThreadsStatement): Co {
    const { trace } = this.recording;
    const names = group.threads.map((x) => x.name);
    const choose = this.chosen?.(names) ?? chooser(group.schedule, names, this.options.schedules);
    while (scheduler.outcome() === undefined) {
      if (trace.length >= this.until || this.stepwise) yield;
      const runnable = scheduler.runnable();
      const next = this.turnOf(names, runnable) ?? choose(runnable);
      scheduler.step(next);
      this.count(names[next]!);
    }
  }

  /** The thread that a person wants to go on, while it can. */
  private turnOf(names: readonly string[], runnable: readonly number[]): number | undefined {
    if (!this.turn || this.recording.trace.length >= this.turn.until) return undefined;
    const wanted = names.indexOf(this.turn.thread);
    return runnable.includes(wanted) ? wanted : undefined;
  }

  /** Thread numbers of the engine (t0 …) as the scenario's names. */
  private rename(text: string): string {
    return text.replace(/\bt(\d+)\b/g, (_, id: string) => threadName(this.names, Number(id)));
  }

  private count(thread: string): void {
    const last = this.schedule.at(-1);
    if (last?.thread === thread) last.steps++;
    else this.schedule.push({ thread, steps: 1 });
  }
}

function toAnswer(result: Result): Answer {
  switch (result.kind) {
    case 'number':
      return { kind: 'number', value: BigInt(result.value) };
    case 'address':
      return { kind: 'address', value: result.value.toBigInt() };
    case 'key':
      return { kind: 'number', value: BigInt(result.value), key: BigInt(result.key) };
    case 'word':
      return { kind: 'word', word: result.value };
  }
}

/** Does a statement do nothing that takes a step? */
function isIdle(statement: Statement): boolean {
  return statement.kind === 'mark' || (statement.kind === 'repeat' && statement.body.every(isIdle));
}
