/** When memory changed: questions to the rows about one word, or about everything between two moments. */
import type { Machine } from '../engine/machine.js';
import type { Recording } from './recording.js';

/** A row that changed a doubleword. */
export interface Change {
  readonly row: number;
  readonly before: bigint;
  readonly after: bigint;
}

/** Every change of the doubleword at `address` (under a mask) recorded so far, oldest first. */
export function changesOf(recording: Recording, address: number, mask = 0xffff_ffff_ffff_ffffn): Change[] {
  const { trace, machine } = recording;
  const index = (address >>> 3) * 2;
  // From the value at the cursor back to the first, then forwards.
  const rows: { row: number; xor: bigint }[] = [];
  let value = (BigInt(machine.mem[index] ?? 0) << 32n) | BigInt(machine.mem[index + 1] ?? 0);
  for (const row of [...recording.changes(address)].reverse()) {
    let xor = 0n;
    for (let i = trace.changeCount(row) - 1; i >= 0; i--) {
      const at = trace.changeIndex(row, i);
      if (at === index) xor ^= BigInt(trace.changeXor(row, i)) << 32n;
      else if (at === index + 1) xor ^= BigInt(trace.changeXor(row, i));
    }
    if (xor === 0n) continue;
    rows.push({ row, xor });
    if (row < recording.position) value ^= xor;
  }
  const changes: Change[] = [];
  for (const { row, xor } of rows) {
    const after = value ^ xor;
    if ((xor & mask) !== 0n) changes.push({ row, before: value, after });
    value = after;
  }
  return changes;
}

/** What changed between two moments of a run: old XOR new of each half word. */
export class Difference {
  private readonly xor: Uint32Array;

  constructor(
    private readonly machine: Machine,
    recording: Recording,
    from: number,
    to: number,
  ) {
    this.xor = new Uint32Array(machine.mem.length);
    recording.trace.toggle(this.xor, Math.min(from, to), Math.max(from, to));
  }

  /** Did the doubleword at an address change, under a mask? Then: its value before. */
  before(address: number, mask = 0xffff_ffff_ffff_ffffn): bigint | undefined {
    const index = address >>> 2;
    const xor = (BigInt(this.xor[index] ?? 0) << 32n) | BigInt(this.xor[index + 1] ?? 0);
    if ((xor & mask) === 0n) return undefined;
    return (BigInt(this.machine.hi(address)) << 32n | BigInt(this.machine.lo(address))) ^ xor; // prettier-ignore
  }

  /** Addresses of the doublewords that changed, ascending. */
  *addresses(): Generator<number> {
    for (let i = 0; i < this.xor.length; i += 2) if (this.xor[i] || this.xor[i + 1]) yield i * 4;
  }
}
