/** A machine with one thread, driven by lines of the corpus' operation language. */
import { eventText, isEvent, resultText } from '../../src/engine/events.js';
import { Machine } from '../../src/engine/machine.js';
import { parseOperation, type Generation } from '../../src/engine/operation.js';
import { runOperation } from '../../src/engine/operations.js';
import { Task } from '../../src/engine/task.js';
import { Kind, Trace } from '../../src/engine/trace.js';

export class Bench {
  readonly trace = new Trace();
  readonly machine: Machine;
  private readonly task: Task;
  private count = 0;

  constructor(generation: Generation = 'after') {
    this.machine = new Machine({ generation, trace: this.trace });
    this.task = new Task(this.machine, 0);
  }

  /** Runs operations, one a line; the result of the last one as the corpus writes it. */
  run(...lines: string[]): string {
    for (const line of lines) {
      this.task.steps = Number.MAX_SAFE_INTEGER;
      runOperation(this.task, parseOperation(line), this.count++).next();
    }
    const last = this.trace.length - 1;
    return this.trace.kind(last) === Kind.End ? resultText(this.trace, last) : 'unfinished';
  }

  /** Begins a row for changes that a test makes itself. */
  edit(): void {
    this.trace.begin(Kind.Edit, 0, 0, 0, -1);
    this.trace.num(0).num(0);
  }

  /** Events from row `from` on. */
  events(from = 0): string[] {
    const texts: string[] = [];
    for (let n = from; n < this.trace.length; n++) {
      if (isEvent(this.trace.kind(n))) texts.push(eventText(this.trace, n, this.machine.generation));
    }
    return texts;
  }
}

/** 16 MB of host memory, mapped at guest address 0 of gmap g0, and one notifier. */
export const SMALL_GUEST = [
  'mmap vmaddr=0x10000000 len=0x1000000 prot=rw',
  'alloc g=0 limit=0xffffffffffffffff',
  'register nb=0',
  'map_segment g=0 from=0x10000000 to=0x0 len=0x1000000',
];
