/** The conformance corpus: its record format, and reading it line by line from plain or gzip'ed files. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { MachineState } from '../../src/engine/snapshot.js';

export type ResultValue = number | string;

export interface OperationRecord {
  readonly op: string;
  readonly rc: ResultValue;
  readonly ev: readonly string[];
  readonly d: Partial<Record<keyof MachineState, unknown>>;
  readonly st?: MachineState;
}

export interface SingleRecord {
  readonly name: string;
  readonly gen: 'after' | 'before';
  readonly recs: readonly OperationRecord[];
  readonly end: MachineState;
}

export interface ThreadRecord {
  readonly name: string;
  readonly gen: 'after' | 'before';
  readonly setup: readonly OperationRecord[];
  readonly threads: readonly (readonly string[])[];
  readonly schedule: readonly (readonly [thread: number, steps: number])[];
  readonly ev: readonly (readonly [thread: number, event: string])[];
  readonly rcs: readonly (readonly ResultValue[])[];
  readonly outcome: string;
  readonly mid?: MachineState;
  readonly after?: readonly OperationRecord[];
  readonly end: MachineState;
}

export type CorpusRecord = SingleRecord | ThreadRecord;

export const isThreaded = (record: CorpusRecord): record is ThreadRecord => 'threads' in record;

/**
 * Reads a corpus file one record at a time, in bounded memory.
 * @throws Error that names the file and line of a record that is no JSON object of a known form
 */
export async function* readCorpus(file: string): AsyncGenerator<CorpusRecord> {
  const handle = await open(file);
  const magic = new Uint8Array(2);
  await handle.read(magic, 0, 2, 0);
  await handle.close();
  const raw = createReadStream(file);
  const zipped = magic[0] === 0x1f && magic[1] === 0x8b;
  const input = zipped ? raw.pipe(createGunzip()) : raw;
  let failure: Error | undefined;
  raw.on('error', (e) => (failure = e));
  input.on('error', (e: Error) => (failure = e));
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number++;
    if (!line.trim()) continue;
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch (e) {
      throw new Error(`${file}:${number}: not JSON: ${(e as Error).message}`, { cause: e });
    }
    const fields = record as Record<string, unknown> | null;
    const known =
      typeof fields?.['name'] === 'string' && (Array.isArray(fields['recs']) || Array.isArray(fields['threads']));
    if (!known) throw new Error(`${file}:${number}: not a program record: it needs "name", and "recs" or "threads"`);
    yield record as CorpusRecord;
  }
  if (failure) throw new Error(`${file}: ${failure.message}`, { cause: failure });
}
