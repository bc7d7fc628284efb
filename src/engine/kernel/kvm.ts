/**
 * arch/s390/kvm/kvm-s390.c as far as the notifier needs it: vCPUs whose two prefix pages must stay mapped and
 * writable while they run in SIE, the request that refreshes them, and the notifier that makes it.
 */
import { defineFunction } from '../catalog.js';
import { layout, MM, MM_AT, type Machine } from '../machine.js';
import { LoopWord, type Co, type Task } from '../task.js';
import { PAGE_SIZE, U64 } from '../u64.js';
import { gmap_ipte_notify, gmap_mprotect_notify } from './gmap.js';

const FILE = 'arch/s390/kvm/kvm-s390.c';
const VCPU_LIST = MM_AT + MM.vcpus;
/** struct kvm_vcpu; `reload` is the request for the prefix pages, `request` the bit PROG_REQUEST that keeps it out of SIE. */
export const VCPU = layout(['next', 'id', 'gmap', 'prefix', 'reload', 'request', 'in_sie']);
const PREFIX_PAGES = 2;
const PROT_WRITE = 2;

/** Address of a vCPU's struct, or 0. */
export function vcpuNumbered(m: Machine, id: number): number {
  let at = m.get(VCPU_LIST);
  while (at !== 0 && m.get(at + VCPU.id) !== id) at = m.get(at + VCPU.next);
  return at;
}

/** Creates a vCPU; its prefix pages are to be refreshed before it first runs. */
export function createVcpu(m: Machine, id: number, gmap: number, prefix: U64): void {
  const at = m.allocObject(56);
  m.set(at + VCPU.id, id);
  m.set(at + VCPU.gmap, gmap);
  m.store(at + VCPU.prefix, prefix);
  m.set(at + VCPU.reload, 1);
  m.set(at + VCPU.next, m.get(VCPU_LIST));
  m.set(VCPU_LIST, at);
}

const handle_requests = defineFunction('kvm_s390_handle_requests', {
  file: FILE,
  args: { vcpu: 'dec' },
  returns: 'dec',
  gives: 'rc',
  doc: 'Acts on the requests of a vCPU: maps its prefix pages writable and arms the notifier for them.',
  steps: {
    handled: 'clear PROG_REQUEST: from here on a new request is seen again',
    take: 'is a refresh of the prefix pages asked for? take the request',
    notify: '    gmap_mprotect_notify (before: gmap_ipte_notify) for the two prefix pages, to be written',
    failed: '    error: put the request back, return it',
    again: '    look again: another change may have come in between',
    done: 'return 0',
  },
});

function* kvm_s390_handle_requests(t: Task, site: number, vcpu: number): Co<number> {
  const { m } = t;
  const s = handle_requests.at;
  if (t.due()) yield;
  t.call(handle_requests, site).num(m.get(vcpu + VCPU.id));
  if (t.due()) yield;
  t.note(s.handled);
  m.set(vcpu + VCPU.request, 0);
  for (;;) {
    if (t.due()) yield;
    t.note(s.take);
    if (!m.get(vcpu + VCPU.reload)) break;
    m.set(vcpu + VCPU.reload, 0);
    const gmap = m.get(vcpu + VCPU.gmap);
    const prefix = m.word(vcpu + VCPU.prefix);
    const len = U64.of(PREFIX_PAGES * PAGE_SIZE);
    const rc = yield* m.generation === 'after'
      ? gmap_mprotect_notify(t, s.notify, gmap, prefix, len, PROT_WRITE)
      : gmap_ipte_notify(t, s.notify, gmap, prefix, len);
    if (t.due()) yield;
    if (rc) {
      m.set(vcpu + VCPU.reload, 1);
      t.ret(s.failed).num(rc);
      return rc;
    }
    t.loop(s.again, LoopWord.Continue);
  }
  if (t.due()) yield;
  t.ret(s.done).num(0);
  return 0;
}

const vcpu_run = defineFunction('vcpu_pre_run', {
  file: FILE,
  args: { vcpu: 'dec' },
  returns: 'dec',
  gives: 'rc',
  doc: 'Lets a vCPU enter SIE, once no request is pending.',
  steps: {
    requests: 'kvm_s390_handle_requests; error: return it',
    enter: 'enter SIE, unless PROG_REQUEST was set meanwhile',
    again: '    it was: the machine refuses, start over',
    done: 'return',
  },
});

/** Returns 0 with the vCPU in SIE, or the error of its requests. */
export function* vcpu_pre_run(t: Task, site: number, vcpu: number): Co<number> {
  const { m } = t;
  const s = vcpu_run.at;
  if (t.due()) yield;
  t.call(vcpu_run, site).num(m.get(vcpu + VCPU.id));
  let rc: number;
  for (;;) {
    rc = yield* kvm_s390_handle_requests(t, s.requests, vcpu);
    if (rc) break;
    if (t.due()) yield;
    t.note(s.enter);
    if (!m.get(vcpu + VCPU.request)) {
      m.set(vcpu + VCPU.in_sie, 1);
      break;
    }
    if (t.due()) yield;
    t.loop(s.again, LoopWord.GotoRetry);
  }
  if (t.due()) yield;
  t.ret(s.done).num(rc);
  return rc;
}

/** The vCPU leaves SIE by itself. */
export function leaveSie(m: Machine, vcpu: number): void {
  m.set(vcpu + VCPU.in_sie, 0);
}

/** Moves the prefix pages; they are refreshed before the vCPU enters SIE again. */
export function setPrefix(m: Machine, vcpu: number, prefix: U64): void {
  m.store(vcpu + VCPU.prefix, prefix);
  m.set(vcpu + VCPU.reload, 1);
  m.set(vcpu + VCPU.request, 1);
}

const gmap_notifier = defineFunction('kvm_gmap_notifier', {
  file: FILE,
  args: { gmap: 'gmap', start: 'hex', end: 'hex' },
  doc: "KVM's notifier: keeps every vCPU whose prefix pages change out of SIE until it has refreshed them. Must not sleep.",
  steps: {
    each: 'each vCPU of this gmap: does the range touch one of its prefix pages?',
    request: '    ask for the refresh, set PROG_REQUEST: it cannot enter SIE any more',
    kick: '    it is in SIE: kick it out, and wait until it is out',
    done: 'return',
  },
});

/** Runs inside gmap_call_notifier, with the page's locks held. */
export function* kvm_gmap_notifier(t: Task, site: number, slot: number, gmap: number, start: U64, end: U64): Co {
  const { m } = t;
  const s = gmap_notifier.at;
  if (t.due()) yield;
  t.call(gmap_notifier, site).num(slot).word(start.hi, start.lo).word(end.hi, end.lo);
  for (let vcpu = m.get(VCPU_LIST); vcpu !== 0; vcpu = m.get(vcpu + VCPU.next)) {
    if (m.get(vcpu + VCPU.gmap) !== gmap) continue;
    if (t.due()) yield;
    t.note(s.each);
    const prefix = m.word(vcpu + VCPU.prefix);
    if (end.lessThan(prefix) || !start.lessThan(prefix.plusNumber(PREFIX_PAGES * PAGE_SIZE))) continue;
    if (t.due()) yield;
    t.note(s.request);
    m.set(vcpu + VCPU.reload, 1);
    m.set(vcpu + VCPU.request, 1);
    if (m.get(vcpu + VCPU.in_sie)) {
      if (t.due()) yield;
      t.note(s.kick);
      m.set(vcpu + VCPU.in_sie, 0);
    }
  }
  if (t.due()) yield;
  t.ret(s.done);
}
