/** Which scenarios: by name, and which part of them on this machine. */
import type { CompiledScenario } from '../scenario/program.js';
import { didYouMean } from '../scenario/nearest.js';
import { UserError } from './exit.js';

/** `*` stands for any characters, `?` for one. */
export function namePattern(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 'su');
  return (name) => expression.test(name);
}

/** The scenarios whose name fits one of the patterns; without patterns all. */
export function named(scenarios: readonly CompiledScenario[], patterns: readonly string[]): CompiledScenario[] {
  const tests = patterns.map(namePattern);
  return scenarios.filter(({ name }) => tests.length === 0 || tests.some((test) => test(name)));
}

/** What to say when no scenario has a wanted name. */
export function noneNamed(patterns: readonly string[], names: readonly string[], kind = 'scenario'): UserError {
  const wanted = patterns.map((p) => `'${p}'`).join(' or ');
  const close = patterns.length === 1 ? didYouMean(patterns[0]!, names) : '';
  const list = names.slice(0, 10).map((name) => `  ${name}`);
  if (names.length > 10) list.push(`  … ${names.length} in all`);
  const rest = names.length ? `; the ${kind}s are:\n${list.join('\n')}` : '';
  return new UserError(`no ${kind} is named ${wanted}${close}${rest}`);
}

export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `2/5`: the second of five parts. */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (!match || index < 1 || index > count) {
    throw new UserError(`--shard ${text} is no part: write K/N with 1 ≤ K ≤ N, for example --shard 2/5`);
  }
  return { index, count };
}

/** True for every N-th scenario, counted over all files: the parts are equally long, disjoint, and together all. */
export function inShard(number: number, shard: Shard | undefined): boolean {
  return !shard || number % shard.count === shard.index - 1;
}
