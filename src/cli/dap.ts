/** `gmap dap`: the debug adapter for editors, on standard input and output or on a port of this machine. */
import { once } from 'node:events';
import { serveStdio, serveTcp, type ServerOptions } from '../debug/node-adapter.js';
import { EXIT, UserError, type ExitCode } from './exit.js';

export interface DapCommandOptions {
  readonly port?: number;
  readonly host: string;
  /** In MB. */
  readonly maxMessage: number;
}

export async function dapCommand({ port, host, maxMessage }: DapCommandOptions): Promise<ExitCode> {
  if (port === undefined) {
    if (process.stdin.isTTY) {
      process.stderr.write(
        'gmap dap waits for an editor: it speaks the Debug Adapter Protocol here. Ctrl+C ends it.\n',
      );
    }
    await serveStdio({ maxMessageMb: maxMessage });
    // The client may keep its end open; nothing more is read from it.
    process.stdin.destroy();
    return EXIT.ok;
  }
  const { server, port: chosen } = await listen({ port, host, maxMessageMb: maxMessage });
  process.stdout.write(`listening on ${host}:${chosen}\n`);
  await once(server, 'close');
  return EXIT.ok;
}

async function listen(options: ServerOptions & { readonly port: number }): ReturnType<typeof serveTcp> {
  const { port } = options;
  try {
    return await serveTcp({ ...options, log: (text) => process.stderr.write(`gmap dap: ${text}\n`) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new UserError(`port ${port} is taken by another program; choose another, or --port 0 for any free one`);
    }
    if (code === 'EACCES') throw new UserError(`port ${port} is not yours to open; choose one from 1024 up`);
    throw new UserError(message);
  }
}
