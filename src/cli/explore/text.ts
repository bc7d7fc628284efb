/** What exploring found, as a person reads it. */
import { answerWords } from '../../engine/events.js';
import { stateDifferences } from '../../explore/difference.js';
import type { Exploration, ExploredOutcome, ExploreOptions } from '../../explore/explore.js';
import type { Schedule } from '../../explore/findings.js';
import { endText } from '../../explore/save.js';
import { SIGNS, signNames } from '../../explore/signs.js';
import type { Output } from '../terminal.js';
import { plural } from '../words.js';

/** Most of each that is listed; --json has all. */
const MOST_OUTCOMES = 20;
const MOST_WAYS = 5;
const MOST_DIFFERENCES = 6;
const MOST_TURNS = 12;

const number = (n: number): string => n.toLocaleString('en');

function howText({ mode, bound, reduce, seed, depth, part, parts }: ExploreOptions): string {
  const shard = parts > 1 ? `, part ${part + 1} of ${parts}` : '';
  switch (mode) {
    case 'all':
      return `all schedules of at most ${plural(bound, 'preemption')}${reduce ? '' : ', without reduction'}${shard}`;
    case 'random':
      return `random schedules from seed ${seed}${shard}`;
    case 'pct':
      return `schedules by random priorities (PCT) of depth ${depth} from seed ${seed}${shard}`;
  }
}

/** `reclaim 12, unmap 16`: as a schedule statement has it. */
function scheduleText({ choices }: Schedule): string {
  const turns = choices.slice(0, MOST_TURNS).map(([thread, steps]) => `${thread} ${steps}`);
  return turns.join(', ') + (choices.length > MOST_TURNS ? `, … (${choices.length} turns)` : '');
}

export function explorationText(
  out: Output,
  path: string,
  exploration: Exploration,
  seconds: number,
  { quiet, saved }: { quiet: boolean; saved: string | undefined },
): void {
  const { outcomes, options, complete, cutOff, finished } = exploration;
  const { paint } = out;
  const failing = outcomes.filter((o) => o.outcome.failed);
  const races = outcomes.filter((o) => o.race);
  if (quiet && failing.length === 0) return;
  const mark = failing.length > 0 ? paint('red', '✗') : paint('green', '✓');
  out.line(`${paint('bold', path)}`);
  out.line(`  ${mark} ${exploration.scenario}`);
  const cut = cutOff > 0 ? `, ${number(cutOff)} more cut off as equivalent to others` : '';
  out.line(paint('dim', `    ${howText(options)}: ${number(complete)} run${cut} (${seconds.toFixed(2)} s)`));
  if (!finished) out.line(paint('yellow', '    stopped before the end: this is what was found so far'));
  if (!exploration.allOrders) {
    const orders = number(exploration.orders);
    out.line(
      paint('yellow', `    more than ${orders} orders of whole operations: which outcomes are races is not told`),
    );
  }
  const count = `${plural(outcomes.length, 'outcome')}: ${plural(races.length, 'race')}, ${failing.length} failing`;
  out.line(`    ${count}`);
  const usual = outcomes.find((o) => o.key === exploration.written);
  const shown = (quiet ? failing : outcomes).slice(0, MOST_OUTCOMES);
  for (const [i, outcome] of shown.entries()) outcomeText(out, i + 1, outcome, usual);
  const more = (quiet ? failing : outcomes).length - shown.length;
  if (more > 0) out.line(`\n    … and ${plural(more, 'more outcome')}; --json has all`);
  legend(out, shown);
  if (saved !== undefined) {
    out.line(`\n    the simplest failing schedule is saved in ${saved}; to see it step by step:`);
    out.line(`      gmap debug ${path} --schedule ${saved}`);
    out.line(`      gmap trace ${path} --schedule ${saved}`);
  }
  out.line();
}

function outcomeText(out: Output, n: number, found: ExploredOutcome, usual: ExploredOutcome | undefined): void {
  const { paint } = out;
  const { outcome } = found;
  const marks = [
    ...(outcome.failed ? [paint('red', 'fails')] : []),
    ...(found.race ? [paint('yellow', 'race')] : []),
    ...(found === usual ? [paint('dim', 'as written')] : []),
  ];
  const line = (name: string, text: string): void => out.line(`       ${paint('dim', name.padEnd(10))} ${text}`);
  out.line();
  const head = `  ${String(n).padStart(4)}  ${plural(found.schedules, 'schedule')}`;
  out.line(marks.length > 0 ? `${head}: ${marks.join(', ')}` : head);
  if (outcome.end.kind !== 'ended') line('ends', paint('red', endText(outcome.end)));
  if (outcome.results.length > 0) {
    const answers = outcome.results.map((r) => `${r.thread || 'then'} ${r.answers.map(answerWords).join(' ') || '-'}`);
    line('answers', answers.join(', '));
  }
  const calls = Object.entries(outcome.calls).map(([page, who]) => `${page}: ${who.join(' ')}`);
  if (calls.length > 0) line('notified', calls.join(', '));
  else if (outcome.end.kind === 'ended') line('notified', 'nobody');
  if (outcome.broken !== undefined) line('broken', paint('red', outcome.broken));
  for (const f of outcome.failures) {
    line('fails', `${f.line}: ${f.statement}`);
    line('', `expected ${f.expected}, found ${f.found}`);
  }
  if (usual && found !== usual && usual.outcome.state && outcome.state) {
    const differences = stateDifferences(usual.outcome.state, outcome.state);
    for (const [i, d] of differences.slice(0, MOST_DIFFERENCES).entries()) {
      line(i === 0 ? 'state' : '', `${d.what}: ${d.here ?? 'nothing'}, as written ${d.usual ?? 'nothing'}`);
    }
    if (differences.length > MOST_DIFFERENCES) line('', `… ${plural(differences.length, 'difference')} in all`);
  }
  for (const [i, way] of found.ways.slice(0, MOST_WAYS).entries()) {
    const signs = signNames(way.signs).join(' ');
    line(i === 0 ? 'schedule' : '', `${scheduleText(way.example)}${signs ? paint('cyan', `   ${signs}`) : ''}`);
  }
  if (found.ways.length > MOST_WAYS) line('', `… ${plural(found.ways.length, 'way')} in all`);
}

/** What the signs mean that were shown. */
function legend(out: Output, shown: readonly ExploredOutcome[]): void {
  const signs = shown.flatMap((o) => o.ways.slice(0, MOST_WAYS)).reduce((all, way) => all | way.signs, 0);
  if (signs === 0) return;
  out.line();
  for (const { sign, name, text } of SIGNS) {
    if (signs & (1 << sign)) out.line(`       ${out.paint('cyan', name.padEnd(12))} ${text}`);
  }
}
