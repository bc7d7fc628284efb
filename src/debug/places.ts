/** Where a person looks when a step is next: the line of their kernel tree if the function matches, else the listing. */
import type { FunctionInfo, Step } from '../engine/catalog.js';
import type { KernelLine } from './kernel-tree.js';
import { listingSource } from './sources.js';
import type { Target } from './target.js';

export function placeOfStep(target: Target, step: Step): KernelLine {
  return target.kernel?.step(step) ?? { source: listingSource(step.fn, target.recording.generation), line: step.line };
}

/** Line 1 of a listing is the signature. */
export function placeOfFunction(target: Target, fn: FunctionInfo): KernelLine {
  return target.kernel?.definition(fn) ?? { source: listingSource(fn, target.recording.generation), line: 1 };
}
