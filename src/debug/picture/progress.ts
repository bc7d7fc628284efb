/** How far the walk that the code is in has come. */
import { Kind } from '../../engine/trace.js';
import { hostPteAddress } from '../../engine/inspect.js';
import type { ScenarioRun } from '../../scenario/run.js';

/** Rows of one call that are looked through. */
const LOOK = 20_000;

export class Progress {
  private readonly read = new Set<number>();
  private next = 0;
  /** A walk of guest tables is going on. */
  private readonly walking: boolean = false;

  /** @param row the step that comes next */
  constructor(run: ScenarioRun, row: number) {
    const { recording } = run;
    const { trace } = recording;
    if (row >= recording.length) return;
    if (trace.kind(row) === Kind.Walk) {
      this.next = trace.operand(row, 4);
      this.walking = true;
    }
    for (const frame of recording.frames(row)) {
      for (const { kind, value } of recording.arguments(frame)) {
        if ((kind === 'pte' || kind === 'ptep') && value !== undefined) {
          this.read.add(hostPteAddress(recording.machine, value));
        }
      }
      if (this.walking && this.read.size > 0) break;
      const first = Math.max(frame.call + 1, row - LOOK);
      for (let n = row - 1; n >= first; n--) {
        if (trace.kind(n) !== Kind.Walk || trace.caller(n) !== frame.call) continue;
        this.read.add(trace.operand(n, 4));
        this.walking = true;
      }
    }
  }

  /** How far it is with an entry on the path; undefined where no walk is going on. */
  reach(address: number, side: 'guest' | 'host'): 'read' | 'next' | 'ahead' | undefined {
    if (address === this.next) return 'next';
    if (this.read.has(address)) return 'read';
    return this.walking && side === 'guest' ? 'ahead' : undefined;
  }
}
