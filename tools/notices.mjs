// Writes THIRD-PARTY-NOTICES: the licences of the packages whose code is in what we ship.
//   --check   writes nothing, and fails where the committed file is not what would be written
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fromRoot } from './lib/root.mjs';
import { shippedPackages } from './lib/shipped.mjs';

const line = '-'.repeat(100);
const folders = shippedPackages();
// Packages that share a licence's text, to the letter, share a section.
const titles = new Map();
for (const { title, words } of [...folders].map(notice).sort((a, b) => (a.title < b.title ? -1 : 1))) {
  titles.set(words, [...(titles.get(words) ?? []), title]);
}
const sections = [...titles].map(([words, names]) => `${line}\n${names.join('\n')}\n${line}\n\n${words}\n`);
const text = `Gmap Debugger contains code of the packages below, under their licences.\n\n${sections.join('\n')}`;

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(fromRoot(folder, 'package.json'), 'utf8'));
  const files = readdirSync(fromRoot(folder)).filter((file) => /^(licen[cs]e|copying|notice)(\..*)?$/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no file that says its licence`);
  const texts = files.map((file) => readFileSync(fromRoot(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return { title: `${name} ${version}, ${license}`, words: texts.join('\n\n').replace(/[ \t]+$/gm, '') };
}

const file = fromRoot('THIRD-PARTY-NOTICES');
if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error('THIRD-PARTY-NOTICES is not what the bundles hold: run npm run notices');
  process.exitCode = 1;
}
