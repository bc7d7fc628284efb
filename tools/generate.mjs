// Writes src/scenario/generated from the grammar, as langium-config.json says. In production mode: the parser that results
// needs no Object.groupBy, which Node 20 lacks.
//   --check   writes nothing there, and fails where the committed files are not what the grammar gives
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
} else {
  generate(configFile);
}
