import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { operationInfo } from '../../src/engine/operation.js';
import { BITS } from '../../src/engine/bits.js';
import { compileFile } from '../../src/scenario/compile.js';
import { collectNames } from '../../src/scenario/names.js';
import { parseFile } from '../../src/scenario/parse.js';
import { textOf } from '../../src/scenario/source.js';
import * as words from '../../src/scenario/words.js';
import { messages } from './support.js';

describe('tables of words', () => {
  it('begin statements that the grammar knows', () => {
    for (const word of Object.keys(words.STATEMENTS)) {
      assert.ok(!messages(word).some((message) => message.includes('there is no statement')), word);
    }
    for (const word of Object.keys(words.HOST_ACTIONS)) {
      assert.ok(!messages(`host ${word}`).some((message) => message.includes('expected what the host does')), word);
    }
  });

  it('point from names of operations to what is written instead', () => {
    for (const name of Object.keys(words.OTHER_NAMES)) {
      const known = operationInfo(name) ?? Object.hasOwn(words.HOST_ACTIONS, name);
      assert.ok(known || name.startsWith('gmap_'), name);
      assert.match(messages(name)[0] ?? '', /there is no statement/, name);
    }
  });

  it('name facilities that an operation takes', () => {
    const operands = operationInfo('machine')?.operands.map(({ name }) => name);
    assert.deepEqual([...Object.keys(words.FACILITIES)].sort(), [...(operands ?? [])].sort());
  });

  it('have colours', () => {
    const grammar = readFileSync(new URL('../../syntaxes/gmap.tmLanguage.json', import.meta.url), 'utf8');
    const all = [words.STATEMENTS, words.FACILITIES, words.PROTECTIONS, words.SHARES, words.ENTRY_LEVELS];
    for (const word of all.flatMap((table) => Object.keys(table))) {
      // Of several words with a common beginning, the pattern may say `region[123]`.
      assert.match(grammar, new RegExp(`\\b${word.replace(/\d$/, '')}`), `${word}: in gmap.tmLanguage.json`);
    }
  });

  it('have states and bits at every level', () => {
    for (const level of Object.keys(words.ENTRY_LEVELS) as words.EntryLevelName[]) {
      for (const [state, { test }] of Object.entries(words.entryStates(level))) {
        const text = `expect ${level} g0 0 ${state}\n`;
        assert.deepEqual(messages(text), [], text);
        if (test) assert.equal(test.equals & ~test.mask, 0n, state);
      }
      for (const bit of words.entryBits(level)) {
        assert.deepEqual(messages(`expect ${level} g0 0 with ${bit.name} without ${bit.kernel}\n`), [], bit.name);
      }
    }
  });

  it('know every bit as a constant', () => {
    for (const bits of Object.values(BITS))
      for (const { kernel } of bits) assert.ok(words.CONSTANTS.has(kernel), kernel);
  });

  it('count visits of every function and level', () => {
    for (const place of [
      ...words.KERNEL_FUNCTIONS,
      ...Object.keys(words.WALK_LEVELS).map((level) => `walk:${level}`),
    ]) {
      assert.deepEqual(messages(`expect visits ${place} once\n`), []);
    }
  });
});

describe('names of a file', () => {
  it('are found wherever they are written', () => {
    const text = [
      'let prefix = 0x2000',
      'gmap vm limit 4G',
      'notifier kvm',
      'scenario "a" {',
      '  fault vm prefix write',
      '  expect notified kvm vm prefix once',
      '  expect pte(vm, prefix).P && calls(kvm) == 1',
      '}',
    ].join('\n');
    assert.ok(compileFile(text, 'x').file);
    const { all } = collectNames(parseFile(text).file);
    assert.deepEqual(
      all.map(({ kind, name, slot, occurrences }) => [kind, name, slot, occurrences.length]),
      [
        ['constant', 'prefix', undefined, 4],
        ['gmap', 'vm', 0, 4],
        ['notifier', 'kvm', 0, 3],
      ],
    );
    assert.deepEqual(
      all[1]?.occurrences.map(({ node, declares }) => [textOf(node), declares]),
      [
        ['gmap vm limit 4G', true],
        ['fault vm prefix write', false],
        ['kvm vm prefix', false],
        ['vm', false],
      ],
    );
  });
});
