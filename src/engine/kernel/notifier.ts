/**
 * The notifier's side of arch/s390/mm/gmap.c: from a PTE that changes to the callbacks. It stands apart from
 * gmap.ts because pgtable.ts calls it.
 */
import { defineFunction } from '../catalog.js';
import { GMAP, MM, MM_AT, NOTIFIER } from '../machine.js';
import { LockClass, type Co, type Task } from '../task.js';
import { Kind } from '../trace.js';
import { PAGE_SIZE, ZERO, type U64 } from '../u64.js';
import { lookup, slotOf, Tree } from './trees.js';

const FILE = 'arch/s390/mm/gmap.c';
const GMAP_LIST = MM_AT + MM.gmaps;
const NOTIFIER_LIST = MM_AT + MM.notifiers;

const call_notifier = defineFunction('gmap_call_notifier', {
  file: FILE,
  args: { gmap: 'gmap', start: 'hex', end: 'hex' },
  doc: 'Calls every registered notifier for a guest range; the end is inclusive.',
  steps: { each: 'call each notifier, newest first', done: 'return' },
});

function* gmap_call_notifier(t: Task, site: number, gmap: number, start: U64, end: U64): Co {
  const { m } = t;
  const s = call_notifier.at;
  if (t.due()) yield;
  t.call(call_notifier, site).num(slotOf(m, gmap)).word(start.hi, start.lo).word(end.hi, end.lo);
  for (let nb = m.get(NOTIFIER_LIST); nb !== 0; nb = m.get(nb + NOTIFIER.next)) {
    if (t.due()) yield;
    t.row(Kind.Notify, s.each)
      .num(m.get(nb + NOTIFIER.id))
      .num(slotOf(m, gmap))
      .word(start.hi, start.lo)
      .word(end.hi, end.lo);
    const callback = m.onNotify?.call(t, m.get(nb + NOTIFIER.id), gmap, start, end, s.each);
    if (callback) yield* callback;
  }
  if (t.due()) yield;
  t.ret(s.done);
}

const notify = defineFunction('ptep_notify', {
  file: FILE,
  args: { vmaddr: 'hex', pte: 'pte' },
  doc: 'A PTE with IN is about to change: calls the notifiers for every gmap that has the host segment linked.',
  steps: {
    rcu: 'enter an RCU read section',
    lock: 'each gmap of the process: take guest_table_lock',
    lookup: '    look the host segment up in host_to_guest: where is it linked?',
    unlock: '    release guest_table_lock',
    call: '    linked: gmap_call_notifier for the page',
    rcuEnd: 'leave the RCU read section',
    done: 'return',
  },
});

export function* ptep_notify(t: Task, site: number, vmaddr: U64, pte: number): Co {
  const { m } = t;
  const s = notify.at;
  const slot = m.vmaddrOf(pte);
  if (t.due()) yield;
  t.call(notify, site).word(vmaddr.hi, vmaddr.lo).word(slot.hi, slot.lo);
  const offset = (pte & (255 * 8)) * 512;
  if (t.due()) yield;
  t.rcuLock(s.rcu);
  for (let gmap = m.get(GMAP_LIST); gmap !== 0; gmap = m.get(gmap + GMAP.next)) {
    if (t.mustWait(gmap + GMAP.guest_table_lock, LockClass.Gtl)) yield;
    t.lock(s.lock, LockClass.Gtl, gmap + GMAP.guest_table_lock);
    const entry = yield* lookup(t, s.lookup, gmap, Tree.H2g, vmaddr.segmentNumber());
    const gaddr = entry.isZero() ? ZERO : m.gaddrOf(entry.lo).plusNumber(offset);
    if (t.due()) yield;
    t.unlock(s.unlock, LockClass.Gtl, gmap + GMAP.guest_table_lock);
    if (!entry.isZero()) yield* gmap_call_notifier(t, s.call, gmap, gaddr, gaddr.plusNumber(PAGE_SIZE - 1));
  }
  if (t.due()) yield;
  t.rcuUnlock(s.rcuEnd);
  if (t.due()) yield;
  t.ret(s.done);
}
