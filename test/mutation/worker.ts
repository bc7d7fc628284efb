/** Runs the probe on one bundle in a process of its own: it ends with 0 if nothing was noticed. */
import { readFileSync } from 'node:fs';
import type { CorpusRecord } from '../conformance/corpus.js';
import { probe } from './probe.js';

probe(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as CorpusRecord[]).then(
  () => process.exit(0),
  () => process.exit(1),
);
