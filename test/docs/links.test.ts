// Every link inside this project leads to a file, and to a heading of it.
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { at, pages, prose, type Page } from './pages.js';

const all = pages();

/** Names of the headings of a page, as GitHub and VS Code make them. */
function anchors({ text }: Page): Set<string> {
  const names = new Set<string>();
  const withoutCode = text.replace(/^```[^]*?^```$/gm, '');
  for (const [, heading] of withoutCode.matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const words = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const name = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let unique = name;
    for (let n = 1; names.has(unique); n++) unique = `${name}-${n}`;
    names.add(unique);
  }
  for (const [, id] of withoutCode.matchAll(/<a (?:id|name)="([^"]+)"/g)) names.add(id!);
  return names;
}

function wrongLinks(page: Page): string[] {
  const wrong: string[] = [];
  const lines = prose(page).split('\n');
  for (const [i, line] of lines.entries()) {
    for (const [, target = ''] of line.matchAll(/\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g)) {
      if (/^[a-z][\w+.-]*:/i.test(target)) continue;
      const [path, anchor] = target.split('#') as [string, string | undefined];
      const file = path === '' ? page.path : posix.join(posix.dirname(page.path), decodeURI(path));
      const place = `${page.path}:${i + 1}: ${target}`;
      if (file.startsWith('..') || !existsSync(at(file))) wrong.push(`${place}: there is no such file`);
      else if (anchor !== undefined && !statSync(at(file)).isDirectory()) {
        const there = all.find(({ path: other }) => other === file);
        if (there && !anchors(there).has(anchor)) wrong.push(`${place}: there is no such heading`);
      }
    }
  }
  return wrong;
}

describe('links', () => {
  it('are looked at', () => {
    assert.ok(all.length >= 20, `${all.length} pages`);
    const links = all.flatMap((page) => [...prose(page).matchAll(/\]\([^)]+\)/g)]);
    assert.ok(links.length >= 50, `${links.length} links`);
  });

  for (const page of all) it(`of ${page.path} lead somewhere`, () => assert.deepEqual(wrongLinks(page), []));

  it('lead to every page', () => {
    const targets = all.flatMap((page) =>
      [...prose(page).matchAll(/\]\(([^()\s#]+)/g)].map(([, path]) => posix.join(posix.dirname(page.path), path!)),
    );
    const shown = new Set(targets.flatMap((path) => [path, posix.join(path, 'README.md')]));
    const hidden = all.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !shown.has(path));
    assert.deepEqual(hidden, []);
  });
});
