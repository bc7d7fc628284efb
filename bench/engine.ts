import { rate, row, type Row } from './measure.js';
import { Machine } from '../src/engine/machine.js';
import { parseOperation } from '../src/engine/operation.js';
import { runOperation } from '../src/engine/operations.js';
import { Task } from '../src/engine/task.js';
import { Trace } from '../src/engine/trace.js';

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

/** Recording, and the heart of the commit without it. */
export function measureEngine(): Row[] {
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
  return [
    row('micro-steps recorded', 'per second', recorded, 10_000_000),
    row('a recorded micro-step', 'bytes', bytes, 32, true),
    row('gmap_mprotect_notify over 256 linked pages, not recorded', 'calls per second', calls, 283_000),
  ];
}
