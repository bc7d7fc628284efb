/**
 * `gmap debug`: transcripts of whole sessions, each a script together with what it prints, and what a terminal adds.
 * After a change that is meant, `npm run record` writes the transcripts anew; a new one is a
 * file with its first line and its lines that begin with the prompt.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Debugger } from '../../src/cli/debug/debugger.js';
import { historyFile } from '../../src/cli/debug/history.js';
import type { Stream } from '../../src/cli/terminal.js';
import { fixture } from '../debug/client.js';
import { syntheticTree } from '../kernel-source/synthetic.js';
import { folder, gmap, MIXED, ROOT, shell, start, type Ended } from './support.js';

const transcripts = join(ROOT, 'test/cli/transcripts');
const examples = join(ROOT, 'examples');
const PROMPT = '(gmap) ';

/** Runs a script of the debugger. */
async function debug(args: readonly string[], script: readonly string[], cwd: string): Promise<Ended> {
  const child = await start(['debug', ...args], { cwd });
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // It may end before all of the script is read.
  child.stdin!.on('error', () => undefined).end(script.map((line) => `${line}\n`).join(''));
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}

describe('gmap debug, by a script', function () {
  this.timeout(60_000);

  for (const name of readdirSync(transcripts)) {
    it(`says what the transcript ${name} says`, async () => {
      const path = join(transcripts, name);
      const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
      const [command = '', ...rest] = text.split('\n');
      const [program, subcommand, ...args] = command.replace(/^\$ /, '').split(' ');
      assert.deepEqual([program, subcommand], ['gmap', 'debug']);
      const script = rest.filter((line) => line.startsWith(PROMPT)).map((line) => line.slice(PROMPT.length));
      const { code, stdout, stderr } = await debug(args, script, examples);
      assert.equal(stderr, '');
      const said = `${command}\n${stdout}exit code ${String(code)}\n`;
      if (process.env['RECORD'] === '1') writeFileSync(path, said);
      else assert.equal(said, text);
    });
  }

  const cwd = folder({
    'mixed.gmap': MIXED,
    'broken.gmap': 'frobnicate\n',
    'other.schedule': 'gmap schedule 1\nnobody 3\n',
  });

  it('ends with the exit code of what ran', async () => {
    assert.equal((await debug(['mixed.gmap'], ['goto end', 'quit'], cwd)).code, 0);
    assert.equal((await debug(['mixed.gmap', '--scenario', 'f*'], ['goto end'], cwd)).code, 1);
    // Nothing has failed before it ran.
    assert.equal((await debug(['mixed.gmap', '--scenario', 'f*'], [], cwd)).code, 0);
    assert.equal((await debug(['mixed.gmap', '--scenario', 'f*'], ['c', 'c', 'c', 'goto start'], cwd)).code, 1);
    // What a script wants and cannot get is no good end, and no reason to stop either.
    const { code, stdout } = await debug(['mixed.gmap'], ['goto nowhere', 'step'], cwd);
    assert.equal(code, 2);
    assert.match(stdout, /\n\(gmap\) goto nowhere\nwrite goto N .*\n\(gmap\) step\n0\n$/);
  });

  it('says what it cannot debug', async () => {
    for (const [args, message] of [
      [['nothing.gmap'], /^gmap: nothing\.gmap cannot be read: there is no such file or folder\n$/],
      [['broken.gmap'], /^broken\.gmap:1:1: error: .*\ngmap: broken\.gmap has errors; nothing was run\n$/],
      [['mixed.gmap', '--scenario', 'x'], /^gmap: no scenario is named 'x'; the scenarios are:\n/],
      [['mixed.gmap', '--schedule', 'other.schedule'], /^gmap: the schedule other\.schedule cannot be followed: /],
      [['mixed.gmap', '--generation', 'now'], /^gmap: .*Allowed choices are after, before/],
    ] as const) {
      const { code, stdout, stderr } = await debug(args, ['quit'], cwd);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, message);
    }
  });

  it("shows the person's own kernel tree", async () => {
    const { files } = syntheticTree('after');
    const tree = Object.fromEntries([...files].map(([file, text]) => [`linux/${file}`, text]));
    const own = folder({ 'scenarios/mixed.gmap': MIXED, ...tree });
    const args = ['scenarios/mixed.gmap', '--kernel-source', 'linux'];
    const { stdout } = await debug(args, ['break gmap_table_walk', 'c', 'bt'], own);
    const [, line, text] = /\nbreakpoint 3: gmap_table_walk at gmap\.c:\d+ .*\n.*\n> (\d+) {2}(.*)\n/.exec(stdout)!;
    assert.equal(files.get('arch/s390/mm/gmap.c')!.split('\n')[Number(line) - 1], text);
    assert.match(stdout, /\n#1 gmap_pte_op_walk at gmap\.c:\d+\n#2 gmap_mprotect_notify at gmap\.c:\d+\n/);
  });

  it('is plain unless colours are wanted', async () => {
    const colours = 'printf "step\\n" | gmap debug mixed.gmap';
    assert.ok(!(await shell(colours, { cwd })).stdout.includes('\x1b'));
    assert.ok((await shell(colours, { cwd, env: { FORCE_COLOR: '1' } })).stdout.includes('\x1b[36m> 1  host mmap'));
  });

  it('is in the help', async () => {
    assert.match((await gmap(['--help'])).stdout, /^ {2}debug \[options\] <file> +step through a scenario/m);
    assert.match((await gmap(['completion', 'bash'])).stdout, /^ {4}debug\) flags='.*--schedule.* files=1 ;;$/m);
  });
});

