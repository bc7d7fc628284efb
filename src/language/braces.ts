/** How deep in braces each line of a text stands. Tokens never span lines, so lines can be counted one by one. */
import { gmapServices } from '../scenario/language.js';
import type { Lines } from './lines.js';

export interface BraceCount {
  /** Braces opened minus braces closed. */
  readonly change: number;
  /** The least of that on the way through the line. */
  readonly least: number;
  /** Braces that are closed before anything else. */
  readonly leading: number;
}

const NONE: BraceCount = { change: 0, least: 0, leading: 0 };

export class Braces {
  private known = new Map<string, BraceCount>();

  /** The braces of each line. */
  counts(lines: Lines): BraceCount[] {
    const known = new Map<string, BraceCount>();
    const counts = Array.from({ length: lines.count }, (_, line) => {
      const text = lines.line(line);
      if (!text.includes('{') && !text.includes('}')) return NONE;
      const count = this.known.get(text) ?? known.get(text) ?? countBraces(text);
      known.set(text, count);
      return count;
    });
    this.known = known;
    return counts;
  }

  /** Open braces before each line, and at the end; undefined if one is closed that was not opened. */
  depths(lines: Lines): number[] | undefined {
    const depths = [0];
    let depth = 0;
    for (const { change, least } of this.counts(lines)) {
      if (depth + least < 0) return undefined;
      depths.push((depth += change));
    }
    return depths;
  }
}

function countBraces(line: string): BraceCount {
  let change = 0;
  let least = 0;
  const { tokens } = gmapServices().gmap.parser.Lexer.tokenize(line);
  for (const { image } of tokens) {
    if (image === '{') change++;
    if (image === '}') least = Math.min(least, --change);
  }
  const other = tokens.findIndex(({ image }) => image !== '}');
  return { change, least, leading: other < 0 ? tokens.length : other };
}
