import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, folder, gmap, jsonLines, MIXED, ROOT, SETUP, shell } from './support.js';

const corpus = (name: string): string => join(ROOT, 'test/corpus', `${name}.jsonl.gz`);

describe('gmap', function () {
  this.timeout(120_000);

  const cwd = folder({
    'mixed.gmap': MIXED,
    'warned.gmap': `let unused = 4K\n${SETUP}`,
    'wrong.gmap': `${SETUP}mprotect_notify vmm 0x2000 len 4K PROT_WRITE\nfrobnicate\n`,
  });
  const here = { cwd };

  describe('help', () => {
    it('begins with first steps where nothing is asked for', async () => {
      const { code, stdout } = await gmap([]);
      assert.equal(code, 0);
      assert.match(stdout, /First steps:\n {2}gmap run prefix\.gmap/);
      assert.match(stdout, /Exit codes:/);
    });

    it('has examples for each command', async () => {
      const { stdout } = await gmap(['--help']);
      const commands = [
        ...stdout
          .split('\nCommands:\n')[1]!
          .split('\n\n')[0]!
          .matchAll(/^ {2}(\w+)/gm),
      ].map((m) => m[1]!);
      assert.ok(commands.length >= 6);
      for (const command of commands.filter((name) => name !== 'help')) {
        const help = await gmap([command, '--help']);
        assert.equal(help.code, 0);
        assert.match(help.stdout, new RegExp(`Examples:\\n(.*\\n)* .*gmap ${command} `), command);
      }
    });

    it('shows examples to who forgets the file', async () => {
      const { code, stderr } = await gmap(['run']);
      assert.equal(code, 2);
      assert.match(stderr, /^gmap: which files\?\n\nExamples:\n {2}gmap run prefix\.gmap/);
    });

    it('knows what a misspelt word was meant to be', async () => {
      const command = await gmap(['rnu']);
      assert.equal(command.code, 2);
      assert.match(command.stderr, /unknown command 'rnu'\n\(Did you mean run\?\)/);
      const option = await gmap(['run', 'x.gmap', '--jnuit']);
      assert.equal(option.code, 2);
      assert.match(option.stderr, /unknown option '--jnuit'\n\(Did you mean --junit\?\)\n'gmap run --help' explains/);
    });
  });

  describe('check', () => {
    it('says nothing wrong about what is right', async () => {
      const { code, stdout } = await gmap(['check', 'mixed.gmap'], here);
      assert.equal(code, 0);
      assert.equal(stdout, '1 file checked: 0 errors, 0 warnings\n');
    });

    it('says file, line, column, and what is wrong', async () => {
      const { code, stdout } = await gmap(['check', 'wrong.gmap', 'warned.gmap'], here);
      assert.equal(code, 2);
      assert.match(stdout, /^wrong\.gmap:5:17: error: .*vmm/m);
      assert.match(stdout, /^wrong\.gmap:6:1: error: /m);
      assert.match(stdout, /^warned\.gmap:1:5: warning: 'unused' is never used$/m);
      assert.match(stdout, /^2 files checked: 2 errors, 1 warning$/m);
    });

    it('passes with warnings, and is quiet if asked', async () => {
      assert.equal((await gmap(['check', 'warned.gmap'], here)).code, 0);
      assert.equal((await gmap(['check', '-q', 'warned.gmap'], here)).stdout, '');
    });

    it('--json gives one diagnostic a line', async () => {
      const { code, stdout } = await gmap(['check', '--json', 'wrong.gmap'], here);
      assert.equal(code, 2);
      const [first] = jsonLines(stdout);
      const { message, code: kind, ...place } = first!;
      assert.deepEqual(place, {
        type: 'diagnostic',
        file: 'wrong.gmap',
        line: 5,
        column: 17,
        endLine: 5,
        endColumn: 20,
        severity: 'error',
      });
      assert.match(String(message), /vmm/);
      assert.equal(typeof kind, 'string');
    });
  });

  describe('convert', () => {
    it('makes scenarios that check what the kernel answered', async () => {
      const own = folder();
      for (const [i, name] of ['traces/handmade', 'traces/before-handmade', 'threads/threads-handmade'].entries()) {
        const out = join(own, String(i));
        const { code } = await gmap(['convert', '--results', corpus(name), '-o', out]);
        assert.equal(code, 0);
        assert.ok(readdirSync(out).length > 60);
        const run = await gmap(['run', '--quiet', out]);
        assert.equal(run.code, 0, run.stdout);
      }
    });

    it('prints one program, or all as one file', async () => {
      const one = await gmap(['convert', corpus('traces/before-handmade'), '--program', 'map-from-zero']);
      assert.match(one.stdout, /^scenario "map-from-zero" \{\n {2}generation before\n {2}host mmap /);
      const own = folder({ 'all.gmap': (await gmap(['convert', corpus('traces/before-handmade')])).stdout });
      const { code, stdout } = await gmap(['check', 'all.gmap'], { cwd: own });
      assert.equal(code, 0, stdout);
      const list = await gmap(['convert', '--list', corpus('traces/handmade')]);
      assert.equal(list.stdout.trimEnd().split('\n').length, 73);
    });

    it('says what is no corpus', async () => {
      const own = folder({
        'a.jsonl': '{"name":"x"}\n',
        'b.jsonl': '\nnothing\n',
        'c.jsonl': '{"name":"x","recs":[{"op":"fly"}]}\n',
      });
      for (const [file, message] of [
        ['a.jsonl', /^gmap: a\.jsonl:1: this is no program: it needs "name", and "recs" or "threads";/],
        ['b.jsonl', /^gmap: b\.jsonl:2: this is not JSON;/],
        ['c.jsonl', /^gmap: c\.jsonl:1: x: unknown operation 'fly'/],
        ['d.jsonl', /^gmap: d\.jsonl cannot be read: there is no such file/],
      ] as const) {
        const { code, stderr } = await gmap(['convert', file], { cwd: own });
        assert.equal(code, 2);
        assert.match(stderr, message);
      }
      const { code, stderr } = await gmap(['convert', corpus('traces/handmade'), '--program', 'map-from-zer']);
      assert.equal(code, 2);
      assert.match(stderr, /no program is named 'map-from-zer'; did you mean 'map-from-zero'\?/);
    });
  });

  describe('diff', () => {
    const own = folder({
      'same.gmap': `${SETUP}guest write vm 0x2000 -> 0\nhost reclaim 0x10002000 -> 0\n`,
      'notify.gmap': `${SETUP}mprotect_notify vm 0x2000 len 4K PROT_WRITE -> 0\n`,
      'read.gmap': `${SETUP}mprotect_notify vm 0x2000 len 4K PROT_READ -> 0\nexpect visits gmap_pte_op_walk 2 times\n`,
    });

    it('says that nothing differs', async () => {
      const { code, stdout } = await gmap(['diff', 'same.gmap'], { cwd: own });
      assert.equal(code, 0);
      assert.match(stdout, /no difference: the same events, answers and states/);
    });

    it('says what only one generation has', async () => {
      const { code, stdout } = await gmap(['diff', 'notify.gmap'], { cwd: own });
      assert.equal(code, 1);
      assert.match(stdout, /first different event: notify\.gmap:5: mprotect_notify/);
      assert.match(stdout, /first different state, behind: notify\.gmap:5: /);
      assert.match(stdout, /after 0, before NA\n +generation before has no such call/);
      assert.match(
        stdout,
        /different at the end:\n[^]*pgste 0x10002000 +after UC IN \(0xc00000000000\), before nothing/,
      );
    });

    it('--counterparts compares the calls that replaced each other', async () => {
      const { code, stdout } = await gmap(['diff', '--json', '--counterparts', 'notify.gmap', '--scenario', 'notify'], {
        cwd: own,
      });
      assert.equal(code, 1);
      const [result] = jsonLines<{
        same: boolean;
        firstEvent: { before: { text: string }[] };
        firstState: unknown;
        answers: unknown[];
        end: unknown[];
      }>(stdout);
      assert.equal(result!.same, false);
      assert.match(result!.firstEvent.before[0]!.text, /^> gmap_ipte_notify g0 0x2000 0x1000$/);
      assert.deepEqual([result!.firstState, result!.answers, result!.end], [null, [], []]);
      const read = await gmap(['diff', '--counterparts', 'read.gmap'], { cwd: own });
      assert.match(read.stdout, /read\.gmap:6: expect visits gmap_pte_op_walk 2 times\n +after ✓, before ✗ never/);
    });
  });

  describe('completion', () => {
    const complete = async (words: string): Promise<string[]> => {
      const all = words.split(' ');
      const line = `source <(gmap completion bash); COMP_WORDS=(${all.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=${all.length - 1}; _gmap; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = await shell(line, here);
      assert.equal(stderr, '');
      return stdout.split('\n').filter(Boolean).sort();
    };

    it('bash: commands, options, choices and files', async function () {
      if (process.platform === 'win32') this.skip();
      assert.deepEqual(await complete('gmap c'), ['check', 'completion', 'convert']);
      assert.deepEqual(await complete('gmap run --sce'), ['--scenario']);
      assert.deepEqual(await complete('gmap run --generation '), ['after', 'before']);
      assert.deepEqual(await complete('gmap completion z'), ['zsh']);
      assert.deepEqual(await complete('gmap check w'), ['warned.gmap', 'wrong.gmap']);
    });

    it('zsh and fish: every command and option', async () => {
      const zsh = (await gmap(['completion', 'zsh'])).stdout;
      const fish = (await gmap(['completion', 'fish'])).stdout;
      for (const name of ['run', 'trace', 'check', 'diff', 'convert', 'completion', 'help']) {
        assert.match(zsh, new RegExp(`^ +'${name}:`, 'm'));
        assert.match(fish, new RegExp(`-a ${name} -d '`));
      }
      assert.match(zsh, /'--junit\[.*\]:junit:_files'/);
      assert.match(fish, /-l generation -x -a 'after before'/);
      const { code, stderr } = await gmap(['completion', 'tcsh']);
      assert.equal(code, 2);
      assert.match(stderr, /Allowed choices are bash, zsh, fish/);
    });
  });

  describe('on a terminal', () => {
    const terminal = async (command: string, env: Record<string, string> = {}): Promise<string> => {
      const line = `"${process.execPath}" "${await bundle()}" ${command}`;
      const { stdout } = await shell(`script -qec '${line}' /dev/null < /dev/null`, {
        cwd,
        env: { TERM: 'xterm', ...env },
      });
      return stdout;
    };
    const colour = /\x1b\[3\dm/; // eslint-disable-line no-control-regex

    before(async function () {
      if ((await shell('command -v script')).code !== 0) this.skip();
    });

    it('has colours; NO_COLOR takes them away', async () => {
      assert.match(await terminal('run mixed.gmap'), colour);
      assert.doesNotMatch(await terminal('run mixed.gmap', { NO_COLOR: '1' }), colour);
    });

    it('Ctrl+C ends it at once, and leaves a clean line', async () => {
      const own = folder({ 'endless.gmap': `repeat 100000000 {\n  host read 0x1000\n}\n` });
      const line = `"${process.execPath}" "${await bundle()}" run --max-steps 1000000000 endless.gmap`;
      const { stdout } = await shell(
        `(sleep 2; printf '\\003'; sleep 1) | script -qec '${line}; echo "ended with $?"' /dev/null`,
        { cwd: own, env: { TERM: 'xterm' } },
      );
      assert.match(stdout, /endless\.gmap: endless: \d+ steps/);
      // The progress line is erased, and the shell hears that it was interrupted.
      assert.match(stdout.slice(stdout.lastIndexOf(' steps')), /\r\x1b\[K/); // eslint-disable-line no-control-regex
    });

    it('shows progress to nobody but a person', async () => {
      const own = folder({ 'long.gmap': `repeat 200000 {\n  host read 0x1000\n}\n` });
      const { code, stderr } = await gmap(['run', 'long.gmap'], { cwd: own });
      assert.equal(code, 0);
      assert.equal(stderr, '');
    });

    it('a pipe has none; FORCE_COLOR brings them', async () => {
      assert.doesNotMatch((await gmap(['run', 'mixed.gmap'], here)).stdout, colour);
      assert.match((await gmap(['run', 'mixed.gmap'], { cwd, env: { FORCE_COLOR: '1' } })).stdout, colour);
      assert.doesNotMatch((await gmap(['run', 'mixed.gmap'], { cwd, env: { FORCE_COLOR: '0' } })).stdout, colour);
    });
  });
});
