/** The debug adapter as a program: standard input and output, or `--port N [--host H]`. */
import { parseArgs } from 'node:util';
import { serveStdio, serveTcp } from './node-adapter.js';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, host: { type: 'string' } } });
  if (values.port === undefined) {
    await serveStdio();
    process.exit(0);
  }
  const { port } = await serveTcp({
    port: Number(values.port),
    ...(values.host !== undefined && { host: values.host }),
  });
  process.stderr.write(`listening on port ${port}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
