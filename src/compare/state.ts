/** Two states of the machine as lists of named facts, and the facts that differ. */
import { decodeBits } from '../engine/inspect.js';
import type { MachineState } from '../engine/snapshot.js';
import { gmapName, notifierName, type ScenarioNames } from '../scenario/moment.js';

export interface FactDifference {
  /** `pte 0x10002000`, `vm asce`, `machine skey` … */
  readonly what: string;
  /** Missing: there is no such thing. */
  readonly after: string | undefined;
  readonly before: string | undefined;
}

const LEVELS: Readonly<Record<string, string>> = { r1: 'region1', r2: 'region2', r3: 'region3', sg: 'segment' };

function pgsteText(word: string): string {
  const bits = decodeBits('pgste', BigInt(word)).filter(({ value }) => value !== 0n);
  const names = bits.map(({ name, value }) => (value === 1n ? name : `${name}=${value}`));
  return `${names.join(' ') || '0'} (${word})`;
}

/** Everything that a state says, one fact for each thing that can differ. */
function facts(state: MachineState, names: ScenarioNames): Map<string, string> {
  const all = new Map<string, string>();
  for (const flag of state.m.split(' ')) {
    const [name, value] = flag.split('=');
    all.set(`machine ${name!}`, value ?? '');
  }
  for (const [start, end, prot] of state.vma) all.set(`host memory ${start}..${end}`, prot);
  for (const start of state.pt) all.set(`host page table ${start}`, 'there');
  all.set('notifiers, newest first', state.nb.map((id) => notifierName(names, id)).join(' ') || 'none');
  all.set('gmaps, newest first', state.gl.map((slot) => gmapName(names, slot)).join(' ') || 'none');
  for (const [slot, gmap] of Object.entries(state.g)) {
    const name = gmapName(names, Number(slot));
    all.set(`${name} asce type`, gmap.asce);
    all.set(`${name} asce_end`, gmap.end);
    all.set(`${name} number of tables`, String(gmap.ncrst));
    for (const [level, start, entries] of gmap.tab) {
      const table = `${name} ${LEVELS[level] ?? level} table ${start}`;
      all.set(table, 'there');
      // Tables are numbered in the order of their making (T2): what counts is where an entry leads, and its bits.
      for (const [i, entry] of Object.entries(entries)) all.set(`${table} [${i}]`, entry.replace(/^T\d+/, 'T'));
    }
    for (const [key, value] of Object.entries(gmap.g2h)) all.set(`${name} guest_to_host ${key}`, value);
    for (const [key, value] of Object.entries(gmap.h2g)) {
      all.set(`${name} host_to_guest ${key}`, value.replace(/^T\d+/, 'T'));
    }
  }
  for (const [at, text] of Object.entries(state.pte)) {
    const [pte, pgste, key] = text.split('/');
    all.set(`pte ${at}`, pte!);
    all.set(`pgste ${at}`, pgsteText(pgste!));
    if (key !== undefined) all.set(`storage key ${at}`, `0x${key}`);
  }
  return all;
}

export function stateDifferences(after: MachineState, before: MachineState, names: ScenarioNames): FactDifference[] {
  const left = facts(after, names);
  const right = facts(before, names);
  const all = new Set([...left.keys(), ...right.keys()]);
  return [...all].flatMap((what) => {
    const pair = { what, after: left.get(what), before: right.get(what) };
    return pair.after === pair.before ? [] : [pair];
  });
}
