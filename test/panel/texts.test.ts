import assert from 'node:assert/strict';
import { announcement } from '../../src/panel/announce.js';
import * as l10n from '../../src/panel/l10n.js';
import { bitsOf, differences, flagsOf } from '../../src/panel/bits.js';
import {
  addressRange, calls, filled, grouped, parseAddress, sizeOf, sizeRange, sizeStart, thousands,
} from '../../src/panel/format.js'; // prettier-ignore
import { scaleOf, stepAt, ticks, xOf } from '../../src/panel/view/scale.js';
import { picture } from '../../src/debug/picture.js';
import { timeline } from '../../src/debug/timeline.js';
import { ARMED, finished } from './support.js';

describe('texts of the panel', () => {
  it('groups digits', () => {
    assert.equal(grouped('0x80102000'), '0x8010_2000');
    assert.equal(grouped('0x0000'), '0x0');
    assert.equal(grouped('0xffe0000000001fff'), '0xffe0_0000_0000_1fff');
    assert.equal(addressRange('0x2000', '0x3fff'), '0x2000..0x3fff');
    assert.equal(thousands(4312000), '4,312,000');
    assert.deepEqual([calls(1), calls(2000)], ['1 call', '2,000 calls']);
  });

  it('speaks another language where it has the words', () => {
    l10n.config({ '{0} calls': 'Aufrufe: {0}' });
    assert.deepEqual([calls(2000), calls(1), l10n.t('constructor')], ['Aufrufe: 2,000', '1 call', 'constructor']);
    l10n.config({});
  });

  it('puts what is drawn at the places of a translated text', () => {
    assert.deepEqual(filled('after {1} by {0}', 7, 8), ['after ', 8, ' by ', 7, '']);
  });

  it('names ranges by their size', () => {
    assert.equal(sizeRange('0x80000000', '0xffffffff'), '2–4 GB');
    assert.equal(sizeRange('0x0', '0xfffff'), '0–1 MB');
    assert.equal(sizeRange('0x0', '0x1fffffffffffff'), '0–8 PB');
    assert.equal(sizeRange('0xffe0000000000000', '0xffffffffffffffff'), '16376–16384 PB');
    assert.deepEqual([sizeStart('0x80000000', '0xffffffff'), sizeStart('0x0', '0xfffff')], ['2 GB', '0 MB']);
    assert.deepEqual(
      [sizeOf('0x7fffffff'), sizeOf('0x3ffffffffff'), sizeOf('0xffffffffffffffff')],
      ['2 GB', '4 TB', '16 EB'],
    );
  });

  it('reads the addresses that people write', () => {
    const cases = { '0x8010_2000': '0x80102000', '8K': '0x2000', ' 2M + 0x3000 ': '0x203000', '4096': '0x1000' };
    for (const [written, meant] of Object.entries(cases)) assert.equal(parseAddress(written), meant);
    for (const bad of ['', 'vm', '0x', '0x1_0000_0000_0000_0000', '-1', '1+'])
      assert.equal(parseAddress(bad), undefined);
  });

  it('decodes entries, upper halves too', () => {
    const set = (kind: 'pte' | 'pgste', value: string): string[] =>
      bitsOf(kind, value)
        .filter((bit) => bit.value !== 0n)
        .map((one) => (one.field ? `${one.bit.name}=${one.value}` : one.bit.name));
    assert.deepEqual(set('pgste', '0xf8e6c00083000000'), [
      'ACC=15', 'FP', 'PCL', 'HR', 'HC', 'GR', 'GC', 'UC', 'IN', 'zero', 'usage=3',
    ]); // prettier-ignore
    assert.deepEqual(set('pte', '0x10000203d'), [`frame=${0x100002}`, 'write', 'read', 'dirty', 'young', 'present']);
    assert.ok(!flagsOf('pte', '0x10000203d').some(({ bit }) => bit.name === 'frame'));
  });

  it('tells differences bit by bit', () => {
    assert.equal(differences('pgste', '0x800000000000', '0xc00000000000'), 'IN 0 → 1');
    assert.equal(differences('segment', '0x20', '0x17000'), 'origin 0x0 → 0x17000, I 1 → 0');
    assert.equal(differences('region', '0x24', '0xc007'), 'origin 0x0 → 0xc000, I 1 → 0, length 00 → 11');
  });

  it('says what a screen reader should say', () => {
    const run = finished(ARMED);
    const { length } = run.recording;
    const said = announcement(picture(run, { step: length, since: run.start }), 0);
    assert.match(
      said,
      new RegExp(
        `^Step ${length} of ${length}\\. .*Changed: PTE of vm 0x2000: .*region-second entry of host 0x0: .* I from 1 to 0.* more entries.* 1 notifier call\\.$`,
      ),
    );
  });
});

describe('the scale of the time line', () => {
  const view = timeline(finished(ARMED));
  const scale = scaleOf(view, 800);

  it('finds the step at each place again', () => {
    for (let step = view.from; step <= view.to; step++) assert.equal(stepAt(scale, xOf(scale, step)), step);
    assert.deepEqual([stepAt(scale, -50), stepAt(scale, 5000)], [view.from, view.to]);
  });

  it('numbers round steps, far enough from each other', () => {
    const marks = ticks(scale);
    assert.ok(marks.length >= 3 && marks.length <= 11, marks.join());
    for (const [i, step] of marks.slice(1).entries()) assert.ok(xOf(scale, step) - xOf(scale, marks[i]!) >= 40);
  });
});
