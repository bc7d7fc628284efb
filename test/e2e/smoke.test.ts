import { useWorkbench } from './editor.js';

describe('the extension in a real editor', () => {
  const vs = useWorkbench({ files: { 'smoke.gmap': '# nothing happens\n' } });

  it('gives scenarios their language', async () => {
    await vs.openFile('smoke.gmap');
    await vs.statusBarItem(/^Gmap scenario$/).waitFor();
  });

  it('takes breakpoints in a scenario', async () => {
    await vs.setBreakpoint(1);
    await vs.screenshot('smoke');
  });
});
