/**
 * What whole operations one after the other come to, in every order: an outcome that is not among these came about
 * only because threads met inside their operations.
 */
import { Findings } from './findings.js';
import { guided } from './guided.js';
import type { ThreadsRun } from './replay.js';

export interface SerialOutcomes {
  /** Keys of the outcomes. */
  readonly keys: ReadonlySet<string>;
  /** Number of orders that were run. */
  readonly orders: number;
  /** Not all orders could be run: too many. */
  readonly incomplete: boolean;
}

const NOBODY = -1;

/**
 * Runs the orders of whole operations, depth first; an order whose state was met before, with the same operations left,
 * is not followed. An order in which an operation has to wait while another thread could go on is none.
 */
export function serialOutcomes(run: ThreadsRun, most = 20_000): SerialOutcomes {
  const findings = new Findings(run);
  const seen = new Set<string>();
  /** At each operation of the path: which thread takes it, and which others are still to be tried. */
  const path: { thread: number; todo: number }[] = [];
  let orders = 0;
  do {
    let depth = 0;
    const fixed = path.length;
    guided(run, findings, (block, current) => {
      if (current !== NOBODY && !block.betweenOperations(current)) {
        if (block.canRun(current)) return { thread: current, steps: 1 };
        // It waits inside its operation: no order of whole operations, unless nobody can go on at all.
        return undefined;
      }
      if (depth >= fixed) {
        if (depth > 0) {
          const state = findings.progress();
          if (seen.has(state)) return undefined;
          seen.add(state);
        }
        const runnable = block.runnable();
        const thread = 31 - Math.clz32(runnable & -runnable);
        path.push({ thread, todo: runnable & (runnable - 1) });
      }
      return { thread: path[depth++]!.thread, steps: 1 };
    });
    orders++;
    while (path.length > 0 && path.at(-1)!.todo === 0) path.pop();
    const last = path.at(-1);
    if (last) {
      last.thread = 31 - Math.clz32(last.todo & -last.todo);
      last.todo &= last.todo - 1;
    }
  } while (path.length > 0 && orders < most);
  return { keys: new Set(findings.outcomes.keys()), orders, incomplete: path.length > 0 };
}
