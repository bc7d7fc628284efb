import assert from 'node:assert/strict';
import type { Location } from 'vscode-languageserver-types';
import { DocumentHighlightKind } from 'vscode-languageserver-types';
import { definition, highlights, prepareRename, references, rename } from '../../src/language/navigation.js';
import { Marked } from './markers.js';

const text = new Marked(`
let size = 8K
#   ^ size
gmap vm limit 4G
#    ^ vm
gmap other limit 4G
notifier kvm kicks vcpus
#        ^ kvm
vcpu v0 of vm prefix 0x4000
#    ^ v0
#          ^ vm of the vcpu
scenario "one" {
  let inner = size
#     ^ inner ^ size in let
  mprotect_notify vm 0x2000 len size PROT_WRITE
#                 ^ vm in call  ^ size in call
  fault vm inner read
#       ^ vm in fault
  mark here
#      ^ mark
  schedule steps v0 3, b 2
#                ^ v0 in schedule
#                      ^ thread in schedule
  thread v0 {
#        ^ v0 as thread
    enter v0
#         ^ v0 enters
  }
  thread b {
#        ^ thread
    host exit
  }
  expect notified kvm vm once since here
#                 ^ kvm in expect   ^ mark used
}
scenario "two" {
  let inner = 1
#     ^ other inner
  print inner, g5
#       ^ other inner used
}
`);

const places = (locations: readonly Location[]): string[] => text.namesOf(locations.map(({ range }) => range));

describe('definition', () => {
  for (const [from, to] of [
    ['vm in call', 'vm'],
    ['vm of the vcpu', 'vm'],
    ['size in call', 'size'],
    ['mark used', 'mark'],
    ['thread in schedule', 'thread'],
    ['kvm in expect', 'kvm'],
    ['other inner used', 'other inner'],
  ] as const) {
    it(`of ${from}`, () => assert.deepEqual(places(definition(text.analysis, text.at(from))), [to]));
  }

  it('of a vCPU are the vCPU and its thread', () => {
    assert.deepEqual(places(definition(text.analysis, text.at('v0 enters'))), ['v0', 'v0 as thread']);
  });

  it('of a slot that is used as it is: none', () => {
    const { analysis } = new Marked('fault g5 0x0 read');
    assert.deepEqual(definition(analysis, { line: 0, character: 6 }), []);
  });
});

describe('references', () => {
  it('are all places of a name, in their order', () => {
    const all = references(text.analysis, text.at('size'), true);
    assert.deepEqual(places(all), ['size', 'size in let', 'size in call']);
    assert.deepEqual(places(references(text.analysis, text.at('size'), false)), ['size in let', 'size in call']);
  });

  it('of a constant stay in its scenario', () => {
    const all = references(text.analysis, text.at('other inner'), true);
    assert.deepEqual(places(all), ['other inner', 'other inner used']);
  });

  it('are marked as written and read', () => {
    const kinds = highlights(text.analysis, text.at('kvm')).map(({ kind }) => kind);
    assert.deepEqual(kinds, [DocumentHighlightKind.Write, DocumentHighlightKind.Read]);
  });
});

describe('rename', () => {
  it('says what it would rename', () => {
    assert.equal(prepareRename(text.analysis, text.at('vm in call'))?.placeholder, 'vm');
    assert.equal(prepareRename(text.analysis, { line: 2, character: 1 }), undefined);
  });

  it('changes every place', () => {
    const edits = rename(text.analysis, text.at('vm in fault'), 'guest1');
    assert.deepEqual(text.namesOf(edits.map(({ range }) => range)).slice(0, 4), [
      'vm',
      'vm of the vcpu',
      'vm in call',
      'vm in fault',
    ]);
    assert.ok(!/\bvm\b(?! in| of)/.test(text.edited(edits).replace(/^ *#.*$/gm, '')));
  });

  it('takes the thread of a vCPU along', () => {
    const edits = rename(text.analysis, text.at('v0'), 'first');
    assert.deepEqual(text.namesOf(edits.map(({ range }) => range)).sort(), [
      'v0',
      'v0 as thread',
      'v0 enters',
      'v0 in schedule',
    ]);
  });

  for (const [place, name, reason] of [
    ['vm', 'other', /other/],
    ['vm', 'len', /len/],
    ['vm', '4G', /is no name/],
    ['vm', 'nb1', /nb1/],
    ['size', 'EFAULT', /already has a value/],
    ['inner', 'size', /size/],
    ['mark', 'a b', /is no name/],
  ] as const) {
    it(`of ${place} to ${name} is refused`, () => {
      assert.throws(() => rename(text.analysis, text.at(place), name), reason);
    });
  }

  it('is refused where the slot would be another', () => {
    const { analysis } = new Marked('gmap g3 limit 4G\nfree g3');
    assert.throws(() => rename(analysis, { line: 0, character: 5 }, 'vm'), /slot/);
    assert.equal(rename(analysis, { line: 0, character: 5 }, 'g3').length, 0);
  });
});
