// The packages whose code is in what we ship: esbuild says which those are.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fromRoot } from './root.mjs';

const bundles = ['extension', 'heavy', 'web', 'panel', 'cli', 'explore-worker', 'api'];

/** Their folders, as `node_modules/NAME`. */
export function shippedPackages() {
  execFileSync(process.execPath, [fromRoot('tools/build.mjs'), ...bundles, '--inputs', '--production'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const inputs = Object.values(JSON.parse(readFileSync(fromRoot('.cache/inputs.json'), 'utf8'))).flat();
  return new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
}
