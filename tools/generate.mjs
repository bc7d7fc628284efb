// Writes src/scenario/generated from the grammar, as langium-config.json says, and l10n/bundle.l10n.json from the texts of the
// extension. The parser in production mode: that needs no Object.groupBy, which Node 20 lacks.
//   --check   writes nothing there, and fails where the committed files are not what the grammar gives
import { getL10nJson } from '@vscode/l10n-dev';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fromRoot } from './lib/root.mjs';

function generate(configFile) {
  const preload = pathToFileURL(fromRoot('tools/lib/group-by.mjs')).href;
  const langium = fromRoot('node_modules/langium-cli/bin/langium.js');
  const args = ['--import', preload, langium, 'generate', '--mode=production', '--file', configFile];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: fromRoot(), encoding: 'utf8' });
  if (status) {
    console.error(`${stdout}${stderr}`);
    process.exit(1);
  }
}

/** The committed files of `folder` that differ from those in `fresh`, or are only in one of them. */
function differences(folder, fresh) {
  const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : undefined);
  const names = new Set([...readdirSync(folder), ...readdirSync(fresh)]);
  return [...names].filter((name) => read(join(folder, name)) !== read(join(fresh, name)));
}

/** The texts of the extension and its panel, for translators: @vscode/l10n-dev finds them in the calls of l10n.t. */
async function bundle() {
  const sources = ['src/extension', 'src/panel', 'src/panel/view'].flatMap((folder) =>
    readdirSync(fromRoot(folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(fromRoot(folder, name), 'utf8'))
      // The tool knows calls by the package that they are from.
      .map((text) => ({ extension: '.ts', contents: text.replace(/'[./]+l10n\.js'/, "'@vscode/l10n'") })),
  );
  const texts = Object.entries(await getL10nJson(sources)).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(texts), undefined, 2)}\n`;
}

const bundleFile = fromRoot('l10n/bundle.l10n.json');
const configFile = fromRoot('langium-config.json');
if (process.argv.includes('--check')) {
  const config = JSON.parse(readFileSync(configFile, 'utf8'));
  const scratch = fromRoot('.cache/generated');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const languages = config.languages.map(({ id, grammar, fileExtensions, caseInsensitive }) => ({
    id,
    grammar: fromRoot(grammar),
    fileExtensions,
    caseInsensitive,
  }));
  const scratchConfig = join(scratch, 'langium-config.json');
  const out = join(scratch, 'out');
  writeFileSync(scratchConfig, JSON.stringify({ ...config, languages, out }));
  generate(scratchConfig);
  const stale = differences(fromRoot(config.out), out);
  if (stale.length) {
    console.error(
      `${stale.map((name) => `${config.out}/${name}`).join(', ')} differ from the grammar: run npm run generate`,
    );
    process.exitCode = 1;
  }
  if (readFileSync(bundleFile, 'utf8').replaceAll('\r\n', '\n') !== (await bundle())) {
    console.error('l10n/bundle.l10n.json differs from the texts in src/extension: run npm run generate');
    process.exitCode = 1;
  }
} else {
  generate(configFile);
  writeFileSync(bundleFile, await bundle());
}
