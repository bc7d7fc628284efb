/** How the states of two outcomes differ, in lines. */
import type { OutcomeData } from './outcome.js';

type State = NonNullable<OutcomeData['state']>;

/** A state as names and values. */
function flat(state: State): Map<string, string> {
  const all = new Map<string, string>();
  for (const flag of state.m.split(' ')) {
    const [name = '', value = ''] = flag.split('=');
    all.set(`machine ${name}`, value);
  }
  for (const [start, end, prot] of state.vma) all.set(`vma ${start}..${end}`, prot);
  for (const segment of state.pt) all.set(`page table of ${segment}`, 'there');
  all.set('notifiers', state.nb.map((n) => `nb${n}`).join(' '));
  all.set('gmaps', state.gl.map((n) => `g${n}`).join(' '));
  for (const [slot, gmap] of Object.entries(state.g)) {
    const name = `g${slot}`;
    all.set(`${name} tables`, String(gmap.ncrst));
    for (const [level, start, entries] of gmap.tab) {
      for (const [index, entry] of Object.entries(entries)) all.set(`${name} ${level} of ${start} [${index}]`, entry);
    }
    for (const [key, value] of Object.entries(gmap.g2h)) all.set(`${name} guest_to_host ${key}`, value);
    for (const [key, value] of Object.entries(gmap.h2g)) all.set(`${name} host_to_guest ${key}`, value);
  }
  for (const [address, entry] of Object.entries(state.pte)) all.set(`pte ${address}`, entry);
  for (const vcpu of state.vcpus) {
    const [name = '', ...bits] = vcpu.split(' ');
    all.set(`vcpu ${name}`, bits.join(' ') || 'out of SIE, no request');
  }
  return all;
}

export interface StateDifference {
  readonly what: string;
  /** Undefined: it is not there. */
  readonly usual: string | undefined;
  readonly here: string | undefined;
}

export function stateDifferences(usual: State, here: State): StateDifference[] {
  const a = flat(usual);
  const b = flat(here);
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((what) => a.get(what) !== b.get(what))
    .map((what) => ({ what, usual: a.get(what), here: b.get(what) }));
}
