// Checks who imports whom (rules: .dependency-cruiser.mjs). A cruise that saw next to nothing passes every rule, for example
// with a compiler that dependency-cruiser does not know: that is an error here.
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { existsSync } from 'node:fs';
import rules from '../.dependency-cruiser.mjs';
import { fromRoot } from './lib/root.mjs';

const floor = 30;

process.chdir(fromRoot());
const { forbidden, options } = rules;
const { output } = await cruise(
  ['src', 'test', 'bench'].filter((folder) => existsSync(folder)),
  { ...options, ruleSet: { forbidden }, validate: true },
  {},
  { tsConfig: extractTSConfig(fromRoot('tsconfig.json')) },
);
const { violations, totalCruised, totalDependenciesCruised } = output.summary;
for (const { from, to, rule, cycle } of violations) {
  const comment = forbidden.find(({ name }) => name === rule.name)?.comment;
  const path = cycle ? cycle.map((step) => step.name ?? step).join(' → ') : to;
  console.error(`${from} → ${path}\n    ${rule.name}${comment ? `: ${comment}` : ''}`);
}
console.log(`${totalCruised} modules, ${totalDependenciesCruised} dependencies, ${violations.length} violations`);
if (totalCruised < floor) {
  console.error(`Only ${totalCruised} modules were found, at least ${floor} are expected: the check saw nothing.`);
  process.exitCode = 1;
}
if (violations.length) process.exitCode = 1;
