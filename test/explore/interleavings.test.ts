import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { eventText } from '../../src/engine/events.js';
import { resultText } from '../../src/engine/events.js';
import { Kind } from '../../src/engine/trace.js';
import { Findings } from '../../src/explore/findings.js';
import { guided, recorded } from '../../src/explore/guided.js';
import { ThreadsRun } from '../../src/explore/replay.js';
import { Sign, signNames } from '../../src/explore/signs.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { misfit, parseSchedule } from '../../src/scenario/schedule-file.js';
import { corpus, explored, plain, program, textOf, type Program, type ThreadsRecord } from './support.js';

const folder = new URL('../../examples/threads/', import.meta.url);
const hand = new Map(
  corpus('handmade').flatMap((r): [string, ThreadsRecord][] => {
    const name = /^thr-(.*)\/hand$/.exec(r.name)?.[1];
    return name === undefined ? [] : [[name, r]];
  }),
);

function scheduleOf(name: string, p: Program) {
  const schedule = parseSchedule(textOf(`examples/threads/${name}.schedule`));
  assert.equal(misfit(schedule, p.file, p.scenario), undefined);
  return schedule;
}

/** Results of each thread, and the calls, as rows say it. */
function recordOf(run: ScenarioRun, threads: number): { rcs: string[][]; calls: string[] } {
  const { trace } = run.recording;
  const rcs: string[][] = Array.from({ length: threads }, () => []);
  const calls: string[] = [];
  for (let n = run.start; n < trace.length; n++) {
    const t = trace.task(n) - 1;
    if (t < 0) continue;
    if (trace.kind(n) === Kind.End) rcs[t]!.push(resultText(trace, n));
    if (trace.kind(n) === Kind.Notify) calls.push(`t${t} ${eventText(trace, n, 'after')}`);
  }
  return { rcs, calls };
}

describe('interleavings that the corpus names', function () {
  this.timeout(60_000);

  it('are all examples', () => {
    assert.equal(hand.size, 35);
    for (const name of hand.keys()) {
      assert.ok(existsSync(new URL(`${name}.gmap`, folder)), name);
      assert.ok(existsSync(new URL(`${name}.schedule`, folder)), name);
    }
  });

  for (const [name, record] of hand) {
    it(`${name}: its saved schedule does what was recorded`, () => {
      const p = program(textOf(`examples/threads/${name}.gmap`), `${name}.gmap`);
      const { choices } = scheduleOf(name, p);
      assert.deepEqual(
        choices.map(({ count }) => count),
        record.schedule.map(([, count]) => count),
      );
      const run = new ScenarioRun(p.file, p.scenario, { choices });
      run.finish();
      const { rcs, calls } = recordOf(run, record.threads.length);
      assert.deepEqual(
        rcs,
        record.rcs.map((list) => list.map(String)),
      );
      const recordedCalls = record.ev.filter(([, e]) => e.startsWith('N ')).map(([t, e]) => `t${t} ${e}`);
      assert.deepEqual(calls, recordedCalls);
      const [kind, text] = /^(ok|BUG t\d|DEADLOCK) ?(.*)$/.exec(record.outcome)!.slice(1) as [string, string];
      if (kind === 'ok') assert.equal(run.outcome?.kind, 'ended');
      else if (kind === 'DEADLOCK') assert.equal(run.outcome?.kind, 'deadlock');
      else assert.deepEqual({ ...run.outcome, expected: false }, { kind: 'bug', text, expected: false });
    });

    it(`${name}: found from the plain program, without a schedule`, () => {
      const p = plain(record);
      const findings = new Findings(new ThreadsRun(p.file, p.scenario));
      guided(findings.run, findings, recorded(record.schedule.map(([t, n]) => [`t${t}`, n])));
      const wanted = findings.last!;
      const { outcomes } = explored(p, { bound: 2 });
      const found = outcomes.find(({ key }) => key === wanted.key);
      assert.ok(found, 'the outcome');
      // Spinning at a lock that is held is no part of what the reduction keeps; here it is found all the same.
      const signs = findings.signs & ~(1 << Sign.Spun);
      const ways = found.ways.map((way) => way.signs & ~(1 << Sign.Spun));
      assert.ok(
        ways.includes(signs),
        `${signNames(signs).join(' ')} is none of ${ways.map((w) => signNames(w).join(' ')).join('; ')}`,
      );
      if (findings.signs & (1 << Sign.Spun)) assert.ok(found.ways.some((way) => way.signs & (1 << Sign.Spun)));
    });
  }

  it('schedules beside the examples fit them', () => {
    for (const file of readdirSync(folder)) {
      const name = /^(.*)\.schedule$/.exec(file)?.[1];
      if (name !== undefined) scheduleOf(name, program(textOf(`examples/threads/${name}.gmap`), `${name}.gmap`));
    }
  });
});
