// The extension's package: what is in it, and that what its manifest names is there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromRoot } from '../../tools/lib/root.mjs';
import { cleanEnvironment, npmCommand } from '../../tools/lib/run.mjs';
import { readZip, type ZipEntry } from './zip.js';

interface Manifest {
  readonly main: string;
  readonly browser: string;
  readonly icon: string;
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly contributes: unknown;
}

/** Every text inside a value. */
function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value) for (const inner of Object.values(value)) yield* texts(inner);
}

describe('the .vsix', function () {
  this.timeout(180_000);
  const scratch = mkdtempSync(join(tmpdir(), 'gmap-debug-vsix-'));
  const file = join(scratch, 'gmap-debug.vsix');
  let entries = new Map<string, ZipEntry>();
  let manifest: Manifest;

  before(async () => {
    const [npm, ...args] = npmCommand() as [string, ...string[]];
    // No network is needed, and a registry that nobody answers for proves it.
    const env = { ...cleanEnvironment(), npm_config_offline: 'true', npm_config_registry: 'http://127.0.0.1:9/' };
    await promisify(execFile)(npm, [...args, 'run', 'package', '--', '--out', file], { cwd: fromRoot(), env });
    entries = new Map(readZip(file).map((entry) => [entry.path, entry]));
    manifest = JSON.parse(entries.get('extension/package.json')!.read().toString()) as Manifest;
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  /** Files that the manifest names, as paths in the package. */
  const named = (): string[] => {
    const inside = [...texts(manifest.contributes)].filter((text) => /^([.]\/|media\/)/.test(text));
    const paths = [manifest.main, manifest.browser, manifest.icon, ...inside];
    return paths.map((path) => `extension/${path.replace(/^[.]\//, '')}`);
  };

  it('holds what is needed, and nothing else', () => {
    const media = readdirSync(fromRoot('media'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /[.]\w+$/.test(name))
      .map((name) => `extension/media/${name.replaceAll('\\', '/')}`);
    for (const path of media) assert.match(path, /[.](svg|png|webp|css|md|gif)$/);
    const expected = [
      '[Content_Types].xml',
      'extension.vsixmanifest',
      'extension/LICENSE.txt',
      'extension/l10n/bundle.l10n.json',
      'extension/THIRD-PARTY-NOTICES',
      'extension/changelog.md',
      'extension/dist/heavy.js',
      'extension/dist/panel.js',
      'extension/package.json',
      'extension/package.nls.json',
      'extension/readme.md',
      ...media,
      ...named(),
    ];
    assert.deepEqual([...entries.keys()].sort(), [...new Set(expected)].sort());
  });

  it('is smaller than 1 MB', () => assert.ok(statSync(file).size < 1_000_000, String(statSync(file).size)));

  it('has every file that its manifest names', () => {
    assert.ok(named().length > 8);
    assert.deepEqual(
      named().filter((path) => !entries.has(path)),
      [],
    );
  });

  it('has a text for every key in its manifest', () => {
    const known = JSON.parse(entries.get('extension/package.nls.json')!.read().toString()) as Record<string, string>;
    const keys = [...texts(manifest)].flatMap((text) => /^%(.+)%$/.exec(text)?.[1] ?? []);
    assert.deepEqual(
      keys.filter((key) => !known[key]),
      [],
    );
    assert.deepEqual(
      Object.keys(known).filter((key) => !keys.includes(key)),
      [],
    );
  });

  it('has what a gallery shows', () => {
    assert.deepEqual(manifest.categories, ['Debuggers', 'Programming Languages', 'Education', 'Visualization']);
    assert.ok(manifest.keywords.length >= 5);
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
    const icon = entries.get(`extension/${manifest.icon}`)!.read();
    assert.equal(icon.toString('latin1', 1, 4), 'PNG');
    assert.ok(icon.readUInt32BE(16) >= 128 && icon.readUInt32BE(16) === icon.readUInt32BE(20));
    assert.ok(entries.get('extension/changelog.md')!.read().length > 100);
  });
});

describe('THIRD-PARTY-NOTICES', () => {
  it('name the packages that the bundles hold', async function () {
    this.timeout(120_000);
    await promisify(execFile)(process.execPath, [fromRoot('tools/notices.mjs'), '--check']);
  });
});
