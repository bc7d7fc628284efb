/** The checkboxes of the Breakpoints view: places of interest that are no line. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { LEVELS, LEVEL } from '../engine/bits.js';
import type { Trigger } from '../recording/breakpoints.js';
import { WALK_LEVELS } from '../scenario/words.js';

export interface Filter {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly trigger: Trigger;
  readonly isDefault: boolean;
  readonly example: string;
}

const walkFilters = Object.entries(WALK_LEVELS).map(([word, level]): Filter => {
  const { name } = LEVEL[level];
  return {
    id: `walk:${word}`,
    label: `Walk: ${name} ${level === 'pg' ? 'table entry (PTE)' : 'table'}`,
    description:
      level === 'pg'
        ? 'Stops where a walk reads the PTE that the segment table entry leads to.'
        : `Stops where a walk through a gmap's tables reads an entry of the ${name} table.`,
    trigger: { kind: 'walk', level: LEVELS.indexOf(level) },
    isDefault: false,
    example: 'gaddr == 0x2000 && gmap == vm',
  };
});

export const FILTERS: readonly Filter[] = [
  {
    id: 'expectation',
    label: 'An expectation fails',
    description: 'Stops at an expectation, or a result, that is not as the scenario says.',
    trigger: { kind: 'failed' },
    isDefault: true,
    example: 'step > 100',
  },
  {
    id: 'bug',
    label: 'The kernel would crash',
    description: 'Stops where the kernel would crash. A deadlock, which ends the run, is shown in the same way.',
    trigger: { kind: 'bug' },
    isDefault: true,
    example: 'function == gmap_discard',
  },
  ...walkFilters,
  {
    id: 'notifier',
    label: 'A notifier is called',
    description: 'Stops where a registered notifier is about to be called.',
    trigger: { kind: 'notify' },
    isDefault: false,
    example: 'notifier == kvm && start == 0x2000',
  },
  {
    id: 'error',
    label: 'A call returns an error',
    description: 'Stops where a kernel function is about to return a negative error number.',
    trigger: { kind: 'error' },
    isDefault: false,
    example: 'result == -EFAULT',
  },
  {
    id: 'retry',
    label: 'A page is retried (-EAGAIN)',
    description: 'Stops where a function starts over for the same page.',
    trigger: { kind: 'retry' },
    isDefault: false,
    example: 'gaddr == 0x2000',
  },
];

export function filterNamed(id: string): Filter | undefined {
  return FILTERS.find((filter) => filter.id === id);
}

export function protocolFilters(): DebugProtocol.ExceptionBreakpointsFilter[] {
  return FILTERS.map(({ id, label, description, isDefault, example }) => ({
    filter: id,
    label,
    description,
    default: isDefault,
    supportsCondition: true,
    conditionDescription: `For example: ${example}`,
  }));
}

/** Something went wrong: clients show it in red. A walk or a call that somebody waits for is no such thing. */
export function isProblem(id: string): boolean {
  return !/^(walk:|notifier$|retry$)/.test(id);
}
