/** Names: where they are declared, where they are used, and what else they could be called. */
import type { DocumentHighlight, Location, Position, Range, TextEdit } from 'vscode-languageserver-types';
import { DocumentHighlightKind } from 'vscode-languageserver-types';
import type { CompileResult } from '../scenario/compile.js';
import { compileParsed } from '../scenario/compile.js';
import type { Name, Names, Occurrence } from '../scenario/names.js';
import { collectNames } from '../scenario/names.js';
import { parseFile } from '../scenario/parse.js';
import { rangeOf } from '../scenario/source.js';
import type { Analysis } from './document.js';
import { toRange } from './document.js';
import { placeAt } from './places.js';

/** A name at a place, with all that are called so because of it: a thread can be a vCPU. */
function namesAt(analysis: Analysis, position: Position): readonly Name[] {
  const place = placeAt(analysis, position);
  const name = place?.property === undefined ? undefined : analysis.names.at(place.node, place.property);
  if (!name) return [];
  if (name.kind !== 'vcpu' && name.kind !== 'thread') return [name];
  const { names } = analysis;
  const vcpu = names.find(['vcpu'], name.name, name.scenario);
  if (!vcpu) return [name];
  const threads = names.all.filter(
    (other) =>
      other.kind === 'thread' && other.name === name.name && names.find(['vcpu'], name.name, other.scenario) === vcpu,
  );
  return name === vcpu || threads.includes(name) ? [vcpu, ...threads] : [name];
}

function rangeOfOccurrence({ node, property }: Occurrence): Range {
  return toRange(rangeOf(node, property));
}

export function definition(analysis: Analysis, position: Position): Location[] {
  return namesAt(analysis, position)
    .flatMap(({ occurrences }) => occurrences)
    .filter(({ declares }) => declares)
    .map((occurrence) => ({ uri: analysis.uri, range: rangeOfOccurrence(occurrence) }));
}

export function references(analysis: Analysis, position: Position, withDeclaration: boolean): Location[] {
  return namesAt(analysis, position)
    .flatMap(({ occurrences }) => occurrences)
    .filter(({ declares }) => withDeclaration || !declares)
    .map((occurrence) => ({ uri: analysis.uri, range: rangeOfOccurrence(occurrence) }))
    .sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character);
}

export function highlights(analysis: Analysis, position: Position): DocumentHighlight[] {
  return namesAt(analysis, position)
    .flatMap(({ occurrences }) => occurrences)
    .map((occurrence) => ({
      range: rangeOfOccurrence(occurrence),
      kind: occurrence.declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
}

/** A request that cannot be granted, with the reason for the person who asked. */
export class Refusal extends Error {}

/** The name that would be renamed; undefined where there is none. */
export function prepareRename(
  analysis: Analysis,
  position: Position,
): { range: Range; placeholder: string } | undefined {
  const [name] = namesAt(analysis, position);
  const place = placeAt(analysis, position);
  return name && place && { range: place.range, placeholder: name.name };
}

/**
 * The changes that give a name another spelling.
 * @throws Refusal if the program would not be the same any more
 */
export function rename(analysis: Analysis, position: Position, newName: string): TextEdit[] {
  const names = namesAt(analysis, position);
  const [name] = names;
  if (!name) throw new Refusal('There is no name here.');
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(newName)) {
    throw new Refusal(`'${newName}' is no name: a name is made of letters, digits and _, and begins with no digit.`);
  }
  if (newName === name.name) return [];
  const edits = names
    .flatMap(({ occurrences }) => occurrences)
    .map((occurrence) => ({ range: rangeOfOccurrence(occurrence), newText: newName }));
  checkSame(analysis, edits, name.name, newName);
  return edits;
}

/** Compiles what would come of it: the same mistakes, names for the same things, and the same slots, or it is refused. */
function checkSame(analysis: Analysis, edits: readonly TextEdit[], oldName: string, newName: string): void {
  const text = applied(analysis, edits);
  const parsed = parseFile(text);
  const names = collectNames(parsed.file);
  const after = compileParsed(parsed, text, analysis.uri, undefined, names);
  const errorsOf = ({ diagnostics }: CompileResult) =>
    diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  const errors = errorsOf(analysis.compiled);
  const news = errorsOf(after);
  if (news.length > errors.length) {
    const reason = news.find((message) => !errors.includes(message));
    throw new Refusal(`It cannot be called '${newName}'${reason === undefined ? '' : `: ${reason}`}.`);
  }
  if (shapeOf(names) !== shapeOf(analysis.names)) throw new Refusal(`'${newName}' is the name of something else.`);
  for (const kind of ['gmap', 'notifier'] as const) {
    const slots = new Map(names.all.filter((name) => name.kind === kind).map(({ name, slot }) => [name, slot]));
    for (const { name, slot } of analysis.names.all.filter((name) => name.kind === kind)) {
      const now = name === oldName ? newName : name;
      if (slots.get(now) === slot) continue;
      throw new Refusal(`${kind} '${now}' would be in another slot, which is another program.`);
    }
  }
}

/** Which of the places where names stand have the same one. */
function shapeOf({ all }: Names): string {
  const places = all.flatMap((name) =>
    name.occurrences.map((occurrence) => ({ name, ...rangeOf(occurrence.node, occurrence.property).start })),
  );
  places.sort((a, b) => a.line - b.line || a.column - b.column);
  const numbers = new Map<Name, number>();
  for (const { name } of places) if (!numbers.has(name)) numbers.set(name, numbers.size);
  return places.map(({ name }) => numbers.get(name)).join();
}

/** A text after changes that do not overlap. */
export function applied(analysis: Analysis, edits: readonly TextEdit[]): string {
  const places = edits
    .map(({ range, newText }) => ({ from: analysis.offsetAt(range.start), to: analysis.offsetAt(range.end), newText }))
    .sort((a, b) => a.from - b.from);
  let text = '';
  let at = 0;
  for (const { from, to, newText } of places) {
    text += analysis.text.slice(at, from) + newText;
    at = to;
  }
  return text + analysis.text.slice(at);
}
