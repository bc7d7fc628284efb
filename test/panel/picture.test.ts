import assert from 'node:assert/strict';
import { functionNamed } from '../../src/engine/catalog.js';
import { Kind } from '../../src/engine/trace.js';
import { picture } from '../../src/debug/picture.js';
import { Picture } from '../../src/debug/picture/model.js';
import type { EntryView, PageView } from '../../src/debug/picture/model.js';
import type { ScenarioRun } from '../../src/scenario/run.js';
import { ARMED, finished, THREADS } from './support.js';

/** The first row for which something holds. */
function rowWhere(run: ScenarioRun, holds: (row: number) => boolean, from = 0): number {
  for (let n = from; n < run.recording.length; n++) if (holds(n)) return n;
  return assert.fail('there is no such row');
}

function callOf(run: ScenarioRun, name: string, from = 0): number {
  const { trace } = run.recording;
  const { id } = functionNamed(name)!;
  return rowWhere(run, (n) => trace.kind(n) === Kind.Call && trace.operand(n, 0) === id, from);
}

const entries = (table: { rows: readonly (({ kind: 'entry' } & EntryView) | { kind: 'fold' })[] }): EntryView[] =>
  table.rows.filter((row) => row.kind === 'entry');
const pathOf = (view: Picture, level: string): EntryView =>
  entries(view.guest!.tables.find((table) => table.level === level)!).find((row) => row.path)!;
const pages = (view: Picture): PageView[] => view.page!.rows.filter((row) => row.kind === 'page');

