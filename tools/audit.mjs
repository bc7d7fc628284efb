// Asks the registry for known weaknesses of the packages whose code is in what we ship. The other packages only build and test.
import { spawnSync } from 'node:child_process';
import { fromRoot } from './lib/root.mjs';
import { cleanEnvironment, npmCommand } from './lib/run.mjs';
import { shippedPackages } from './lib/shipped.mjs';

const [npm, ...args] = npmCommand();
const options = { cwd: fromRoot(), env: cleanEnvironment(), encoding: 'utf8' };
const { stdout, stderr } = spawnSync(npm, [...args, 'audit', '--json'], options);
const { vulnerabilities, message } = stdout.startsWith('{') ? JSON.parse(stdout) : { message: stderr };
if (!vulnerabilities) {
  console.error(`The registry does not answer: ${message}`);
  process.exit(2);
}
const shipped = shippedPackages();
const found = Object.values(vulnerabilities).filter(({ nodes }) => nodes.some((folder) => shipped.has(folder)));
for (const { name, severity, range } of found) console.error(`${name} ${range}: ${severity}; npm audit says more`);
console.log(`${shipped.size - found.length} passed, ${found.length} failed`);
process.exitCode = found.length ? 1 : 0;
