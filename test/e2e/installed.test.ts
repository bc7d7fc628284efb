// The package (.vsix) in a VS Code that has nothing but it: an example is debugged by the installed copy, not by the sources.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromRoot } from '../../tools/lib/root.mjs';
import { cleanEnvironment, npmCommand } from '../../tools/lib/run.mjs';
import { useWorkbench } from './editor.js';

describe('the installed package', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'gmap-debug-vsix-'));
  const vsix = async (): Promise<string> => {
    const file = join(scratch, 'gmap-debug.vsix');
    const [npm, ...args] = npmCommand() as [string, ...string[]];
    const command = [...args, 'run', 'package', '--', '--out', file];
    await promisify(execFile)(npm, command, { cwd: fromRoot(), env: cleanEnvironment() });
    return file;
  };
  const vs = useWorkbench({ vsix });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('is where extensions are', () => {
    const [folder, ...others] = readdirSync(vs.extensions).filter((name) => name.startsWith('gmap-debug.'));
    assert.deepEqual(others, []);
    assert.ok(existsSync(join(vs.extensions, folder!, 'dist/extension.js')));
    assert.ok(!existsSync(join(vs.extensions, folder!, 'src')));
    const list = readFileSync(join(vs.extensions, 'extensions.json'), 'utf8');
    assert.ok(!list.includes(fromRoot()), 'the sources are not used in place');
  });

  it('debugs an example', async () => {
    await vs.debugTo('first-walk.gmap', 12);
    await vs.stepTo('into', 'gmap_mprotect_notify', 'take mmap_sem for reading');
    await vs.stepTo('into', 'gmap_mprotect_notify', 'each page: gmap_pte_op_walk');
    await vs.stepTo('into', 'gmap_pte_op_walk', 'gmap_table_walk');
    await vs.stepTo('back', 'gmap_mprotect_notify', 'each page: gmap_pte_op_walk');
    await vs.statusBarItem(/in the past/).waitFor();
    await (await vs.treeRow('Gmap Tables', /^vm/)).waitFor();
    await vs.screenshot('installed');
    await vs.stopDebugging();
  });

  it('checks a scenario while it is written, and has its texts', async () => {
    await vs.openFile('first-walk.gmap');
    await vs.gotoLine(12);
    await vs.page.keyboard.press('End');
    await vs.page.keyboard.type('x');
    await vs.until(async () => (await vs.problems()).length > 0, 'no problem is reported');
    assert.ok(!(await vs.page.content()).includes('%command.'), 'a text is missing');
  });
});
