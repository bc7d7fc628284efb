/** Who waits for whom when nobody can go on: the circle, without those who merely wait for somebody in it. */
import { SEM, type Machine } from '../engine/machine.js';
import { waitName } from '../engine/scheduler.js';
import { holders, type Wait } from '../engine/task.js';

/** Tasks that have to do something before the waiting one can go on. */
function blockers(m: Machine, task: number, wait: Wait): { tasks: readonly number[]; ahead: boolean } {
  const tasks = holders(m, wait);
  if (wait.kind !== 'sem' || wait.mode === 'w' || m.get(wait.lock + SEM.writer) !== 0) return { tasks, ahead: false };
  // Readers share it: who is in the way is the writer that queues in front.
  const queue = m.queue(wait.lock);
  const before = queue.slice(
    0,
    queue.findIndex((w) => w.task === task),
  );
  return { tasks: before.filter((w) => w.mode === 'w').map((w) => w.task), ahead: true };
}

/** `reader waits for mmap_sem:r behind writer; writer waits for mmap_sem:w held by reader`. */
export function circle(m: Machine, waits: ReadonlyMap<number, Wait>, name: (task: number) => string): string {
  const edges = new Map([...waits].map(([task, wait]) => [task, blockers(m, task, wait)]));
  const reaches = (from: number, to: number): boolean => {
    const seen = new Set<number>();
    const stack = [...(edges.get(from)?.tasks ?? [])];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (at === to) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      stack.push(...(edges.get(at)?.tasks ?? []));
    }
    return false;
  };
  const inCircle = [...edges.keys()].filter((task) => reaches(task, task));
  const shown = inCircle.length > 0 ? inCircle : [...edges.keys()];
  return shown
    .map((task) => {
      const { tasks, ahead } = edges.get(task)!;
      const who = tasks.map(name).join(' and ') || 'nobody';
      return `${name(task)} waits for ${waitName(m, waits.get(task)!)} ${ahead ? 'behind' : 'held by'} ${who}`;
    })
    .join('; ');
}
