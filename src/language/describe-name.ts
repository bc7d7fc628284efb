/** What a name of a file stands for. */
import type { AstNode } from 'langium';
import type { Name } from '../scenario/names.js';
import { textOf } from '../scenario/source.js';
import { levelName, spellings, topLevel } from './addresses.js';
import { code, paragraphs } from './describe.js';
import type { Analysis } from './document.js';
import { memoryAt } from './memory.js';
import type { Place } from './places.js';
import { formatAddress } from '../scenario/numbers.js';

const KINDS: Readonly<Record<Name['kind'], string>> = {
  gmap: 'gmap',
  notifier: 'notifier',
  constant: 'constant',
  vcpu: 'vCPU',
  thread: 'thread',
  mark: 'mark',
};

export function describeName(name: Name, place: Place, analysis: Analysis): string {
  const declared = name.occurrences.find(({ declares }) => declares)?.node;
  const head = declared && code(firstLine(textOf(declared)));
  return paragraphs(
    head,
    `**${name.name}**: ${sentence(name, declared, analysis)}`,
    more(name, declared, place, analysis),
  );
}

function firstLine(text: string): string {
  return text.split(/[\r\n{]/, 1)[0]!.trim();
}

function sentence(name: Name, declared: AstNode | undefined, analysis: Analysis): string {
  const slot = name.slot === undefined ? '' : `, slot ${name.slot}`;
  switch (name.kind) {
    case 'gmap':
    case 'notifier':
      return declared ? `${KINDS[name.kind]}${slot}.` : `the ${KINDS[name.kind]} in slot ${name.slot ?? 0}.`;
    case 'constant': {
      const value = analysis.values.constant(name);
      return value === undefined ? 'constant.' : `constant, ${spellings(value)}.`;
    }
    case 'vcpu':
      return 'virtual CPU of the guest. A thread of this name is the vCPU.';
    case 'thread':
      return 'thread: runs beside the threads next to it.';
    case 'mark':
      return 'a moment, from which `since` counts.';
  }
}

/** Of a gmap, its size and what it maps here. */
function more(name: Name, declared: AstNode | undefined, place: Place, analysis: Analysis): string | undefined {
  if (name.kind !== 'gmap') return undefined;
  const limit = analysis.values.number((declared as { limit?: AstNode } | undefined)?.limit);
  const { level, size } = topLevel(limit ?? 0n);
  const top =
    limit === undefined ? undefined : `Top level: ${levelName(level)}; ends at \`${formatAddress(size - 1n)}\`.`;
  const guest = memoryAt(analysis, place.node, place.scenario).guests.get(name.name);
  const mapped = guest?.mapped.slice(0, MOST).map(({ start, end, value }) => {
    const host = `${formatAddress(value)}..${formatAddress(value + (end - start) - 1n)}`;
    return `- \`${formatAddress(start)}..${formatAddress(end - 1n)}\` → host \`${host}\``;
  });
  const rest = guest && guest.mapped.length > MOST ? [`- … ${guest.mapped.length - MOST} more`] : [];
  return paragraphs(top, mapped?.length ? ['Mapped here:', ...mapped, ...rest].join('\n') : undefined);
}

const MOST = 8;
