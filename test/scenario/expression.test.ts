import assert from 'node:assert/strict';
import { ExpressionError, evaluate } from '../../src/scenario/expression/evaluate.js';
import { parseExpression } from '../../src/scenario/expression/parse.js';
import { formatValue } from '../../src/scenario/expression/scope.js';
import type { ExpressionScope, Thing, Value } from '../../src/scenario/expression/scope.js';

const entry = (raw: bigint): Thing => ({ kind: 'entry', id: `entry ${raw}`, text: `0x${raw.toString(16)}`, raw });
const vm: Thing = { kind: 'gmap', id: '0', text: 'gmap vm' };
const names: Record<string, Value> = { gaddr: 0x2000n, rc: -14n, gmap: vm, vm, len: 0x1000n, from: 7n, nothing: null };
let called = 0;

const scope: ExpressionScope = {
  name: (id) => (Object.hasOwn(names, id) ? names[id] : undefined),
  call: (fn, args) => {
    called++;
    if (fn === 'pte') {
      if (args.length !== 2) throw new Error('takes a gmap and an address');
      return args[1] === 0x9000n ? null : entry(0x1000_023dn);
    }
    return fn === 'calls' ? 2n : undefined;
  },
  member: (value, name) => {
    if (name === 'IN') return true;
    return name === 'raw' && typeof value === 'object' && value !== null ? value.raw : undefined;
  },
  names: () => [...Object.keys(names), 'pte(', 'calls('].map((name) => ({ name, detail: '' })),
  members: () => [
    { name: 'IN', detail: '' },
    { name: 'raw', detail: '' },
  ],
};

const value = (text: string): Value => evaluate(parseExpression(text), scope);

/** `offset..end message` of the error that an expression ends in. */
function failure(text: string): string {
  try {
    value(text);
  } catch (error) {
    assert.ok(error instanceof ExpressionError);
    return `${error.offset}..${error.end} ${error.message}`;
  }
  assert.fail(`${text} has a value`);
}

describe('expressions', () => {
  it('compute with whole numbers of any size and sign', () => {
    assert.equal(value('1 + 2 * 3'), 7n);
    assert.equal(value('(1 + 2) * 3'), 9n);
    assert.equal(value('10 - 2 - 3'), 5n);
    assert.equal(value('7 / 2'), 3n);
    assert.equal(value('7 % 4'), 3n);
    assert.equal(value('-7 + 1'), -6n);
    assert.equal(value('gaddr + 4K'), 0x3000n);
    assert.equal(value('1 << 53'), 1n << 53n);
    assert.equal(value('0xffffffffffffffff >> 53'), 0x7ffn);
    assert.equal(value('~0 & 0xff'), 0xffn);
    assert.equal(value('0xf0 ^ 0xff | 0x100'), 0x10fn);
  });

  it('bind bit operations tighter than comparisons', () => {
    assert.equal(value('gaddr & 0xfff == 0'), true);
    assert.equal(value('1 << 3 == 8 && 2 > 1'), true);
  });

  it('know the kernel’s constants', () => {
    assert.equal(value('rc == -EFAULT'), true);
    assert.equal(value('PROT_READ | PROT_WRITE'), 3n);
    assert.equal(value('PGSTE_IN_BIT'), 0x4000_0000_0000n);
    assert.equal(value('_PAGE_INVALID'), 0x400n);
  });

  it('compare things by identity, and by their number where they have one', () => {
    assert.equal(value('gmap == vm'), true);
    assert.equal(value('gmap != vm'), false);
    assert.equal(value('pte(vm, 0) == 0x1000023d'), true);
    assert.equal(value('pte(vm, 0) & 0xfff == 0x23d'), true);
    assert.equal(value('"a" == "a"'), true);
    assert.equal(value('pte(vm, 0).IN == 1'), true);
  });

  it('pass over what is absent', () => {
    assert.equal(value('pte(vm, 0x9000)'), null);
    assert.equal(value('pte(vm, 0x9000) == absent'), true);
    assert.equal(value('pte(vm, 0x9000).IN'), null);
    assert.equal(value('!pte(vm, 0x9000).IN'), true);
    assert.equal(value('nothing == absent'), true);
    assert.match(failure('pte(vm, 0x9000) + 1'), /^0\.\.15 absent is not a number/);
  });

  it('evaluate no more than needed', () => {
    called = 0;
    assert.equal(value('false && calls(vm) == 2'), false);
    assert.equal(value('true || calls(vm) == 2'), true);
    assert.equal(called, 0);
    assert.equal(value('true && calls(vm) == 2'), true);
    assert.equal(called, 1);
  });

  it('take every word of the language as a name when they stand alone', () => {
    assert.equal(value('len == 4K && from == 7'), true);
    assert.equal(value('1 +\n 2 # with a comment'), 3n);
    assert.equal(value('segment'), 'segment');
  });

  it('say where they are wrong and what would be right', () => {
    assert.equal(failure('gadr == 0'), "0..4 there is no 'gadr' here; did you mean 'gaddr'?");
    assert.equal(failure('calls'), "0..5 'calls' is a function: calls(…)");
    assert.equal(failure('cals(vm)'), "0..8 there is no function 'cals'; did you mean 'calls'?");
    assert.equal(failure('pte(vm)'), '0..7 pte: takes a gmap and an address');
    assert.equal(failure('pte(vm, 0).IM'), "11..13 0x1000023d has no 'IM'; did you mean 'IN'?");
    assert.equal(failure('1 / (2 - 2)'), '5..10 division by zero');
    assert.equal(failure('1 << 65'), '5..7 a shift is by 0 to 64, not 65');
    assert.equal(failure('vm + 1'), '0..2 gmap vm is not a number');
    assert.equal(failure('vm == "vm"'), '0..10 gmap vm and "vm" cannot be compared');
    assert.equal(failure('rc = 0'), "3..4 compare with '=='");
    assert.equal(failure('rc +'), "3..4 expected a value after '+'");
    assert.equal(failure('rc rc'), "3..5 the expression ends before 'rc'");
    assert.equal(failure('(rc'), "3..3 expected ')', found the end");
    assert.equal(failure('12abc'), "0..5 '12abc' is not a number; hexadecimal starts with 0x: 0x12abc");
    assert.equal(failure(''), '0..0 expected a value, found the end');
    assert.equal(failure('"abc'), '0..4 the text has no closing "');
    assert.equal(failure('rc == 0\n  && @'), "13..14 unexpected character '@'");
    assert.match(failure('('.repeat(20_000)), /nested too deeply|expected/);
    assert.match(failure(`${'-~'.repeat(1000)}1`), /nested too deeply/);
  });

  it('show values in the field’s notation', () => {
    assert.equal(formatValue(-14n), '-EFAULT (-14)');
    assert.equal(formatValue(0x2000n), '0x2000');
    assert.equal(formatValue(12n), '12');
    assert.equal(formatValue(null), 'absent');
    assert.equal(formatValue(vm), 'gmap vm');
    assert.equal(formatValue(-0x2000n), '-0x2000');
  });
});
