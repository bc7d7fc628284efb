// Mocha loads this before the end-to-end tests: what holds for all of them.

export const mochaHooks = {
  afterAll(): void {
    // Whatever is still open a while later would keep the process for ever: it is named, and the run ends with the result
    // that it had.
    setTimeout(() => {
      console.log(`      still open after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
      process.exit();
    }, 60_000).unref();
  },
};

// Interrupted from outside, the process still runs its exit handlers, which end the server.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
