/**
 * Texts with places in them. Comments with carets name the places above the carets:
 *
 *     gmap vm limit 4G
 *     #    ^ declared
 */
import assert from 'node:assert/strict';
import type { Position, Range } from 'vscode-languageserver-types';
import type { Analysis } from '../../src/language/document.js';
import { Document } from '../../src/language/document.js';

export class Marked {
  readonly analysis: Analysis;
  private readonly places = new Map<string, Range>();

  constructor(text: string, uri = 'untitled:test.gmap') {
    let line = -1;
    let above = 0;
    for (const content of text.split('\n')) {
      line++;
      const markers = /^ *# *\^/.test(content) ? [...content.matchAll(/(\^+) ([^^]+)/g)] : [];
      if (!markers.length) above = line;
      for (const { index, 1: carets, 2: name } of markers) {
        const start = { line: above, character: index };
        const end = { line: above, character: index + carets!.length };
        this.places.set(name!.trim(), { start, end });
      }
    }
    this.analysis = new Document(uri, 1, text).analysis;
  }

  range(name: string): Range {
    const range = this.places.get(name);
    assert.ok(range, `no place is named ${name}`);
    return range;
  }

  at(name: string): Position {
    return this.range(name).start;
  }

  /** The names of the places that begin where these ranges do, in the order of the ranges. */
  namesOf(ranges: readonly Range[]): string[] {
    return ranges.map(({ start }) => {
      const found = [...this.places].find(
        ([, { start: own }]) => own.line === start.line && own.character === start.character,
      );
      return found?.[0] ?? `${start.line}:${start.character}`;
    });
  }

  /** The text with edits. */
  edited(edits: readonly { range: Range; newText: string }[]): string {
    const { analysis } = this;
    return [...edits]
      .sort((a, b) => analysis.offsetAt(b.range.start) - analysis.offsetAt(a.range.start))
      .reduce(
        (text, { range, newText }) =>
          text.slice(0, analysis.offsetAt(range.start)) + newText + text.slice(analysis.offsetAt(range.end)),
        analysis.text,
      );
  }
}
