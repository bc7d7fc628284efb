/** The extension in the editor: how long it takes to activate, and how large it is. */
import { execFileSync, execSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { figure, median, row, type Row } from './measure.js';

const KB = 1024;

export function measurePackage(): Row[] {
  const size = (file: string): number => statSync(file).size / KB;
  const sizes = ['extension.js', 'heavy.js', 'extension.web.js', 'panel.js', 'gmap.js'].map((name) =>
    figure(`size of dist/${name}`, 'KB', size(`dist/${name}`)),
  );
  const vsix = '.cache/bench.vsix';
  execSync(`npm run --silent package -- --out ${vsix}`, { stdio: ['ignore', 'ignore', 'inherit'] });
  return [...activation(), ...sizes, row('size of the .vsix', 'KB', size(vsix), KB, true)];
}

/** Nothing where no editor is installed (`npm test` does that). */
function activation(): Row[] {
  try {
    const times = JSON.parse(execFileSync(process.execPath, ['bench/editor.mjs'], { encoding: 'utf8' })) as number[];
    return [row('activation in the editor', 'ms', median(times), 50, true)];
  } catch {
    console.error('activation in the editor: not measured');
    return [];
  }
}
