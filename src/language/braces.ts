/** How deep in braces each line of a text stands. Tokens never span lines, so lines can be counted one by one. */
import { gmapServices } from '../scenario/language.js';
import type { Lines } from './lines.js';

interface Count {
  /** Braces opened minus braces closed. */
  readonly change: number;
  /** The least of that on the way through the line. */
  readonly least: number;
}

const NONE: Count = { change: 0, least: 0 };

export class Braces {
  private known = new Map<string, Count>();

  /** Open braces before each line, and at the end; undefined if one is closed that was not opened. */
  depths(lines: Lines): number[] | undefined {
    const known = new Map<string, Count>();
    const depths = [0];
    let depth = 0;
    let sound = true;
    for (let line = 0; line < lines.count; line++) {
      const text = lines.line(line);
      let count = NONE;
      if (text.includes('{') || text.includes('}')) {
        count = this.known.get(text) ?? known.get(text) ?? countBraces(text);
        known.set(text, count);
      }
      if (depth + count.least < 0) sound = false;
      depth += count.change;
      depths.push(depth);
    }
    this.known = known;
    return sound ? depths : undefined;
  }
}

function countBraces(line: string): Count {
  let change = 0;
  let least = 0;
  for (const { image } of gmapServices().gmap.parser.Lexer.tokenize(line).tokens) {
    if (image === '{') change++;
    if (image === '}') least = Math.min(least, --change);
  }
  return { change, least };
}
