/**
 * Changing things: memory by name or by address, and statements that are run at the cursor. A change is a step of its own;
 * what was recorded behind it is discarded, for it would have gone otherwise.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { compileStatements } from '../scenario/compile.js';
import { checkExpectation } from '../scenario/check.js';
import { evaluate, ExpressionError } from '../scenario/expression/evaluate.js';
import { parseExpression } from '../scenario/expression/parse.js';
import { asNumber, formatValue } from '../scenario/expression/scope.js';
import type { ExpectStatement, PrintStatement, Statement } from '../scenario/program.js';
import type { EditedWord, PlaceInCode } from '../scenario/run.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { explain } from './conditions.js';
import { addressOf, scopeFor } from './evaluate.js';
import { decodeBase64 } from './memory.js';
import type { Motion } from './motion.js';
import { count, hex, lowestBit, plural, type Node } from './nodes/node.js';
import { discarded, takeOver } from './futures.js';
import type { Intervention, Target } from './target.js';

type Change = Exclude<Intervention, { kind: 'turn' }>;

export class Changing {
  constructor(
    private readonly core: Core,
    private readonly motion: Motion,
  ) {}

  // --- values ---

  /** Stores a value that a person wrote into a node's place. */
  setNode(node: Node, text: string, frameId?: number): void {
    if (!node.place || node.readOnly) {
      throw new RequestError(ErrorId.Value, `'${node.label}' cannot be set: it is not a word of its own in storage`);
    }
    const { place } = node;
    const bits = fitting(node, this.number(text, frameId));
    const old = this.core.target!.machine.word(place.address).toBigInt();
    this.store([{ address: place.address, value: (old & ~place.mask) | bits }]);
  }

  private number(text: string, frameId: number | undefined): bigint {
    let value: bigint | undefined;
    try {
      value = asNumber(evaluate(parseExpression(text), scopeFor(this.core, frameId)));
    } catch (error) {
      throw new RequestError(ErrorId.Expression, explain(error, text));
    }
    if (value === undefined) throw new RequestError(ErrorId.Value, `'${text}' is not a number`);
    if (value < -(1n << 63n) || value >= 1n << 64n) {
      throw new RequestError(ErrorId.Value, `${text} does not fit into 64 bits`);
    }
    return BigInt.asUintN(64, value);
  }

  private store(words: readonly EditedWord[]): void {
    const target = this.core.target!;
    if (words.every(({ address, value }) => target.machine.word(address).toBigInt() === value)) return;
    this.apply({ kind: 'edit', at: target.position, words, like: placeOf(target, target.position) });
  }

  // --- memory ---

  writeMemory(args: DebugProtocol.WriteMemoryArguments): NonNullable<DebugProtocol.WriteMemoryResponse['body']> {
    const address = addressOf(this.core, 'writeMemory', args.memoryReference) + (args.offset ?? 0);
    const bytes = decodeBase64('writeMemory', args.data);
    const { machine } = this.core.target!;
    let writable = 0;
    while (writable < bytes.length && machine.descriptor(address + writable) !== 0) writable++;
    if (writable < bytes.length && (!args.allowPartial || writable === 0)) {
      const at = hex(address + writable);
      throw new RequestError(ErrorId.Value, `there is no table at ${at}: only tables can be written`);
    }
    const words: EditedWord[] = [];
    for (let at = address - (address % 8); at < address + writable; at += 8) {
      let value = machine.word(at).toBigInt();
      for (let i = 0; i < 8; i++) {
        const byte = at + i - address;
        if (byte < 0 || byte >= writable) continue;
        const shift = BigInt(56 - 8 * i);
        value = (value & ~(0xffn << shift)) | (BigInt(bytes[byte]!) << shift);
      }
      words.push({ address: at, value });
    }
    this.store(words);
    return { bytesWritten: writable };
  }

  // --- statements ---

  /** Runs statements of the language at the cursor, or checks an expectation there. Returns what to say. */
  run(text: string): string {
    const target = this.core.stopped('evaluate');
    const { diagnostics, statements } = compileStatements(text, target.file, target.scenario);
    if (!statements) {
      const error = diagnostics.find((d) => d.severity === 'error');
      const column = error && error.range.start.column > 1 ? ` (column ${error.range.start.column})` : '';
      throw new RequestError(ErrorId.Expression, `${error?.message ?? 'this is no statement'}${column}`);
    }
    const [first] = statements;
    if (!first) throw new RequestError(ErrorId.Expression, 'nothing to run');
    if (statements.length === 1 && first.kind === 'expect' && first.expectation.when === 'now')
      return this.expect(first);
    if (statements.length === 1 && first.kind === 'print') return this.print(first);
    const wrong = statements.find((s) => !['operation', 'repeat', 'vcpu'].includes(s.kind));
    if (wrong) throw new RequestError(ErrorId.Expression, `'${wrong.kind}' cannot be run here`);
    const range = target.rangeAt(target.position);
    const placed = statements.map((s): Statement => ({ ...s, range }));
    const from = this.apply({ kind: 'perform', at: target.position, text, statements: placed });
    const now = this.core.target!;
    // More may be recorded ahead: that is another matter.
    const until = this.performed;
    const failed = now.run.failures.filter(({ row }) => row >= from && row < until);
    const rows = now.interventions.at(-1)!;
    const results = [plural(until - rows.at, 'step')];
    for (const { expected, found } of failed) results.push(`expected ${expected}, found ${found}`);
    if (now.run.outcome?.kind === 'bug' && now.recording.length === until) results.push(`BUG ${now.run.outcome.text}`);
    return `${text.trim()}: ${results.join('; ')}`;
  }

  /** Where the last performance ended. */
  private performed = 0;

  private expect({ expectation }: ExpectStatement): string {
    try {
      const failure = checkExpectation(expectation, this.core.target!.run.moment(this.core.task));
      return failure ? `expected ${failure.expected}; found ${failure.found}` : 'as expected';
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new RequestError(ErrorId.Expression, error.message);
    }
  }

  private print({ values }: PrintStatement): string {
    const scope = scopeFor(this.core);
    return values.map(({ expression, text }) => `${text} = ${formatValue(evaluate(expression, scope))}`).join('\n');
  }

  // --- threads ---

  /** A thread ends with the statement that it is in: a kernel function is not left in the middle. */
  terminate(task: number): void {
    const target = this.core.stopped('terminateThreads');
    const thread = target.threadName(task);
    if (!this.motion.isOneOfMany(task)) {
      throw new RequestError(ErrorId.WrongTime, `${thread} cannot be terminated alone: no other runs beside it`);
    }
    this.apply({ kind: 'terminate', at: target.position, thread });
  }

  // --- new futures ---

  /** A new future from the cursor on. Returns the row at which it begins. */
  private apply(intervention: Change): number {
    const old = this.core.target!;
    const { position } = old;
    const lost = old.furthest - position;
    this.confirm(intervention, position, lost);
    const again = old.replayed(position);
    const at = again.recording.length;
    if (again.run.ended && old.position < old.recording.length) {
      throw new RequestError(ErrorId.Value, 'the run ends with this step: nothing can be changed any more');
    }
    if (again.run.ended) throw new RequestError(ErrorId.Value, 'the run has ended: go back a step to change something');
    // In the middle of a step nothing can be changed: the place is that of the step behind it.
    old.ensure(at);
    const placed =
      intervention.kind === 'edit' && at !== position ? { ...intervention, like: placeOf(old, at) } : intervention;
    const waits = again.intervene(placed);
    if (waits !== undefined) {
      throw new RequestError(
        ErrorId.Value,
        `it would have to wait for ${waits}, which is held here: go to another step`,
      );
    }
    this.performed = again.recording.length;
    this.take(again, at);
    const what =
      intervention.kind === 'edit' ? `${hex(intervention.words[0]!.address)} was changed` : wordsOf(intervention);
    const later = at !== position ? ' (the first step at which the run can be interrupted)' : '';
    this.core.output(`step ${count(at)}${later}: ${what}${discarded(lost)}`);
    return at;
  }

  /** In the past a change has to be asked for twice: it costs what followed. Any protocol can do that, any client show it. */
  private confirm(intervention: Change, position: number, lost: number): void {
    const asked = `${position}: ${wordsOf(intervention)}`;
    const confirmed = lost === 0 || this.asked === asked;
    this.asked = confirmed ? '' : asked;
    if (confirmed) return;
    const cost = `the ${plural(lost, 'step')} that followed would be discarded`;
    throw new RequestError(
      ErrorId.Confirm,
      `step ${count(position)} is in the past: ${cost}; do the same again to go on`,
    );
  }

  private asked = '';

  /** Takes the last change back: the run stands where it was made. */
  undo(): string {
    const old = this.core.target!;
    const last = old.interventions.at(-1);
    if (!last) throw new RequestError(ErrorId.Value, 'nothing was changed in this run');
    const again = old.replayed(last.at, old.interventions.slice(0, -1));
    this.take(again, last.at);
    return `the change at step ${count(last.at)} is undone`;
  }

  private take(again: Target, at: number): void {
    const end = again.recording.length;
    again.ensure(end);
    again.seek(again.stepping.firstStop(end) ?? again.recording.length);
    again.arriveFrom(at);
    takeOver(this.core, (target) => this.motion.switchTo(target), again);
  }
}

