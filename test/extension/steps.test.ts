import assert from 'node:assert/strict';
import type { TreeNode } from '../../src/debug/protocol.js';
import { pagesOf } from '../../src/extension/pages.js';
import { targetStep } from '../../src/extension/step-input.js';

describe('the input for a step', () => {
  const here = { step: 100, recorded: 4312 };
  const cases: [input: string, step: number | undefined][] = [
    ['0', 0],
    ['120', 120],
    [' 4,312 ', 4312],
    ['4.312', 4312],
    ['+10', 110],
    ['-10', 90],
    ['- 100', 0],
    ['4313', undefined],
    ['-101', undefined],
    ['1,2', undefined],
    ['', undefined],
    ['abc', undefined],
  ];
  for (const [input, step] of cases) {
    it(`'${input}' is ${step ?? 'none'}`, () => assert.equal(targetStep(input, here), step));
  }
});

describe('pages of a long list', () => {
  const nodes = (count: number): TreeNode[] =>
    Array.from({ length: count }, (_, i) => ({
      id: `e${i}`,
      kind: 'entry',
      label: String(i),
      description: '',
      expandable: false,
    }));

  it('a short list has none', () => assert.deepEqual(pagesOf('t', nodes(100)), []));

  it('a long one is cut, and nothing is lost', () => {
    const pages = pagesOf('t', nodes(256));
    assert.deepEqual(
      pages.map(({ id, label }) => [id, label]),
      [
        ['t/page:0', '0 … 99'],
        ['t/page:100', '100 … 199'],
        ['t/page:200', '200 … 255'],
      ],
    );
    assert.equal(pages.flatMap((page) => page.nodes).length, 256);
  });
});
