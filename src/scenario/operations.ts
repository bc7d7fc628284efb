/** Statements that call into the machine, lowered to the operations of src/engine/operation.ts. */
import { operationInfo } from '../engine/operation.js';
import type { OperandInfo, Operation, OperandValue } from '../engine/operation.js';
import type { Context } from './context.js';
import * as ast from './generated/ast.js';
import { formatLength } from './numbers.js';
import type { ExpectedResult, NotifierCallback, OperationStatement } from './program.js';
import { rangeOf, textOf } from './source.js';
import { ADVICES, FACILITIES, LOCKS, PROTECTIONS, SHARES, USAGES } from './words.js';

const U32_MAX = 0xffff_ffffn;
const PAGE = 0x1000n;
const SEGMENT = 0x10_0000n;

/** The operation that a statement's words stand for, and operands that the words fix. */
function operationOf(node: ast.Operation): { name: string; fixed?: Readonly<Record<string, OperandValue>> } {
  if (ast.isGuestOperation(node)) return { name: 'gtouch', fixed: { access: node.op === 'read' ? 'r' : 'w' } };
  if (ast.isLockOperation(node)) {
    const [name, mode] = node.op.split('_') as ['down' | 'up', 'read' | 'write'];
    return { name, fixed: { mode: mode === 'read' ? 'r' : 'w' } };
  }
  switch (node.op) {
    case 'read':
    case 'write':
      return { name: 'touch', fixed: { access: node.op === 'read' ? 'r' : 'w' } };
    case 'madvise':
      return { name: 'madvise_dontneed' };
    case 'test_and_clear_dirty':
      return { name: 'test_clear_dirty' };
    case 'exit':
      return { name: 'exit_mm' };
    case 'gmap':
      return { name: 'alloc' };
    case 'map':
      return { name: 'map_segment' };
    case 'unmap':
      return { name: 'unmap_segment' };
    case 'notifier':
      return { name: 'register' };
    default:
      return { name: node.op };
  }
}

/** What an operation answers where nothing goes wrong; every one may also answer with an error. */
const ANSWERS: Readonly<Record<string, 'word' | 'address' | 'bit' | undefined>> = {
  enable: 'word',
  disable: 'word',
  translate: 'address',
  age: 'bit',
  mkclean: 'bit',
  test_clear_dirty: 'bit',
  cond_set_key: 'bit',
};

/** Operations that answer -EINVAL unless these operands are multiples of the size. */
const ALIGNED: Readonly<Record<string, { size: bigint; operands: readonly string[] }>> = {
  mmap: { size: PAGE, operands: ['vmaddr', 'len'] },
  munmap: { size: PAGE, operands: ['vmaddr', 'len'] },
  mprotect: { size: PAGE, operands: ['vmaddr', 'len'] },
  madvise_dontneed: { size: PAGE, operands: ['vmaddr', 'len'] },
  mprotect_notify: { size: PAGE, operands: ['gaddr', 'len'] },
  ipte_notify: { size: PAGE, operands: ['gaddr', 'len'] },
  map_segment: { size: SEGMENT, operands: ['from', 'to', 'len'] },
  unmap_segment: { size: SEGMENT, operands: ['to', 'len'] },
};

export function compileOperation(node: ast.Operation, context: Context): OperationStatement | undefined {
  const operation = lower(node, context);
  const expected = node.expected && compileResult(node.expected, context);
  const callback = ast.isNotifierOperation(node) && node.callback ? compileCallback(node.callback, context) : undefined;
  if (!operation) return undefined;
  checkGeneration(node, operation, context);
  if (!node.expected || (expected?.kind === 'value' && expected.value >= 0n)) checkAlignment(node, operation, context);
  if (node.expected && expected) checkResult(node.expected, expected, operation, context);
  return {
    kind: 'operation',
    operation,
    range: rangeOf(node),
    text: textOf(node),
    ...(expected && { expected }),
    ...(callback && { callback }),
  };
}