/** A change in words. */
function wordsOf(change: Change): string {
  switch (change.kind) {
    case 'edit':
      return change.words.map(({ address, value }) => `${hex(address)} = ${hex(value)}`).join();
    case 'terminate':
      return `${change.thread} ends with its statement`;
    case 'perform':
      return change.text.trim();
  }
}

/** The value of a node as bits of its word. */
function fitting(node: Node, value: bigint): bigint {
  const { mask } = node.place!;
  const isAddress = node.kind === 'bit' && (node.label === 'origin' || node.label === 'frame');
  if (isAddress) {
    if ((value & ~mask) === 0n) return value;
    throw new RequestError(ErrorId.Value, `${hex(value)} is no ${node.label}: only the bits ${hex(mask)} can be set`);
  }
  const shift = lowestBit(mask);
  const most = mask >> shift;
  if (value <= most) return value << shift;
  throw new RequestError(ErrorId.Value, `'${node.label}' takes 0 to ${most}, not ${value}`);
}

function placeOf(target: Target, row: number): PlaceInCode {
  const { trace } = target;
  if (row >= target.recording.length) return { task: 0, site: 0, depth: 0, caller: -1 };
  return { task: trace.task(row), site: trace.site(row), depth: trace.depth(row), caller: trace.caller(row) };
}
