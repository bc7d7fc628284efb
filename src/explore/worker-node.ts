/** A worker thread that explores the parts that it is given. */
import { parentPort, workerData } from 'node:worker_threads';
import { Explorer } from './explore.js';
import type { FromWorker, ToWorker, WorkerTask } from './pool-node.js';

/** Milliseconds after which it looks whether it is to stop, and says how far it is. */
const SLICE = 100;

const port = parentPort;
if (port) {
  const { file, scenario, options, stop } = workerData as WorkerTask;
  const stopped = new Int32Array(stop);
  const say = (message: FromWorker): void => port.postMessage(message);
  port.on('message', ({ part, parts }: ToWorker) => {
    try {
      const explorer = new Explorer(file, file.scenarios[scenario]!, { ...options, part, parts });
      while (Atomics.load(stopped, 0) === 0 && explorer.advance(SLICE)) {
        const { complete, cutOff, findings } = explorer;
        say({ kind: 'progress', complete, cutOff, outcomes: findings.outcomes.size });
      }
      say({ kind: 'found', found: explorer.found() });
    } catch (error) {
      say({ kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}
