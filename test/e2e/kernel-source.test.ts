// Stepping through a kernel tree of one's own; this one is made up.
import assert from 'node:assert/strict';
import { functionNamed } from '../../src/engine/catalog.js';
import { syntheticTree } from '../kernel-source/synthetic.js';
import { useWorkbench } from './editor.js';

const { files, expected } = syntheticTree('after');
const lineOf = (fn: string, key: string): number =>
  expected.get(functionNamed(fn)!.steps.find((step) => step.key === key)!.id)!.line;

describe("a person's own kernel tree", () => {
  const vs = useWorkbench({
    folder: '',
    files: {
      '.vscode/settings.json': '{ "gmap.kernelSource": "linux" }',
      's.gmap': [
        'host mmap 0x10000000 len 1M rw',
        'gmap vm limit 4G',
        'map vm 0 len 1M to 0x10000000',
        'mprotect_notify vm 0x2000 len 4K PROT_WRITE -> 0',
      ].join('\n'),
      ...Object.fromEntries([...files].map(([file, text]) => [`linux/${file}`, text])),
    },
  });

  it('stops on a breakpoint in its gmap.c, and steps from there into pgtable.c', async () => {
    await vs.openFile('gmap.c');
    await vs.setBreakpoint(lineOf('gmap_mprotect_notify', 'force'));
    await vs.openFile('s.gmap');
    await vs.startDebugging();
    await vs.stoppedAt(lineOf('gmap_mprotect_notify', 'force'), 'gmap.c');
    assert.deepEqual((await vs.frames())[0], 'gmap_mprotect_notify');
    await vs.stepOnce('into');
    await vs.stoppedAt(lineOf('ptep_force_prot', 'lock'), 'pgtable.c');
    await vs.screenshot('kernel-source');
    await vs.move(() => vs.backOut());
    await vs.stoppedAt(lineOf('gmap_mprotect_notify', 'force'), 'gmap.c');
    await vs.stopDebugging();
  });
});
