/**
 * `npm run bench`: what the engine and the recording cost, medians of several rounds. `--json` prints the rows as
 * JSON. Run it on a quiet machine, and nothing beside it.
 */
import { Machine } from '../src/engine/machine.js';
import { parseOperation } from '../src/engine/operation.js';
import { runOperation } from '../src/engine/operations.js';
import { Task } from '../src/engine/task.js';
import { Trace } from '../src/engine/trace.js';

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly aim: number;
  readonly met: boolean;
}

const ROUNDS = 7;
const SETUP = [
  'mmap vmaddr=0x10000000 len=0x1000000 prot=rw',
  'alloc g=0 limit=0xffffffffffffffff',
  'register nb=0',
  'map_segment g=0 from=0x10000000 to=0x0 len=0x1000000',
  'mprotect_notify g=0 gaddr=0x0 len=0x100000 prot=write',
];
const ARM = parseOperation('mprotect_notify g=0 gaddr=0x0 len=0x100000 prot=write');

function prepared(recording: boolean): { task: Task; trace: Trace } {
  const trace = new Trace(100_000_000);
  trace.recording = recording;
  const machine = new Machine({ trace });
  const task = new Task(machine, 0);
  for (const line of SETUP) run(task, line);
  return { task, trace };
}

function run(task: Task, op: string | ReturnType<typeof parseOperation>): void {
  task.steps = Number.MAX_SAFE_INTEGER;
  runOperation(task, typeof op === 'string' ? parseOperation(op) : op, 0).next();
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Median of `rounds` rates, each measured by `work`, which returns how much it did. */
function rate(work: () => number): number {
  work();
  return median(
    Array.from({ length: ROUNDS }, () => {
      const from = performance.now();
      const done = work();
      return (done / (performance.now() - from)) * 1000;
    }),
  );
}

function measure(): Row[] {
  let bytes = 0;
  const recorded = rate(() => {
    const { task, trace } = prepared(true);
    const from = trace.length;
    while (trace.length < 2_000_000) run(task, ARM);
    bytes = trace.usedBytes / trace.length;
    return trace.length - from;
  });
  const { task } = prepared(false);
  const calls = rate(() => {
    for (let i = 0; i < 1000; i++) run(task, ARM);
    return 1000;
  });
  const row = (name: string, unit: string, value: number, aim: number, most = false): Row => ({
    name,
    unit,
    value,
    aim,
    met: most ? value <= aim : value >= aim,
  });
  return [
    row('micro-steps recorded', 'per second', recorded, 10_000_000),
    row('a recorded micro-step', 'bytes', bytes, 32, true),
    row('gmap_mprotect_notify over 256 linked pages, not recorded', 'calls per second', calls, 283_000),
  ];
}

const rows = measure();
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, undefined, 1));
else {
  for (const { name, unit, value, aim, met } of rows) {
    const shown = value < 1000 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
    console.log(
      `${name.padEnd(60)} ${shown.padStart(12)} ${unit.padEnd(17)} aim ${aim.toLocaleString('en').padStart(10)}  ${met ? 'met' : 'missed'}`,
    );
  }
}
