import assert from 'node:assert/strict';
import { functionNamed, stepById } from '../../src/engine/catalog.js';
import { KernelMap } from '../../src/kernel-source/kernel-map.js';
import { report } from '../../src/kernel-source/report.js';
import { syntheticTree } from './synthetic.js';

const GMAP = 'arch/s390/mm/gmap.c';
const edited = (files: ReadonlyMap<string, string>, file: string, change: (text: string) => string) =>
  new Map(files).set(file, change(files.get(file)!));
const stepOf = (fn: string, key: string) => functionNamed(fn)!.steps.find((step) => step.key === key)!;

describe('a kernel tree', () => {
  for (const generation of ['after', 'before'] as const) {
    it(`every step is found where it stands (${generation})`, () => {
      const { files, expected } = syntheticTree(generation);
      const map = new KernelMap(files, generation);
      assert.deepEqual(map.unmatched, []);
      for (const { fn } of map.matched) {
        for (const step of fn.steps) {
          assert.deepEqual(map.place(step), expected.get(step.id), `${fn.name}: '${step.key}'`);
        }
      }
      assert.equal(report(map)[0], `${map.matched.length} of ${map.matched.length} modelled functions match`);
    });
  }

  it('a function that lacks something that the model does is told, and no other suffers', () => {
    const { files } = syntheticTree('after');
    const lack = (text: string): string =>
      text.replace(/(static int gmap_mprotect_notify\([^}]*?)made_up gmap_pte_op_walk/, '$1x');
    const map = new KernelMap(edited(files, GMAP, lack), 'after');
    const all = map.matched.length + 1;
    assert.deepEqual(
      map.unmatched.map(({ name }) => name),
      ['gmap_mprotect_notify'],
    );
    assert.match(
      map.unmatched[0]!.reason,
      /^no 'gmap_pte_op_walk\(' behind line \d+ of arch\/s390\/mm\/gmap\.c, for the step "each page: gmap_pte_op_walk /,
    );
    assert.equal(map.place(stepOf('gmap_mprotect_notify', 'down')), undefined);
    assert.ok(map.place(stepOf('gmap_pte_op_walk', 'walk')));
    const [count, ...reasons] = report(map);
    assert.equal(count, `${all - 1} of ${all} modelled functions match; the others are shown as listings`);
    assert.match(reasons.at(-1)!, /^gmap_mprotect_notify \(arch\/s390\/mm\/gmap\.c:\d+\) does not/);
  });

  it('steps in another order are another function', () => {
    const swap = (text: string): string =>
      text.replace(/(made_up down_read\b.*)([^}]*?)(made_up __gmap_translate\b.*)/, '$3$2$1');
    const { files } = syntheticTree('after');
    const map = new KernelMap(edited(files, GMAP, swap), 'after');
    assert.deepEqual(map.unmatched.map(({ name }) => name), ['gmap_translate']); // prettier-ignore
  });

  it('a loop that was moved into a helper is found there', () => {
    const text = [
      'static int gmap_protect_range(int a)',
      '{',
      '\tone = gmap_pte_op_walk(a);',
      '\ttwo = ptep_force_prot(one);',
      '\tgmap_pte_op_end(one);',
      '\tthree = __gmap_translate(a);',
      '\tgmap_pte_op_fixup(three);',
      '\tcontinue;',
      '\tfour = PAGE_SIZE;',
      '}',
      'int gmap_mprotect_notify(int a)',
      '{',
      '\treturn -EINVAL;',
      '\tdown_read(&five->mmap_sem);',
      '\tup_read(&five->mmap_sem);',
      '\treturn six;',
      '}',
    ].join('\n');
    const map = new KernelMap(new Map([[GMAP, text]]), 'after');
    const line = (key: string): number => map.place(stepOf('gmap_mprotect_notify', key))!.line;
    assert.deepEqual(['invalid', 'down', 'walk', 'again', 'next', 'up'].map(line), [13, 14, 3, 8, 9, 15]);
    assert.deepEqual(map.files, [GMAP]);
  });

  it('a function that moved to another file is found', () => {
    const { files } = syntheticTree('after');
    const moved = new Map(files);
    moved.delete(GMAP);
    moved.set('mm/gup.c', [files.get('mm/gup.c'), files.get(GMAP)].join(''));
    const map = new KernelMap(moved, 'after');
    assert.equal(map.place(stepOf('gmap_fault', 'down'))!.file, 'mm/gup.c');
  });

  it('what is no kernel tree matches nothing, and says so', () => {
    const map = new KernelMap(new Map([[GMAP, 'This is prose, (with parentheses) { and braces.']]), 'after');
    assert.deepEqual(map.matched, []);
    assert.match(report(map)[0], /^no modelled function matches/);
    const reasons = new Map(map.unmatched.map(({ name, reason }) => [name, reason]));
    assert.equal(reasons.get('gmap_fault'), `${GMAP} does not define it`);
    assert.equal(reasons.get('fixup_user_fault'), 'there is no mm/gup.c');
  });

  it('a line leads to its steps, the signature to the first; lines outside of functions lead nowhere', () => {
    const { files, expected } = syntheticTree('after');
    const map = new KernelMap(files, 'after');
    const down = expected.get(stepOf('gmap_translate', 'down').id)!;
    const definition = map.definition(functionNamed('gmap_translate')!)!;
    assert.equal(map.from(GMAP, down.line)!.line, down.line);
    assert.equal(map.from(GMAP, definition.line)!.line, down.line);
    assert.equal(map.from(GMAP, definition.line - 1), undefined);
    assert.equal(map.from('mm/ksm.c', 1), undefined);
    // The two exchanges, and the first half of a change of rights, share the helper that locks.
    const lock = expected.get(stepOf('ptep_xchg_direct', 'lock').id)!;
    const names = map.from(lock.file, lock.line)!.steps.map((id) => stepById(id).fn.name);
    assert.deepEqual(names, ['ptep_xchg_direct', 'ptep_xchg_lazy', 'ptep_modify_prot_start']);
  });

  it('a line of a function that does not match leads to the reason', () => {
    const { files } = syntheticTree('after');
    const text = files.get(GMAP)!.replace('made_up kzalloc', 'x');
    const map = new KernelMap(new Map(files).set(GMAP, text), 'after');
    const { body } = map.unmatched[0]!;
    assert.equal(map.unmatchedAt(GMAP, body!.line + 1)!.name, 'gmap_alloc');
    assert.equal(map.from(GMAP, body!.line + 1), undefined);
    assert.equal(map.unmatchedAt(GMAP, 1), undefined);
  });
});
