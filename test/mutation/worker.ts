/** Runs the probe on one bundle in a thread of its own, which ends with it. */
import { parentPort, workerData } from 'node:worker_threads';
import { readFileSync } from 'node:fs';
import type { CorpusRecord } from '../conformance/corpus.js';
import { probe } from './probe.js';

const { programs } = workerData as { programs: string };
probe(JSON.parse(readFileSync(programs, 'utf8')) as CorpusRecord[]).then(
  () => parentPort!.postMessage('survived'),
  () => parentPort!.postMessage('killed'),
);