describe('the picture', () => {
  const run = finished(ARMED);
  const { recording } = run;

  it('has its shape at every step, and looking changes nothing', () => {
    recording.seek(17);
    const memory = recording.machine.mem.slice();
    for (let step = 0; step <= recording.length; step++) {
      const view = picture(run, { step });
      assert.equal(Picture.check(JSON.parse(JSON.stringify(view))), undefined, `step ${step}`);
      assert.equal(view.step, step);
    }
    assert.equal(recording.position, 17);
    assert.deepEqual(recording.machine.mem, memory);
    recording.seek(0);
  });

  it('says no to a step that is not there', () => {
    assert.throws(() => picture(run, { step: recording.length + 1 }), RangeError);
  });

  it('draws the address that the code works on, cut into its indexes', () => {
    const second = callOf(run, 'gmap_table_walk', callOf(run, 'gmap_pte_op_end'));
    const view = picture(run, { step: second + 1 });
    assert.equal(view.place.function, 'gmap_table_walk');
    assert.deepEqual(view.place.stack, ['gmap_mprotect_notify', 'gmap_pte_op_walk', 'gmap_table_walk']);
    assert.deepEqual(view.focus, { gmap: 0, gaddr: '0x3000', vmaddr: '0x10003000', asked: false });
    const fields = view.address!.fields.map(({ level, index, used }) => `${level} ${index}${used ? '' : ' unused'}`);
    assert.deepEqual(fields, ['r1 0 unused', 'r2 0 unused', 'r3 0', 'sg 0', 'pg 3', 'byte 0']);
    assert.equal(view.address!.fields[4]!.bits, '00000011');
  });

  it('knows what a function means that is given a PTE', () => {
    const force = callOf(run, 'ptep_force_prot');
    for (const step of [force + 1, force + 3]) {
      assert.deepEqual(picture(run, { step }).focus, { gmap: 0, gaddr: '0x2000', vmaddr: '0x10002000', asked: false });
    }
    const reclaim = callOf(run, 'ptep_xchg_direct');
    assert.deepEqual(picture(run, { step: reclaim + 1 }).focus.gaddr, '0x2000');
  });

  it('cuts the top bits of an address right', () => {
    const view = picture(run, { step: 120, gmap: 0, gaddr: '0xffe0000000001fff' });
    assert.deepEqual(view.address!.fields.map(({ bits }) => bits).join(''), 0xffe0000000001fffn.toString(2));
    assert.deepEqual(
      view.address!.fields.map(({ index }) => index),
      [0x7ff, 0, 0, 0, 1, 0xfff],
    );
    assert.equal(view.focus.asked, true);
  });

  it('knows how far a walk has come', () => {
    const walk = callOf(run, 'gmap_table_walk', callOf(run, 'gmap_pte_op_fixup'));
    const { trace } = recording;
    const third = rowWhere(run, (n) => trace.kind(n) === Kind.Walk, walk);
    const segment = rowWhere(run, (n) => trace.kind(n) === Kind.Walk, third + 1);
    const reaches = (step: number): unknown[] =>
      ['r3', 'sg'].map((level) => pathOf(picture(run, { step }), level).reach);
    assert.deepEqual(reaches(third), ['next', 'ahead']);
    assert.deepEqual(reaches(segment), ['read', 'next']);
    assert.deepEqual(reaches(segment + 1), ['read', 'read']);
  });

  it('shows entries that lead to the next table, their neighbours, and folds the rest', () => {
    const view = picture(run, { step: recording.length });
    assert.deepEqual(
      view.guest!.tables.map(({ level, rows }) => [
        level,
        ...rows.map((row) => (row.kind === 'fold' ? `${row.from}…${row.to}: ${row.used}` : row.index)),
      ]),
      [
        ['r3', 0, 1, '2…2047: 0'],
        ['sg', 0, 1, '2…2047: 0'],
      ],
    );
    const { guest, host, page } = view;
    assert.equal(pathOf(view, 'r3').text, `→ ${guest!.tables[1]!.address}`);
    assert.equal(pathOf(view, 'sg').text, `→ ${page!.address}`);
    assert.equal(entries(host!.tables[2]!).find((row) => row.path)!.text, `→ ${page!.address}`);
    assert.deepEqual([page!.guest, page!.host, guest!.end, host!.end], [true, true, 'page', 'page']);
    assert.equal(pathOf(view, 'sg').expression, 'entry(vm, 0x0, segment)');
  });

  it('stops where a walk stops', () => {
    const start = picture(run, { step: run.start });
    assert.deepEqual(
      start.guest!.tables.map(({ level }) => level),
      ['r3'],
    );
    assert.equal(start.guest!.end, 'invalid');
    assert.equal(start.page, undefined);
    // The host maps the page first, then it is linked.
    const link = picture(run, { step: callOf(run, '__gmap_link') });
    assert.deepEqual([link.page!.guest, link.page!.host], [false, true]);
  });

  it('unfolds what a person opens', () => {
    const before = picture(run, { step: recording.length });
    const unfold = [{ table: before.guest!.tables[1]!.address, index: 100 }];
    const after = picture(run, { step: recording.length, unfold });
    assert.equal(entries(after.guest!.tables[1]!).length, entries(before.guest!.tables[1]!).length + 16);
  });

  it('tells what changed since another step, who did it, and what it was', () => {
    const force = callOf(run, 'ptep_force_prot');
    const end = callOf(run, 'gmap_pte_op_end', force);
    const view = picture(run, { step: end, since: force });
    const [change] = view.changes;
    assert.equal(change!.what, 'PGSTE of vm 0x2000');
    assert.equal(change!.function, 'ptep_force_prot');
    assert.deepEqual(change!.bits, [{ name: 'IN', before: '0', after: '1' }]);
    assert.ok(change!.step! > force && change!.step! < end);
    const page = pages(view).find((row) => row.path)!;
    assert.equal(BigInt(page.pgste) ^ BigInt(page.pgsteBefore!), 0x4000_0000_0000n);
    // The other way round it is undone.
    const back = picture(run, { step: force, since: end });
    assert.deepEqual(back.changes[0]!.bits, [{ name: 'IN', before: '1', after: '0' }]);
  });

  it('compares with the step before if nothing is said, and with nothing at the same step', () => {
    assert.equal(picture(run, { step: 50 }).since, 49);
    assert.deepEqual(picture(run, { step: 50, since: 50 }).changes, []);
  });

  it('lists armed pages and the calls of notifiers', () => {
    const before = picture(run, { step: callOf(run, 'ptep_xchg_direct') }).notifiers;
    assert.deepEqual(before.armed, [{ gmap: 'vm', start: '0x2000', end: '0x3fff', pages: 2 }]);
    assert.deepEqual(before.registered, [{ name: 'kvm', calls: 0 }]);
    const after = picture(run, { step: recording.length }).notifiers;
    assert.deepEqual(after.armed, [{ gmap: 'vm', start: '0x3000', end: '0x3fff', pages: 1 }]);
    assert.equal(after.calls, 1);
    const { cause, end, gmap, line, notifier, start } = after.last!;
    assert.deepEqual([notifier, gmap, start, end, line], ['kvm', 'vm', '0x2000', '0x2fff', 8]);
    assert.equal(cause, 'ptep_xchg_direct, host reclaim 0x10002000 -> 0');
  });

  it('lists locks held, and what was taken and released since the last stop', () => {
    const force = callOf(run, 'ptep_force_prot');
    const locks = picture(run, { step: force, since: run.start }).locks;
    assert.deepEqual(
      locks.map(({ name, state }) => `${name} ${state}`),
      ['mmap_sem taken', 'ptl taken'],
    );
    const end = picture(run, { step: callOf(run, 'ptep_xchg_direct'), since: force }).locks;
    assert.ok(end.some(({ name, state }) => name === 'mmap_sem' && state === 'released'));
  });

  it('shows the radix trees around the address', () => {
    const [guest, host] = picture(run, { step: recording.length }).trees;
    assert.deepEqual([guest!.name, guest!.total, guest!.rows.length], ['guest_to_host', 16, 5]);
    assert.deepEqual(guest!.rows[0], { key: '0x0', value: '0x10000000', path: true, isNew: false });
    assert.equal(host!.total, 1);
  });

  it('knows where statements begin and where the debugger can stop', () => {
    const { operations } = recording.index;
    const [arm, reclaim] = [operations.at(operations.length - 2), operations.at(operations.length - 1)];
    const { back, forward } = picture(run, { step: arm + 5 }).place;
    assert.deepEqual([back, forward], [arm, reclaim]);
    const { following, previous } = picture(run, { step: reclaim }).place;
    assert.ok(previous < reclaim && following > reclaim);
    // Nobody stops at the row that says that an operation returned what it had to return.
    assert.notEqual(recording.trace.kind(previous), Kind.Statement);
  });

  it('says how the run ended', () => {
    const { place } = picture(run, { step: recording.length });
    assert.deepEqual(place.outcome, { kind: 'ended', text: '' });
    assert.equal(place.next, 'the run has ended');
  });

  it('names the threads', () => {
    const threads = finished(THREADS);
    const { trace, length } = threads.recording;
    const names = new Set<string>();
    for (let n = 0; n < length; n++) names.add(`${trace.task(n)} ${picture(threads, { step: n }).place.thread}`);
    assert.deepEqual([...names].sort(), ['0 scenario', '1 arm', '2 reclaim']);
  });

  it('draws a host address where no gmap is meant', () => {
    const view = picture(run, { step: 2, vmaddr: '0x10002000' });
    assert.equal(view.address!.of, 'host');
    assert.equal(view.guest, undefined);
    assert.equal(view.host!.end, 'invalid');
    assert.deepEqual(view.gmaps, []);
  });

  it('looks at the prefix of a vCPU, where it goes, and where a translation leads', () => {
    const one = finished(`
host mmap 0x10000000 len 1M rw
gmap vm limit 4G
map vm 0x0 len 1M to 0x10000000
vcpu v0 of vm prefix 0x4000
enter v0 -> 0
leave v0
set_prefix v0 0x6000
enter v0 -> 0
expect translate vm 0x3000 to 0x10003000
expect notified nb0 vm 0x5000 never
`);
    const looked = (text: string, nth = 0): string | undefined => {
      const numbers = one.statements.flatMap((statement, i) => (statement.text.startsWith(text) ? [i] : []));
      const number = numbers[nth];
      const step = rowWhere(one, (row) => one.recording.statementOf(row) === number);
      return picture(one, { step }).focus.gaddr;
    };
    const asked = picture(one, { step: one.recording.length, gmap: 0 });
    assert.deepEqual([asked.focus.gmap, asked.focus.gaddr, asked.focus.asked], [0, '0x5000', true]);
    assert.equal(looked('vcpu v0'), '0x4000');
    assert.equal(looked('enter'), '0x4000');
    assert.equal(looked('set_prefix'), '0x6000');
    assert.equal(looked('enter', 1), '0x6000');
    assert.equal(looked('expect translate'), '0x3000');
    assert.equal(looked('expect notified'), '0x5000');
  });
});
