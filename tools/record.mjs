// npm run record: writes anew what tests hold word for word, after a change that is meant: transcripts of debug sessions, and
// what commands in the pages print. `git diff` then shows what has changed.
import { spawnSync } from 'node:child_process';
import { fromRoot } from './lib/root.mjs';

const tests = ['debug/transcripts', 'cli/debug', 'cli/docs', 'docs/examples'].map((name) => `test/${name}.test.ts`);
const { status } = spawnSync(process.execPath, [fromRoot('node_modules/mocha/bin/mocha.js'), ...tests], {
  cwd: fromRoot(),
  env: { ...process.env, RECORD: '1', UPDATE_DOCS: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
