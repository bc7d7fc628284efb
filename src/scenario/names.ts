/**
 * The names of a file: what they stand for, where they are declared and where used.
 *
 * Compiling reads it, and so do go to definition, references and rename.
 */
import type { AstNode } from 'langium';
import { GMAP_SLOTS, NOTIFIERS } from '../engine/operation.js';
import type * as ast from './generated/ast.js';

export type NameKind = 'gmap' | 'notifier' | 'constant' | 'vcpu' | 'thread' | 'mark';

/** One place where a name is written: a property of a node. */
export interface Occurrence {
  readonly node: AstNode;
  readonly property: string;
  readonly declares: boolean;
}

export interface Name {
  readonly kind: NameKind;
  readonly name: string;
  /** The scenario it belongs to; left out for names of the whole file. */
  readonly scenario?: ast.Scenario;
  readonly occurrences: Occurrence[];
  /** Slot of a gmap or number of a notifier. */
  slot?: number;
}

export interface Names {
  readonly all: readonly Name[];
  /** What a name stands for in a scenario, or outside of all. */
  find(kinds: readonly NameKind[], name: string, scenario: ast.Scenario | undefined): Name | undefined;
  /** The names that can be written there, for "did you mean" and completion. */
  visible(kinds: readonly NameKind[], scenario: ast.Scenario | undefined): string[];
  /** What the name at a place stands for. */
  at(node: AstNode, property: string): Name | undefined;
  /** Names that found no slot: more gmaps or notifiers than there are slots. */
  readonly withoutSlot: readonly Name[];
}

/** `g0` … `g7` and `nb0` … `nb3` name the slots themselves. */
export function slotNamed(name: string): { kind: 'gmap' | 'notifier'; slot: number } | undefined {
  const match = /^(g|nb)(0|[1-9][0-9]*)$/.exec(name);
  if (!match) return undefined;
  const kind = match[1] === 'g' ? 'gmap' : 'notifier';
  const slot = Number(match[2]);
  return slot < (kind === 'gmap' ? GMAP_SLOTS : NOTIFIERS) ? { kind, slot } : undefined;
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && '$type' in value;
}

interface Use {
  readonly kinds: readonly NameKind[];
  readonly name: string;
  readonly node: AstNode;
  readonly property: string;
  readonly scenario: ast.Scenario | undefined;
}

/** What a bare name in an expression can stand for, the nearest first. */
export const EXPRESSION_KINDS: readonly NameKind[] = ['constant', 'gmap', 'notifier', 'vcpu', 'thread'];

/** Names from elsewhere that a piece of text may use: those of the program it is run in. */
export interface KnownNames {
  readonly gmaps: ReadonlyMap<string, number>;
  readonly notifiers: ReadonlyMap<string, number>;
  readonly others: readonly { readonly kind: NameKind; readonly name: string }[];
}

