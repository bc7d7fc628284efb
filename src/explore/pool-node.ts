/** Explores on all cores: the work in parts, each part in a worker thread; what they find is put together. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CompiledFile } from '../scenario/program.js';
import { merged, NOTHING, type ExploreOptions, type Found } from './explore.js';

/** What a worker is told once, and then for each part. */
export interface WorkerTask {
  readonly file: CompiledFile;
  /** Number of the scenario in its file. */
  readonly scenario: number;
  readonly options: ExploreOptions;
  /** One word: not 0 when everybody is to stop. */
  readonly stop: SharedArrayBuffer;
}

export type ToWorker = { readonly part: number; readonly parts: number };

export type FromWorker =
  | { readonly kind: 'progress'; readonly complete: number; readonly cutOff: number; readonly outcomes: number }
  | { readonly kind: 'found'; readonly found: Found }
  | { readonly kind: 'error'; readonly message: string };

export interface Progress {
  readonly complete: number;
  readonly cutOff: number;
  /** Distinct outcomes in the part that has most. */
  readonly outcomes: number;
  /** Parts done, of all. */
  readonly done: number;
  readonly parts: number;
}

export interface PoolOptions {
  /** The worker's program. */
  readonly worker: string | URL;
  readonly execArgv?: readonly string[];
  /** Workers at the same time; as many as there are cores if not given. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** Parts for each worker: small ones, so that nobody waits long for the last. */
const PARTS_EACH = 8;

export async function exploreOnAllCores(
  file: CompiledFile,
  scenario: number,
  options: ExploreOptions,
  pool: PoolOptions,
): Promise<Found> {
  const jobs = Math.max(1, pool.jobs ?? availableParallelism());
  const count = jobs * PARTS_EACH;
  // Our own part of the whole, in parts: part 2 of 3 in 4 parts are the parts 1, 4, 7, 10 of 12.
  const parts = Array.from({ length: count }, (_, i) => options.part + i * options.parts);
  const all = options.parts * count;
  const stop = new SharedArrayBuffer(4);
  const stopAll = (): void => void Atomics.store(new Int32Array(stop), 0, 1);
  pool.signal?.addEventListener('abort', stopAll, { once: true });
  const found: Found[] = [];
  const running = new Map<number, { complete: number; cutOff: number; outcomes: number }>();
  let next = 0;
  const report = (): void => {
    const now = [...running.values()];
    const whole = merged(found);
    pool.progress?.({
      complete: now.reduce((n, r) => n + r.complete, whole.complete),
      cutOff: now.reduce((n, r) => n + r.cutOff, whole.cutOff),
      outcomes: Math.max(whole.outcomes.length, ...now.map((r) => r.outcomes)),
      done: found.length,
      parts: count,
    });
  };
  const task: WorkerTask = { file, scenario, options, stop };
  const work = (id: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(pool.worker, { workerData: task, execArgv: [...(pool.execArgv ?? [])] });
      const more = (): void => {
        const part = pool.signal?.aborted ? undefined : parts[next++];
        if (part === undefined) void worker.terminate().then(() => resolve());
        else worker.postMessage({ part, parts: all } satisfies ToWorker);
      };
      worker.on('error', (error) => {
        stopAll();
        reject(error);
      });
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'progress') running.set(id, message);
        else if (message.kind === 'found') {
          running.delete(id);
          found.push(message.found);
          more();
        } else {
          stopAll();
          void worker.terminate();
          reject(new Error(message.message));
        }
        report();
      });
      more();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, count) }, (_, id) => work(id)));
  } finally {
    pool.signal?.removeEventListener('abort', stopAll);
  }
  const whole = merged([NOTHING, ...found]);
  return found.length === count ? whole : { ...whole, finished: false };
}