function compileCallback(node: ast.Callback, context: Context): NotifierCallback | undefined {
  if (node.kicks) return { kind: 'kick-vcpus' };
  const statements = node.statements.flatMap((operation) => compileOperation(operation, context) ?? []);
  return { kind: 'operations', statements };
}

function lower(node: ast.Operation, context: Context): Operation | undefined {
  if (ast.isMachineOperation(node)) return lowerMachine(node, context);
  if (ast.isInjectOperation(node)) return lowerInject(node, context);
  if (ast.isLockOperation(node)) {
    if (Object.hasOwn(LOCKS, node.lock ?? '') && node.lock !== 'mmap_sem') {
      context.error('lock', 'only mmap_sem can be taken by a caller', node, 'lock');
    } else context.word(node, 'lock', 'lock', { mmap_sem: LOCKS['mmap_sem']!.doc });
  }
  if (ast.isHostOperation(node) && node.op === 'madvise') context.word(node, 'advice', 'advice', ADVICES);
  if (!node.op) return undefined;
  const { name, fixed = {} } = operationOf(node);
  const info = operationInfo(name);
  if (!info) return undefined;
  if (ast.isHostOperation(node)) {
    const other = node.flags.find((flag) => !info.operands.some((operand) => operand.name === flag.name));
    if (other) context.error('flag', `${name} takes no '${other.name}'`, other);
  }
  const args: Record<string, OperandValue> = {};
  let complete = true;
  for (const operand of info.operands) {
    const value = fixed[operand.name] ?? lowerOperand(node, operand, context);
    if (value !== undefined) args[operand.name] = value;
    else if (!operand.optional) complete = false;
  }
  return complete ? { name, args } : undefined;
}

/** The value of an operand: the property of the same name in the syntax tree says it. */
function lowerOperand(node: ast.Operation, operand: OperandInfo, context: Context): OperandValue | undefined {
  const { name, kind } = operand;
  const property = (node as unknown as Record<string, unknown>)[name];
  switch (kind) {
    case 'gmap':
    case 'notifier': {
      const found = context.slot(kind, node, kind === 'gmap' ? 'g' : 'nb');
      return found && BigInt(found.slot);
    }
    case 'address':
      return context.number(property as ast.Expression | undefined);
    case 'number':
      return context.number(property as ast.Expression | undefined, { max: U32_MAX });
    case 'flag':
      return lowerFlag(node, name, context);
    default:
      if (name === 'prot') return context.word(node, name, 'protection', PROTECTIONS);
      if (name === 'state') return context.word(node, name, 'page state', USAGES);
      return property === 'read' ? 'r' : property === 'write' ? 'w' : undefined;
  }
}

function lowerFlag(node: ast.Operation, name: string, context: Context): bigint | undefined {
  if (!ast.isHostOperation(node)) return undefined;
  if (name === 'share') {
    if (node.share === undefined) return undefined;
    const share = context.word(node, 'share', 'kind of page', SHARES);
    return share && (share === 'shared' ? 1n : 0n);
  }
  const flags = node.flags.filter((flag) => flag.name === name);
  if (flags[1]) context.error('twice', `'${name}' is given twice`, flags[1]);
  const state = flags[0]?.state;
  return state && (state === 'on' ? 1n : 0n);
}

function lowerMachine(node: ast.MachineOperation, context: Context): Operation {
  const args: Record<string, OperandValue> = {};
  for (const setting of node.settings) {
    const facility = context.word(setting, 'name', 'facility', FACILITIES);
    if (!facility) continue;
    if (facility in args) context.error('twice', `'${facility}' is set twice`, setting, 'name');
    if (facility === 'attach') {
      if (setting.state !== undefined) context.error('type', "'attach' is a number of CPUs", setting, 'state');
      const value = context.number(setting.count, { max: U32_MAX });
      if (value !== undefined) args[facility] = value;
    } else if (setting.state === undefined) {
      if (setting.count) context.error('type', `write '${facility} on' or '${facility} off'`, setting, 'count');
    } else args[facility] = setting.state === 'on' ? 1n : 0n;
  }
  return { name: 'machine', args };
}

