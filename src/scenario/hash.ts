/** Hashes of 64 bits, as two lanes of 32. Not for secrets: for telling many things apart quickly. */

/** Stirs a word into a hash. */
export function mix(hash: number, word: number): number {
  let h = Math.imul(hash ^ word, 0x85eb_ca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2_ae35);
  return h ^ (h >>> 16);
}

/** A hash of words in order. */
export class Hash {
  a = 0x9e37_79b9 | 0;
  b = 0x7f4a_7c15 | 0;

  reset(): void {
    this.a = 0x9e37_79b9 | 0;
    this.b = 0x7f4a_7c15 | 0;
  }

  add(word: number): this {
    this.a = mix(this.a, word);
    this.b = mix(this.b ^ 0x5bd1_e995, word);
    return this;
  }

  text(text: string): this {
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i));
    return this.add(text.length);
  }

  toString(): string {
    const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
    return hex(this.a) + hex(this.b);
  }
}
