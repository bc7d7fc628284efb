/** Examples and explanations for `--help`. */

const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, what: string])[]>> = {
  run: [
    ['gmap run prefix.gmap', 'run all scenarios of a file'],
    ['gmap run examples', 'run a folder'],
    ["gmap run prefix.gmap --scenario '*reclaim*'", 'some of them, by name'],
    ['gmap run prefix.gmap --generation before', 'in the kernel code before the commit'],
    ['gmap run scenarios --junit report.xml --quiet', 'in CI'],
    ['gmap run scenarios --shard 2/5', 'the second of five machines'],
    ['gmap run scenarios --coverage', 'what do they test?'],
  ],
  debug: [
    ['gmap debug prefix.gmap', 'from its first statement on'],
    ["gmap debug prefix.gmap --scenario 'a reclaimed*'", 'one of its scenarios'],
    ['gmap debug threads.gmap --schedule threads.schedule', 'under a saved schedule'],
    ['gmap debug prefix.gmap < script', 'commands from a file; what is printed is the same every time'],
    ["printf 'catch notifier\\nc\\nbt\\n' | gmap debug prefix.gmap", 'who calls the notifier?'],
  ],
  check: [
    ['gmap check prefix.gmap', 'one file'],
    ['gmap check examples scenarios', 'everything in two folders'],
  ],
  diff: [
    ['gmap diff prefix.gmap', 'what did the commit change?'],
    ['gmap diff prefix.gmap --counterparts', 'ipte_notify where the older code has no mprotect_notify'],
  ],
  explore: [
    ['gmap explore threads.gmap', 'all schedules of at most two preemptions'],
    ['gmap explore threads.gmap --bound 3', 'of at most three'],
    ['gmap explore threads.gmap --pct --time 60', 'a minute of chance'],
    ['gmap explore threads.gmap --shard 1/4 --json > 1.json', 'on the first of four machines'],
    ['gmap explore threads.gmap --merge 1.json 2.json 3.json 4.json', 'put together what they found'],
  ],
  convert: [
    ['gmap convert traces.jsonl.gz --list', 'which programs are there?'],
    ['gmap convert traces.jsonl.gz --program mpn_basic', 'one of them'],
    ["gmap convert traces.jsonl.gz --program 'rand-*' -o scenarios", 'many, each into a file'],
  ],
  dap: [
    ['gmap dap', 'what an editor starts'],
    ['gmap dap --port 4711', 'what an editor connects to'],
  ],
  lsp: [['gmap lsp --stdio', 'what an editor starts']],
  completion: [
    ['source <(gmap completion bash)', 'bash, for now; put the line into ~/.bashrc to keep it'],
    ['source <(gmap completion zsh)', 'zsh, behind compinit'],
    ['gmap completion fish > ~/.config/fish/completions/gmap.fish', 'fish'],
  ],
  trace: [
    ['gmap trace prefix.gmap', 'all that happens, step by step'],
    ['gmap trace threads.gmap --schedule threads.schedule', 'under a saved schedule'],
    ["gmap trace prefix.gmap --scenario 'a reclaimed*'", 'in one scenario'],
    ['gmap trace prefix.gmap --function gmap_table_walk', 'inside one function'],
    ['gmap trace prefix.gmap --from 120 --to 180', 'steps 120 to 180'],
    ['gmap trace prefix.gmap --events', 'the bare events, to compare with diff'],
    ['gmap trace prefix.gmap --json', 'for programs: one JSON object a step'],
  ],
};

export function examples(command: string): string {
  const lines = EXAMPLES[command] ?? [];
  const width = Math.max(...lines.map(([line]) => line.length));
  return ['', 'Examples:', ...lines.map(([line, what]) => `  ${line.padEnd(width)}  # ${what}`)].join('\n');
}

export const FIRST_STEPS = `
First steps:
  gmap run prefix.gmap      do the expectations hold?
  gmap trace prefix.gmap    what happens, step by step
  gmap debug prefix.gmap    step through it, forwards and backwards
  gmap help run             everything about one command

A scenario says what happens, and what must hold:
  host mmap 0x10000000 len 1M rw
  gmap vm limit 4G
  map vm 0x0 len 1M to 0x10000000
  mprotect_notify vm 0x2000 len 4K PROT_WRITE -> 0
  expect pte vm 0x2000 valid writable, pgste with IN`;

export const HELP_EXIT_CODES = `
Exit codes:
  0  everything holds
  1  an expectation failed, or a scenario ended in a BUG, a deadlock or a limit that nobody expected
  2  a scenario with errors, a file that cannot be read, a wrong option`;
