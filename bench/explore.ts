/** Exploring: schedules a second, what the reduction saves, and how both grow with bound, threads and steps. */
import { EXPLORE_DEFAULTS, Explorer, type Found } from '../src/explore/explore.js';
import { compileFile } from '../src/scenario/compile.js';
import type { CompiledFile } from '../src/scenario/program.js';
import { figure, rate, row, type Row } from './measure.js';

const SETUP = `
host mmap 0x10000000 len 2M rw
gmap vm limit 0xffff_ffff_ffff_ffff
map vm 0x0 len 2M to 0x10000000
notifier kvm
fault vm 0x0 write
mprotect_notify vm 0x0 len 4K PROT_READ
`;
/** Two threads with 108 steps: arming goes through a fix-up, reclaim takes the page. */
const TWO = threads('mprotect_notify vm 0x0 len 4K PROT_WRITE', 'host reclaim 0x10000000');

function threads(...bodies: string[]): CompiledFile {
  const blocks = bodies.map((body, i) => `thread t${i} {\n${body}\n}\n`);
  return compileFile(SETUP + blocks.join(''), 'bench.gmap').file!;
}

/** Everything within a bound; undefined: more schedules than `most`. */
function explored(file: CompiledFile, bound: number, reduce: boolean, most = Infinity): Found | undefined {
  const explorer = new Explorer(file, file.scenarios[0]!, { ...EXPLORE_DEFAULTS, bound, reduce });
  while (explorer.advance(20)) if (explorer.complete > most) return undefined;
  return explorer.found();
}

const runs = ({ complete, cutOff }: Found): number => complete + cutOff;

export function measureExploring(): Row[] {
  const speed = rate(() => runs(explored(TWO, 2, false)!));
  const reducedSpeed = rate(() => runs(explored(TWO, 3, true)!));
  const rows = [
    row('exploring: two threads, 108 steps, two preemptions', 'schedules/s', speed, 10_000),
    row('exploring: the same with the reduction, three preemptions', 'schedules/s', reducedSpeed, 10_000),
  ];
  const compare = (what: string, file: CompiledFile, bound: number): void => {
    const all = explored(file, bound, false, 60_000);
    const reduced = explored(file, bound, true)!;
    if (all) rows.push(figure(`${what}: all`, 'schedules', all.complete));
    rows.push(figure(`${what}: run to the end, reduced`, 'schedules', reduced.complete));
    rows.push(figure(`${what}: run in part, reduced`, 'schedules', reduced.cutOff));
  };
  for (const bound of [0, 1, 2, 3]) compare(`  2 threads, 108 steps, bound ${bound}`, TWO, bound);
  const pages = [0, 1, 2, 3].map((n) => `host write 0x1000${n}000`);
  for (const n of [2, 3, 4]) compare(`  ${n} threads, each a write, bound 2`, threads(...pages.slice(0, n)), 2);
  for (const n of [1, 2, 3]) {
    const body = (i: number): string => Array.from({ length: n }, () => pages[i]).join('\nhost reclaim 0x10001000\n');
    compare(`  2 threads, each ${n} writes, bound 2`, threads(body(0), body(1)), 2);
  }
  return rows;
}