/** A person at a terminal: types keys, and sees what is written. */
class Person {
  readonly keys = new PassThrough();
  private readonly screen = new PassThrough();
  readonly ended: Promise<number>;
  seen = '';

  constructor(program: string, history?: string) {
    this.screen.setEncoding('utf8').on('data', (text: string) => (this.seen += text));
    const output = this.screen as unknown as Stream;
    const debugging = new Debugger({ input: this.keys, output, interactive: true, history });
    this.ended = debugging.run({ program });
  }

  /** Types, and waits until `what` was written behind that. */
  async type(keys: string, what: string | RegExp): Promise<string> {
    const from = this.seen.length;
    this.keys.write(keys);
    await this.until(what, from);
    return this.seen.slice(from);
  }

  async until(what: string | RegExp, from = 0): Promise<void> {
    const there = (): boolean => {
      const text = this.seen.slice(from);
      return typeof what === 'string' ? text.includes(what) : what.test(text);
    };
    while (!there()) await once(this.screen, 'data');
  }
}

describe('gmap debug, at a terminal', () => {
  const reclaim = fixture('reclaim.gmap');
  const ready = /\(gmap\) [^\n]*$/;

  it('completes, repeats a step at an empty line, and ends with Ctrl+D', async () => {
    const person = new Person(reclaim);
    await person.until(ready);
    await person.type('rcon\t', 'rcontinue');
    await person.type('\x15b gmap_pte_op_f\t', 'gmap_pte_op_fixup');
    const there = /\(gmap\) \S*$/;
    assert.match(await person.type('\n', there), /^breakpoint 3: gmap_pte_op_fixup$/m);
    assert.match(await person.type('continue\n', there), /^breakpoint 3: gmap_pte_op_fixup:2 /m);
    assert.match(await person.type('in\n', there), /^fixup_user_fault:3 /m);
    assert.match(await person.type('\n', there), /^handle_mm_fault:5 /m);
    await person.type('fra\t', 'frame');
    assert.match(await person.type('\x15up\n', there), /^#1 fixup_user_fault:3$/m);
    person.keys.write('\x15\x04');
    assert.equal(await person.ended, 0);
  });

  it('pauses a long run at Ctrl+C, and goes on debugging', async () => {
    const person = new Person(fixture('long.gmap'));
    await person.until(ready);
    person.keys.write('continue\n');
    const from = person.seen.length;
    while (!/paused: |the end: /.test(person.seen.slice(from))) {
      person.keys.write('\x03');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await person.type('\x15step > 0\n', 'true');
    assert.match(person.seen, /paused: .* \(step [\d,]+\)$/m);
    person.keys.write('quit\n');
    assert.equal(await person.ended, 0);
  });

  it('knows the lines of the last time', async () => {
    const file = join(folder(), 'state', 'history');
    const first = new Person(reclaim, file);
    await first.until(ready);
    await first.type('print machine.esop\n', /\n1\n[^]*\(gmap\) /);
    first.keys.write('quit\n');
    await first.ended;
    assert.equal(readFileSync(file, 'utf8'), 'print machine.esop\nquit\n');
    const second = new Person(reclaim, file);
    await second.until(ready);
    await second.type('\x1b[A\x1b[A', 'print machine.esop');
    second.keys.write('\n\x04');
    await second.ended;
    // Each line once.
    assert.equal(readFileSync(file, 'utf8'), 'quit\nprint machine.esop\n');
  });

  it('keeps them where the system keeps such things, or where the person says', () => {
    const HOME = join('home', 'me');
    const usual = join(HOME, '.local', 'state', 'gmap', 'history');
    assert.equal(historyFile({ HOME }, 'linux'), usual);
    assert.equal(historyFile({ HOME, XDG_STATE_HOME: 'state' }, 'linux'), join('state', 'gmap', 'history'));
    assert.equal(historyFile({ HOME, LOCALAPPDATA: 'local' }, 'win32'), join('local', 'gmap', 'history'));
    assert.equal(historyFile({ HOME, GMAP_HISTORY: 'mine' }), 'mine');
    assert.equal(historyFile({ HOME, GMAP_HISTORY: '' }), undefined);
  });
});
