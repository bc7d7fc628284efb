import assert from 'node:assert/strict';
import {
  formatSchedule,
  misfit,
  parseSchedule,
  programHash,
  ScheduleFileError,
} from '../../src/scenario/schedule-file.js';
import { compiled } from './support.js';

const SETUP = 'let base = 0x10000000\nhost mmap base len 1M rw\n';
const threads = (body = 'host age base'): string =>
  `${SETUP}scenario "two" {\n  thread a {\n    host write base\n  }\n  thread b {\n    ${body}\n  }\n}\n`;

describe('schedule files', () => {
  const file = compiled(threads());
  const scenario = file.scenarios[0]!;
  const program = programHash(file, scenario);
  const choices = [
    { thread: 'a', count: 12 },
    { thread: 'b', count: 3 },
    { thread: 'a', count: 1 },
  ];

  it('say what they said when they were written', () => {
    const text = formatSchedule({ scenario: scenario.name, program, choices }, ['a stops', '', 'before b']);
    assert.deepEqual(parseSchedule(text), { scenario: 'two', program, choices });
    assert.equal(
      text,
      `gmap schedule 1\nscenario "two"\nprogram ${program}\n\n# a stops\n#\n# before b\na 12\nb 3\na 1\n`,
    );
    const odd = { scenario: 'a "quoted" # name\\', choices };
    assert.deepEqual(parseSchedule(formatSchedule(odd)), odd);
    assert.equal(formatSchedule({ choices: [{ thread: 'a', count: 2 }] }), 'gmap schedule 1\n\na 2\n');
  });

  it('can be written by hand, with any line ends', () => {
    assert.deepEqual(parseSchedule('\ufeffa 12 # first\r\n\r\n  b\t3\ra 1'), { choices });
  });

  it('say in which line something is wrong', () => {
    for (const [text, line, message] of [
      ['a 1\nb\n', 2, /'b' is not a thread and its number of steps: write, for example, reclaim 12/],
      ['a 0\n', 1, /'a 0' is not/],
      ['a 1\nb -3\n', 2, /'b -3' is not/],
      ['a 99999999999999999999\n', 1, /is not a thread/],
      ['gmap schedule 2\na 1\n', 1, /of version 2, and version 1 is read here/],
      ['scenario "x\\"\na 1\n', 1, /is not the name of a scenario in quotes/],
      ['# nothing\n', 0, /nobody takes a step/],
    ] as const) {
      assert.throws(
        () => parseSchedule(text),
        (e) => e instanceof ScheduleFileError && e.line === line && message.test(e.message),
        text,
      );
    }
  });

  it('fit as long as the scenario does the same', () => {
    const schedule = { scenario: 'two', program, choices };
    const fits = (text: string): string | undefined => {
      const other = compiled(text);
      return misfit(schedule, other, other.scenarios[0]!);
    };
    assert.equal(fits(threads()), undefined);
    assert.equal(fits(threads().replaceAll('base', 'start').replace('scenario', '# comment\nscenario')), undefined);
    assert.equal(fits(threads().replace(/}\n$/, '  expect no notification\n}\n')), undefined);
    assert.match(fits(threads('host reclaim base'))!, /^it was saved before scenario "two" was changed: explore again/);
    assert.match(fits(threads().replace('0x10000000', '0x20000000'))!, /was changed/);
    assert.match(fits(threads().replace('host age base', 'host age base\n    expect no notification'))!, /was changed/);
    assert.match(
      fits(threads().replace('"two"', '"other"').replace('age', 'reclaim'))!,
      /saved for scenario "two", this is "other"/,
    );
  });

  it('fit no more when a callback, a loop or a vCPU does something else', () => {
    const text = [
      'gmap vm limit 4G\nvcpu v0 of vm prefix 0x2000\nnotifier kvm calls {\n  host age 0x1000\n}\n',
      'thread a {\n  repeat 3 {\n    host age 0x1000\n  }\n  set_prefix v0 0x4000\n  mark here\n}\n',
    ].join('');
    const saved = compiled(text);
    const schedule = { program: programHash(saved, saved.scenarios[0]!), choices: [{ thread: 'a', count: 1 }] };
    const fits = (before: string, after: string): boolean => {
      const other = compiled(text.replace(before, after));
      return misfit(schedule, other, other.scenarios[0]!) === undefined;
    };
    assert.ok(fits('mark here', 'mark there'));
    assert.ok(!fits('  host age 0x1000', '  host age 0x2000'));
    assert.ok(!fits('repeat 3', 'repeat 4'));
    assert.ok(!fits('0x4000', '0x6000'));
    assert.ok(!fits('prefix 0x2000', 'prefix 0x8000'));
  });

  it('name threads that are there, in a loop or in the set-up too', () => {
    const inside = (text: string): string | undefined => {
      const other = compiled(text);
      return misfit({ choices: [{ thread: 'a', count: 1 }] }, other, other.scenarios[0]!);
    };
    const thread = 'thread a {\n  host exit\n}\n';
    assert.equal(inside(`repeat 2 {\n${thread}}\n`), undefined);
    assert.equal(inside(`${thread}scenario "s" {\n  host exit\n}\n`), undefined);
  });

  it('name no other threads', () => {
    const stranger = { choices: [{ thread: 'c', count: 1 }] };
    assert.equal(misfit(stranger, file, scenario), `no thread of scenario "two" is named 'c'`);
    const none = compiled(SETUP);
    assert.equal(misfit({ choices }, none, none.scenarios[0]!), 'scenario "test" has no threads');
  });
});