export function collectNames(file: ast.GmapFile, known?: KnownNames): Names {
  const all: Name[] = [];
  const byKey = new Map<string, Name>();
  const byPlace = new Map<AstNode, Map<string, Name>>();
  const uses: Use[] = [];

  const key = (kind: NameKind, name: string, scenario: ast.Scenario | undefined) =>
    `${kind} ${scenario ? file.items.indexOf(scenario) : ''} ${name}`;
  const find = (kinds: readonly NameKind[], name: string, scenario: ast.Scenario | undefined) => {
    for (const kind of kinds) {
      const found = (scenario && byKey.get(key(kind, name, scenario))) ?? byKey.get(key(kind, name, undefined));
      if (found) return found;
    }
    return undefined;
  };
  const add = (name: Name, occurrence: Occurrence) => {
    name.occurrences.push(occurrence);
    let places = byPlace.get(occurrence.node);
    if (!places) byPlace.set(occurrence.node, (places = new Map<string, Name>()));
    places.set(occurrence.property, name);
  };
  /** Gmaps and notifiers belong to the file: their slots are the same in every scenario. */
  const declare = (kind: NameKind, text: string, node: AstNode, property: string, scenario?: ast.Scenario) => {
    const owner = kind === 'gmap' || kind === 'notifier' ? undefined : scenario;
    const id = key(kind, text, owner);
    let name = byKey.get(id);
    if (!name) {
      name = owner ? { kind, name: text, scenario: owner, occurrences: [] } : { kind, name: text, occurrences: [] };
      byKey.set(id, name);
      all.push(name);
    }
    add(name, { node, property, declares: true });
  };

  if (known) {
    const slots = [
      ...Array.from(known.gmaps, ([name, slot]) => ({ kind: 'gmap' as const, name, slot })),
      ...Array.from(known.notifiers, ([name, slot]) => ({ kind: 'notifier' as const, name, slot })),
    ];
    for (const { kind, name, ...rest } of [...slots, ...known.others]) {
      const entry: Name = { kind, name, occurrences: [], ...rest };
      byKey.set(key(kind, name, undefined), entry);
      all.push(entry);
    }
  }

  const visit = (node: AstNode, scenario: ast.Scenario | undefined) => {
    const properties = node as unknown as Readonly<Record<string, unknown>>;
    const use = (kinds: readonly NameKind[], property: string) => {
      const name = properties[property];
      if (typeof name === 'string') uses.push({ kinds, name, node, property, scenario });
    };
    const make = (kind: NameKind, property: string) => {
      const name = properties[property];
      if (typeof name === 'string') declare(kind, name, node, property, scenario);
    };
    switch (node.$type) {
      case 'Let':
        make('constant', 'name');
        break;
      case 'Vcpu':
        make('vcpu', 'name');
        use(['gmap'], 'g');
        break;
      case 'Thread':
        make('thread', 'name');
        break;
      case 'Mark':
        make('mark', 'name');
        break;
      case 'Expect':
        use(['mark'], 'since');
        break;
      case 'NameExpression':
        use(EXPRESSION_KINDS, 'name');
        break;
      case 'GmapOperation':
        if (properties['op'] === 'gmap') make('gmap', 'g');
        else use(['gmap'], 'g');
        break;
      case 'NotifierOperation':
        if (properties['op'] === 'notifier') make('notifier', 'nb');
        else use(['notifier'], 'nb');
        break;
      default:
        use(['gmap'], 'g');
        use(['notifier'], 'nb');
        use(['vcpu'], 'vcpu');
        use(['thread'], 'thread');
    }
    for (const property in node) {
      if (property.startsWith('$')) continue;
      const value = properties[property];
      if (Array.isArray(value)) {
        for (const child of value) if (isNode(child)) visit(child, scenario);
      } else if (isNode(value)) visit(value, scenario);
    }
  };
  for (const item of file.items) visit(item, item.$type === 'Scenario' ? item : undefined);
  for (const { kinds, name, node, property, scenario } of uses) {
    const slot = slotNamed(name);
    const found = find(kinds, name, scenario);
    if (found) add(found, { node, property, declares: false });
    else if (slot && kinds.includes(slot.kind)) {
      declare(slot.kind, name, node, property);
      // The slots need no declaration: this was a use.
      const own = byKey.get(key(slot.kind, name, undefined))!;
      own.occurrences[own.occurrences.length - 1] = { node, property, declares: false };
    }
  }
  const withoutSlot = giveSlots(all);

  return {
    all,
    find,
    at: (node, property) => byPlace.get(node)?.get(property),
    visible: (kinds, scenario) =>
      all.filter((n) => kinds.includes(n.kind) && (!n.scenario || n.scenario === scenario)).map((n) => n.name),
    withoutSlot,
  };
}

/** Slot literals keep their own number; the other names take the lowest numbers that are left, in order. */
function giveSlots(all: readonly Name[]): Name[] {
  const withoutSlot: Name[] = [];
  for (const [kind, count] of [
    ['gmap', GMAP_SLOTS],
    ['notifier', NOTIFIERS],
  ] as const) {
    const names = all.filter((name) => name.kind === kind);
    const taken = new Set<number>();
    for (const name of names) {
      const own = slotNamed(name.name);
      if (own?.kind === kind) name.slot = own.slot;
      if (name.slot !== undefined) taken.add(name.slot);
    }
    for (const name of names) {
      if (name.slot !== undefined) continue;
      let slot = 0;
      while (taken.has(slot)) slot++;
      if (slot < count) name.slot = slot;
      else withoutSlot.push(name);
      taken.add(slot);
    }
  }
  return withoutSlot;
}
