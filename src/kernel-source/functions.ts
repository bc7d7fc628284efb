/** The kernel functions that have listings, and the anchor of each step. */
import { allFunctions, nameIn, type FunctionInfo, type Step } from '../engine/catalog.js';
import type { Generation } from '../engine/operation.js';
import type { Anchor } from './anchor.js';
import { ANCHORS } from './anchors.js';

/** All but the operations around them. */
export function kernelFunctions(generation?: Generation): FunctionInfo[] {
  return allFunctions(generation).filter((fn) => !fn.operation);
}

/** The files of a kernel tree that are read, by their paths in it. */
export function kernelFiles(): string[] {
  return [...new Set(kernelFunctions().map((fn) => fn.file))];
}

/** Name under which the definition of a function is looked for. */
export function kernelName(fn: FunctionInfo, generation: Generation): string {
  return ANCHORS[fn.name]?.named ?? nameIn(fn, generation);
}

/** Kernel functions without listings that steps name in their text. */
const WITHOUT_LISTING = ['synchronize_rcu', 'ksm_madvise'];

/** A step whose text names a kernel function is anchored at the call of that function. */
function calledIn(step: Step): string | undefined {
  const names = step.text.match(/[a-z_]\w*/g) ?? [];
  const modelled = new Set(kernelFunctions().map((fn) => fn.name));
  const called = names.find((name) => modelled.has(name)) ?? names.find((name) => WITHOUT_LISTING.includes(name));
  return called === undefined ? undefined : `${called}(`;
}

export type AnchorOf = (step: Step) => Anchor | undefined;

export const anchorOf: AnchorOf = (step) => ANCHORS[step.fn.name]?.steps[step.key] ?? calledIn(step);

/** The ways in which the steps of a function may be anchored, the modelled code first. */
export function anchorings(fn: FunctionInfo): AnchorOf[] {
  const moved = ANCHORS[fn.name]?.moved;
  return moved ? [anchorOf, (step) => moved[step.key] ?? anchorOf(step)] : [anchorOf];
}

/** A name that an anchor uses, as a generation spells it. */
export function spelledIn(name: string, generation: Generation): string {
  const renamed = generation === 'before' && kernelFunctions().find((fn) => fn.name === name);
  return renamed ? nameIn(renamed, generation) : name;
}
