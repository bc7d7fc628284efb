/** `gmap dap`: the debug adapter for editors, on standard input and output or on a port of this machine. */
import { once } from 'node:events';
import { serveStdio, serveTcp } from '../debug/node-adapter.js';
import { EXIT, UserError, type ExitCode } from './exit.js';

export interface DapCommandOptions {
  readonly port?: number;
  readonly host: string;
}

export async function dapCommand({ port, host }: DapCommandOptions): Promise<ExitCode> {
  if (port === undefined) {
    if (process.stdin.isTTY) {
      process.stderr.write(
        'gmap dap waits for an editor: it speaks the Debug Adapter Protocol here. Ctrl+C ends it.\n',
      );
    }
    await serveStdio();
    // The client may keep its end open; nothing more is read from it.
    process.stdin.destroy();
    return EXIT.ok;
  }
  const { server, port: chosen } = await listen(port, host);
  process.stdout.write(`listening on ${host}:${chosen}\n`);
  await once(server, 'close');
  return EXIT.ok;
}

async function listen(port: number, host: string): ReturnType<typeof serveTcp> {
  try {
    return await serveTcp({ port, host, log: (text) => process.stderr.write(`gmap dap: ${text}\n`) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new UserError(`port ${port} is taken by another program; choose another, or --port 0 for any free one`);
    }
    if (code === 'EACCES') throw new UserError(`port ${port} is not yours to open; choose one from 1024 up`);
    throw new UserError(message);
  }
}
