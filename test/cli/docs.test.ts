/** docs/cli.md: its examples run, and it names every command and option. `UPDATE_DOCS=1` writes the outputs anew. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, gmap, ROOT, shell } from './support.js';

const PAGE = join(ROOT, 'docs/cli.md');

/** How long a run took is not the same twice. */
const withoutTimes = (text: string): string => text.replace(/\(\d+\.\d\d s\)/g, '(0.02 s)');

describe('docs/cli.md', function () {
  this.timeout(120_000);

  const page = readFileSync(PAGE, 'utf8').replaceAll('\r\n', '\n');

  it('shows what its examples print', async function () {
    if (process.platform === 'win32') this.skip();
    const cwd = folder({ 'prefix.gmap': /```gmap\n([^]*?)```/.exec(page)![1]! });
    mkdirSync(join(cwd, 'corpus'));
    copyFileSync(join(ROOT, 'test/corpus/traces/handmade.jsonl.gz'), join(cwd, 'corpus/handmade.jsonl.gz'));
    let real = page;
    for (const [block, body] of page.matchAll(/```console\n([^]*?)```/g)) {
      let shown = '';
      for (const line of body!.split('\n').filter((text) => text.startsWith('$ '))) {
        const { stdout, stderr } = await shell(line.slice(2), { cwd });
        shown += `${line}\n${withoutTimes(stdout + stderr)}`;
      }
      assert.ok(shown, block);
      real = real.replace(block, () => `\`\`\`console\n${shown}\`\`\``);
    }
    if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, real);
    else assert.equal(page, real);
  });

  it('names every command and option', async () => {
    const list = (text: string, title: string, word: RegExp): string[] =>
      [...(text.split(`\n${title}:\n`)[1]?.split('\n\n')[0] ?? '').matchAll(word)].map((match) => match[1]!);
    for (const command of list((await gmap(['--help'])).stdout, 'Commands', /^ {2}(\w+)/gm)) {
      assert.ok(page.includes(`gmap ${command}`), command);
      if (command === 'help') continue;
      const { stdout } = await gmap([command, '--help']);
      for (const option of list(stdout, 'Options', /^ {2}(?:-\w, )?(--[\w-]+)/gm)) {
        if (option !== '--help') assert.match(page, new RegExp(`\`[^\`]*${option}\\b`), `${command} ${option}`);
      }
    }
  });
});
