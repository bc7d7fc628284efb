import assert from 'node:assert/strict';
import '../../src/engine/operations.js';
import { END, type Anchor } from '../../src/kernel-source/anchor.js';
import { ANCHORS } from '../../src/kernel-source/anchors.js';
import { anchorOf, kernelFiles, kernelFunctions } from '../../src/kernel-source/functions.js';
import { words } from '../../src/kernel-source/scan.js';

const patternOf = (anchor: Anchor): string | undefined => {
  if (typeof anchor === 'string') return anchor;
  return 'at' in anchor ? anchor.at : 'first' in anchor ? anchor.first : undefined;
};

describe('anchors', () => {
  it('every step of every kernel function has one, or stands with one that has', () => {
    for (const fn of kernelFunctions()) {
      for (const step of fn.steps) {
        const anchor = anchorOf(step);
        assert.ok(anchor !== undefined, `${fn.name}: '${step.key}' ("${step.text}") has no anchor`);
        if (typeof anchor === 'string' || !('with' in anchor)) continue;
        const other = fn.steps.find(({ key }) => key === anchor.with);
        assert.ok(other && patternOf(anchorOf(other)!) !== undefined, `${fn.name}: '${step.key}' stands with nothing`);
      }
    }
  });

  it('none is for a function or step that does not exist', () => {
    const known = new Map(kernelFunctions().map((fn) => [fn.name, new Set(fn.steps.map(({ key }) => key))]));
    for (const [name, { steps, moved = {} }] of Object.entries(ANCHORS)) {
      assert.ok(known.has(name), `${name} is not modelled`);
      for (const key of [...Object.keys(steps), ...Object.keys(moved)]) {
        assert.ok(known.get(name)!.has(key), `${name} has no step '${key}'`);
      }
    }
  });

  it('are short facts, not lines of the kernel', () => {
    for (const [name, { steps, moved = {} }] of Object.entries(ANCHORS)) {
      for (const anchor of [...Object.values(steps), ...Object.values(moved)]) {
        const pattern = patternOf(anchor);
        if (pattern === undefined || pattern === END) continue;
        assert.match(pattern, /^([A-Za-z_]\w*(\(\w*)?|return -?\w+|goto \w+|\w+ \+?=)$/, `${name}: '${pattern}'`);
        assert.ok(words(pattern).length <= 3 && pattern.length <= 40, `${name}: '${pattern}' is long`);
      }
    }
  });

  it('are in the files of the kernel that the model names', () => {
    assert.deepEqual(
      kernelFiles().filter((file) => !/^(arch\/s390\/(mm|kvm)|mm)\/[\w-]+\.c$/.test(file)),
      [],
    );
    assert.ok(kernelFiles().includes('arch/s390/mm/gmap.c'));
  });
});
