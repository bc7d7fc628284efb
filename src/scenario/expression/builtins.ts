/** The names that expressions know wherever a scenario stands, with what they stand for. */
import type { NameInfo } from './scope.js';

export interface FunctionInfo extends NameInfo {
  readonly parameters: readonly string[];
}

const fn = (name: string, parameters: readonly string[], detail: string): FunctionInfo => ({
  name,
  parameters,
  detail,
});

export const EXPRESSION_FUNCTIONS: readonly FunctionInfo[] = [
  fn('pte', ['gmap', 'gaddr'], 'The PTE of a guest address; pte(vmaddr) that of a host address.'),
  fn('pgste', ['gmap', 'gaddr'], 'The PGSTE of a guest address; pgste(vmaddr) that of a host address.'),
  fn('entry', ['gmap', 'gaddr', 'level'], 'The entry at a level: region1, region2, region3, segment or page.'),
  fn('translate', ['gmap', 'gaddr'], 'The host address behind a guest address; absent if there is none.'),
  fn('visits', ['place'], 'How often a function or a walk level was visited in this scenario.'),
  fn('calls', ['notifier'], 'How often a notifier was called in this scenario.'),
  fn('word', ['address'], 'The doubleword at an absolute address; of a table entry with its bits.'),
  fn('held', ['lock', 'which'], 'Whether a lock is held.'),
];

export const FUNCTIONS: ReadonlySet<string> = new Set(EXPRESSION_FUNCTIONS.map((info) => info.name));

/** Names besides those a file declares that a statement's expression can use. */
export const MOMENT_NAMES: readonly string[] = ['rc', 'machine', 'step'];