function lowerInject(node: ast.InjectOperation, context: Context): Operation | undefined {
  const args: Record<string, OperandValue> = {};
  for (const fault of node.faults) {
    if (fault.name in args) context.error('twice', `'${fault.name}' is given twice`, fault);
    if (fault.name === 'ksm') args['ksm'] = fault.state === 'off' ? 0n : 1n;
    else {
      const value = context.number(fault.count, { max: U32_MAX });
      if (value !== undefined) args[fault.name] = value;
    }
  }
  if (node.then === undefined) return { name: 'inject', args };
  if (!('unlocked' in args)) {
    context.warn('inject', "'then' needs 'unlocked N': without it there is no window for it to run in", node.then);
  }
  if (node.then.expected) context.error('inject', 'what runs in the window has no expected result', node.then.expected);
  const then = lower(node.then, context);
  if (then) checkGeneration(node.then, then, context);
  return then && { name: 'inject', args, then };
}

export function compileResult(node: ast.ExpectedResult, context: Context): ExpectedResult | undefined {
  const place = { range: rangeOf(node), text: textOf(node) };
  if (node.refused) return { kind: 'refused', ...place };
  if (node.bug) return { kind: 'bug', ...(node.text !== undefined && { message: node.text }), ...place };
  if (node.word !== undefined) return { kind: 'word', word: node.word, ...place };
  const value = context.number(node.value, { min: -4095n });
  const key = node.key && context.number(node.key, { max: 0xffn });
  if (value === undefined || (node.key && key === undefined)) return undefined;
  return { kind: 'value', value, ...(key !== undefined && { key }), ...place };
}

// ---- checks -----------------------------------------------------------------------------------------------------

function checkGeneration(node: ast.Operation, operation: Operation, context: Context): void {
  const only = operationInfo(operation.name)?.generation;
  const missing = only && context.generations.find((generation) => generation !== only);
  if (!missing) return;
  const other = only === 'after' ? 'ipte_notify' : 'mprotect_notify';
  const message = `generation ${missing} has no ${operation.name}, but ${other}`;
  context.error('generation', message, node, 'op');
}

function checkAlignment(node: ast.Operation, operation: Operation, context: Context): void {
  const rule = ALIGNED[operation.name];
  if (!rule) return;
  for (const name of rule.operands) {
    const value = operation.args[name];
    if (typeof value !== 'bigint' || value % rule.size === 0n) continue;
    const calls = operationInfo(operation.name)?.calls ?? operation.name;
    const message = `not a multiple of ${formatLength(rule.size)}: ${calls} answers -EINVAL`;
    const aligned = value - (value % rule.size);
    context.warn('unaligned', message, node, name, `0x${aligned.toString(16)}`);
    return;
  }
}

function checkResult(node: ast.ExpectedResult, expected: ExpectedResult, operation: Operation, context: Context): void {
  const never = (why: string) => context.warn('result', `${operation.name} never answers this: ${why}`, node);
  const answers = ANSWERS[operation.name];
  if (expected.kind === 'word') {
    if (answers !== 'word') never("only 'enable' and 'disable' answer with a word");
    else if ((operation.name === 'enable') !== (expected.word === 'set')) {
      never("'enable' answers 'set', 'disable' answers 'clear'");
    }
  }
  if (expected.kind !== 'value') return;
  const { value, key } = expected;
  if (key !== undefined && !/^(get_key|cond_set_key)$/.test(operation.name)) never('it does not tell a key');
  else if (answers === 'word') never(`it answers '${operation.name === 'enable' ? 'set' : 'clear'}'`);
  else if (value >= 0n && answers === 'bit' && value > 1n) never('0, 1 or an error');
  else if (value > 0n && answers === undefined) never('0, or a negative error such as -EFAULT');
}
