/**
 * `npm run races`: explores the threaded programs of the corpus without their schedules, and prints what came of it:
 * numbers, and for each kind of outcome how many programs have it, with the simplest schedule. docs/races.md tells
 * what it found. Every program is run for as many schedules as `--schedules` says at most, for each bound.
 */
import { parseArgs } from 'node:util';
import { concluded, EXPLORE_DEFAULTS, Explorer, type ExploredOutcome } from '../../src/explore/explore.js';
import { compareSchedules, type Way } from '../../src/explore/findings.js';
import { Sign, signNames } from '../../src/explore/signs.js';
import { corpus, plain } from './support.js';

interface Kind {
  readonly programs: Set<string>;
  outcomes: number;
  example: { readonly program: string; readonly way: Way };
}

/** What is part of an outcome and not of any that an order of whole operations gives, as far as these were met. */
function unusual({ outcome }: ExploredOutcome, outcomes: readonly ExploredOutcome[]): string {
  const others = outcomes.filter((o) => !o.race).map((o) => o.outcome);
  const parts = (['results', 'calls', 'state'] as const).filter((part) => {
    const own = JSON.stringify(outcome[part]);
    return others.every((other) => JSON.stringify(other[part]) !== own);
  });
  return parts.join(', ') || 'together';
}

/** What an outcome is of, without the names of threads, gmaps and pages; and the simplest way to it. */
function kindsOf(found: ExploredOutcome, outcomes: readonly ExploredOutcome[]): Map<string, Way> {
  const { outcome, race, ways } = found;
  const { end, broken } = outcome;
  const kinds = new Map<string, Way>();
  for (const way of ways.toReversed()) for (const sign of signNames(way.signs)) kinds.set(`sign ${sign}`, way);
  const how = race ? 'race' : 'order';
  const first = ways[0]!;
  if (end.kind === 'ended') {
    const signs = signNames(first.signs & ~(1 << Sign.Spun));
    kinds.set(race ? `race: ${[unusual(found, outcomes), ...signs].join(' ')}` : 'order: ends', first);
  } else {
    const text = end.text
      .replace(/\b(t|g)\d+\b/g, '$1')
      .split('; ')
      .sort()
      .join('; ');
    kinds.set(`${how}: ${end.kind}: ${text}`, first);
  }
  if (broken !== undefined) kinds.set(`${how}: broken invariant: ${broken}`, first);
  return kinds;
}

function exploreCorpus(bound: number, schedules: number): void {
  const options = { ...EXPLORE_DEFAULTS, bound };
  const programs = new Map([...corpus('handmade'), ...corpus('random-a')].map((r) => [r.name.split('/')[0]!, r]));
  const kinds = new Map<string, Kind>();
  const sum = { programs: 0, whole: 0, complete: 0, cutOff: 0, outcomes: 0, races: 0, racy: 0, untold: 0 };
  for (const [program, record] of programs) {
    const { file, scenario } = plain(record);
    const explorer = new Explorer(file, scenario, options);
    while (explorer.complete + explorer.cutOff < schedules && explorer.advance(0));
    const { outcomes, complete, cutOff, finished, allOrders } = concluded(file, scenario, options, explorer.found());
    const races = outcomes.filter((o) => o.race).length;
    sum.programs++;
    sum.whole += Number(finished);
    sum.complete += complete;
    sum.cutOff += cutOff;
    sum.outcomes += outcomes.length;
    sum.races += races;
    sum.racy += Number(races > 0);
    sum.untold += Number(!allOrders);
    for (const outcome of outcomes) {
      for (const [name, way] of kindsOf(outcome, outcomes)) {
        const kind = kinds.get(name) ?? { programs: new Set(), outcomes: 0, example: { program, way } };
        kinds.set(name, kind);
        kind.programs.add(program);
        kind.outcomes++;
        if (compareSchedules(way.example, kind.example.way.example) < 0) kind.example = { program, way };
      }
    }
  }
  console.log(`at most ${bound} preemptions, ${schedules} schedules a program`);
  console.log(
    `  ${sum.programs} programs (${sum.whole} explored to the end): ${sum.complete} schedules run, ${sum.cutOff} cut off`,
  );
  console.log(
    `  ${sum.outcomes} outcomes, ${sum.races} races in ${sum.racy} programs (${sum.untold} with too many orders)`,
  );
  for (const [name, { programs: of, outcomes, example }] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { choices } = example.way.example;
    console.log(`  ${name}: ${outcomes} outcomes in ${of.size} programs`);
    console.log(`      ${example.program}: ${choices.map(([thread, steps]) => `${thread} ${steps}`).join(', ')}`);
  }
}

const { values } = parseArgs({
  options: {
    bound: { type: 'string', multiple: true, default: ['1', '2'] },
    schedules: { type: 'string', default: '4000' },
  },
});
for (const bound of values.bound) exploreCorpus(Number(bound), Number(values.schedules));
