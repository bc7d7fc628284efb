// Mocha loads this before the end-to-end tests: what holds for all of them.
import { closeEditors, saveEvidence } from './editor.js';

export const mochaHooks = {
  async afterEach(this: Mocha.Context): Promise<void> {
    if (this.currentTest?.state === 'failed') await saveEvidence(this.currentTest.fullTitle());
  },
  async afterAll(): Promise<void> {
    await closeEditors();
    // Whatever is still open then would keep the process for ever: it is named, and the run ends with the result that it had.
    setTimeout(() => {
      console.log(`      still open after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
      process.exit();
    }, 15_000).unref();
  },
};

// Interrupted from outside, the process still runs its exit handlers, which end the server.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
