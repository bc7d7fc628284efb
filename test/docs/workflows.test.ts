// What the workflows call is there.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { gmap } from '../cli/support.js';
import { at } from './pages.js';

const folder = '.github/workflows';
const workflows = readdirSync(at(folder)).map((name) => ({
  name,
  text: readFileSync(at(`${folder}/${name}`), 'utf8'),
}));

describe('workflows', function () {
  this.timeout(60_000);

  it('call scripts of package.json', () => {
    const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { scripts: Record<string, string> };
    const called = workflows.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!),
    );
    assert.ok(called.length >= 2);
    assert.deepEqual(
      called.filter((script) => !(script in scripts)),
      [],
    );
  });

  it('use options that the command line has', async () => {
    const { stdout } = await gmap(['run', '--help']);
    const used = workflows.flatMap(({ text }) => /gmap[.]js run .*/.exec(text)?.[0].match(/--[a-z]+/g) ?? []);
    assert.deepEqual([...used].sort(), ['--junit', '--shard']);
    for (const option of used) assert.match(stdout, new RegExp(`${option}\\b`));
  });

  it('split the scenarios into as many parts as there are machines', () => {
    const { text } = workflows.find(({ name }) => name === 'scenarios.yml')!;
    const machines = /shard: \[(.*)\]/.exec(text)![1]!.split(',').map(Number);
    const parts = Number(/SHARDS: (\d+)/.exec(text)![1]);
    assert.deepEqual(
      machines,
      Array.from({ length: parts }, (_, i) => i + 1),
    );
  });

  it('release a version that the changelog has', () => {
    const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };
    assert.ok(readFileSync(at('CHANGELOG.md'), 'utf8').includes(`## ${version}\n`));
  });
});
