import { ScenarioRun } from '../../src/scenario/run.js';
import { compiled } from '../scenario/support.js';

/** A guest with two pages armed, one of them reclaimed; the last expectation fails. */
export const ARMED = `
host mmap 0x10000000 len 16M rw
gmap vm limit 4G
map vm 0x0 len 16M to 0x10000000
notifier kvm
scenario "armed" {
  mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0
  host reclaim 0x10002000 -> 0
  expect pte vm 0x3000 valid writable, pgste with IN
  expect notified kvm vm 0x2000..0x2fff 2 times
}
`;

/** Two threads that meet at one page, and a lock that one waits for. */
export const THREADS = `
host mmap 0x10000000 len 2M rw
gmap vm limit 4G
map vm 0x0 len 2M to 0x10000000
notifier kvm
fault vm 0x0 write
scenario "threads" {
  schedule steps reclaim 12, arm 10, reclaim 6, arm 61
  thread arm {
    mprotect_notify vm 0x0 len 4K PROT_READ -> 0
  }
  thread reclaim {
    host reclaim 0x10000000 -> 0
  }
  expect no notification
}
`;

/** About 116 steps for each repetition. */
export const long = (times: number): string => `
host mmap 0x10000000 len 16M rw
gmap vm limit 4G
map vm 0x0 len 16M to 0x10000000
notifier kvm
scenario "long" {
  repeat ${times} {
    mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0
    host reclaim 0x10002000 -> 0
    expect pte vm 0x3000 valid writable
  }
}
`;

/** The only scenario of a text, run to its end, with the cursor at the start. */
export function finished(text: string): ScenarioRun {
  const file = compiled(text);
  const run = new ScenarioRun(file, file.scenarios[0]!);
  run.finish();
  run.recording.seek(0);
  return run;
}
