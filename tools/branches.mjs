// npm run branches: writes src/recording/known-branches.ts, which branches coverage asks for, from what the examples and the
// corpus do.
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { branchPoints, takenBranches } from '../test/recording/branches.ts';
import { fromRoot } from './lib/root.mjs';

const table = {};
for (const { step, branches } of branchPoints(await takenBranches(/./))) {
  (table[step.fn.name] ??= {})[step.key] = branches.map(({ key }) => key).join(' ');
}
const file = fromRoot('src/recording/known-branches.ts');
const text = `// Written by \`npm run branches\` from what the examples and the corpus do. Changes made here are lost.

/** The steps that are known to follow a step, by function and step, where there are more than one. */
export const KNOWN_BRANCHES: Readonly<Record<string, Readonly<Record<string, string>>>> = ${JSON.stringify(table)};
`;
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
