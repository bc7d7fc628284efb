/** Seeded mutation of texts and of plain data. The same seed makes the same inputs. */
import { randomNumbers } from '../../src/scenario/schedule.js';

export class Random {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = randomNumbers(seed);
  }

  /** A whole number in [0, below). */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

const FRAGMENTS = [
  '{', '}', '(', ')', '..', '->', '0x', '0xffffffffffffffff', '18446744073709551616', '99999999999999999999999T', '-1',
  '"', '#', '\n', '\r\n', '\t', '\0', '\u{1f600}', 'repeat 3 {', 'scenario "x" {', 'thread a {', 'expect ', 'let x = ',
  'generation before\n', 'inject unlocked 1 then {', 'machine { esop off }', 'PROT_READ', '-EFAULT', 'g0', 'nb3', 'since',
  '&&', '!', '((((((((', 'then', 'print pte(vm, 0)', 'vcpu v of vm prefix 0x2000', 'schedule random seed 1',
]; // prettier-ignore

/** A text with some parts cut out, doubled, moved, replaced or taken from another. */
export function mutateText(text: string, other: string, random: Random): string {
  let result = text;
  for (let i = random.int(4) + 1; i > 0; i--) {
    const at = random.int(result.length + 1);
    const end = Math.min(result.length, at + random.int(random.chance(0.2) ? 200 : 12));
    switch (random.int(6)) {
      case 0:
        result = result.slice(0, at) + result.slice(end);
        break;
      case 1:
        result = result.slice(0, end) + result.slice(at, end) + result.slice(end);
        break;
      case 2:
        result = result.slice(0, at) + random.pick(FRAGMENTS) + result.slice(at);
        break;
      case 3:
        result = result.slice(0, at) + random.pick(FRAGMENTS) + result.slice(end);
        break;
      case 4: {
        const from = random.int(other.length + 1);
        result = result.slice(0, at) + other.slice(from, from + random.int(120)) + result.slice(end);
        break;
      }
      default: {
        const lines = result.split('\n');
        const line = lines.splice(random.int(lines.length), 1)[0] ?? '';
        lines.splice(random.int(lines.length + 1), 0, line);
        result = lines.join('\n');
      }
    }
  }
  return result;
}

const ODD_VALUES: readonly unknown[] = [
  null, undefined, true, false, 0, 1, -1, 0.5, NaN, 1e308, 2 ** 53, -(2 ** 31), '', 'x', '0x2000', '__proto__', [], {},
  [null], ['a', 1], { path: '/nowhere.gmap' }, 'x'.repeat(10_000), { length: -1 },
]; // prettier-ignore

/** Plain data with values of wrong types, missing or unknown members, in some places. */
export function mutateData(value: unknown, random: Random, depth = 0): unknown {
  if (random.chance(depth === 0 ? 0.05 : 0.15)) return random.pick(ODD_VALUES);
  if (Array.isArray(value)) {
    const copy = value.map((v) => mutateData(v, random, depth + 1));
    if (random.chance(0.1)) copy.push(random.pick(ODD_VALUES));
    return copy;
  }
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, v] of Object.entries(value)) if (!random.chance(0.1)) copy[key] = mutateData(v, random, depth + 1);
  if (random.chance(0.1)) copy[random.pick(['extra', 'count', 'start', 'name'])] = random.pick(ODD_VALUES);
  return copy;
}
