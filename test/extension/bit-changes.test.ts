import assert from 'node:assert/strict';
import { bitChanges, entryKindOf } from '../../src/extension/bit-changes.js';

describe('what changed in a word', () => {
  it('flags of a PGSTE', () => {
    assert.equal(bitChanges('pgste', '0x0080800000000000', '0x0000c00000000000'), 'PCL 1 → 0, IN 0 → 1');
  });
  it('fields that are numbers', () => {
    assert.equal(bitChanges('pgste', '0x0', '0xf000000003000000'), 'ACC 0 → 15, usage 0 → 3');
  });
  it('addresses', () => {
    assert.equal(bitChanges('segment', '0x20', '0xffffffff00018800'), 'origin 0x0 → 0xffffffff00018800, I 1 → 0');
    assert.equal(
      bitChanges('pte', '0x400', '0x1000203d').startsWith('frame 0x0 → 0x10002000, I 1 → 0, write 0 → 1'),
      true,
    );
  });
  it('nothing', () => assert.equal(bitChanges('pte', '0x400', '0x400'), ''));

  it('is told by the kind of the entry', () => {
    assert.equal(entryKindOf({ kind: 'pgste' }), 'pgste');
    assert.equal(entryKindOf({ kind: 'page', type: 'page' }), 'pte');
    assert.equal(entryKindOf({ kind: 'entry', type: 'page table entry' }), 'pte');
    assert.equal(entryKindOf({ kind: 'entry', type: 'segment table entry' }), 'segment');
    assert.equal(entryKindOf({ kind: 'entry', type: 'region-third table entry' }), 'region');
    assert.equal(entryKindOf({ kind: 'value' }), undefined);
  });
});
