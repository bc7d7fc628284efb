/** The session over streams, for editors that start it as a program of its own: standard input and output, or TCP. */
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { fileProblem } from './node-file-problem.js';
import { limited } from './node-message-limit.js';
import { createSession, type GmapDebugSession, type Host } from './session.js';

export const nodeHost: Host = {
  readFile: async (pathOrUri) => {
    const path = /^file:/i.test(pathOrUri) ? fileURLToPath(pathOrUri) : pathOrUri;
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new Error(fileProblem(error), { cause: error });
    }
  },
};

export interface StdioOptions {
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  /** Longest message of a client. */
  readonly maxMessageMb?: number;
}

/** One session on standard input and output; done when the client has gone. */
export function serveStdio({
  input = process.stdin,
  output = process.stdout,
  maxMessageMb,
}: StdioOptions = {}): Promise<void> {
  return new Promise((resolve) => {
    const session = createSession(nodeHost);
    session.onClosed = () => resolve();
    session.start(
      limited(input, (text) => process.stderr.write(`${text}\n`), maxMessageMb),
      output,
    );
    input.on('end', () => resolve());
  });
}

const LOOPBACK = new Map([
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['localhost', '127.0.0.1'],
]);

/** A browser lets any web page send HTTP requests to this machine; their bodies could hold messages of the protocol. */
const HTTP = /^[A-Z]{3,7} /;

export interface ServerOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
  /** Longest message of a client. */
  readonly maxMessageMb?: number;
  /** A session that goes wrong says so here. */
  readonly log?: (text: string) => void;
}

/**
 * A session for each connection to a port of this machine. Nobody else can connect: whoever debugs can read files.
 * @throws Error for a host that is not this machine
 */
export async function serveTcp({
  port,
  host = '127.0.0.1',
  maxMessageMb,
  log,
}: ServerOptions): Promise<{ server: Server; port: number }> {
  const address = LOOPBACK.get(host);
  if (address === undefined) {
    throw new Error(`the debug adapter listens on this machine only: ${[...LOOPBACK.keys()].join(', ')}, not ${host}`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`a port is 0 to 65535, not ${port}`);
  const server = createServer((socket) => {
    socket.on('error', (error) => log?.(error.message));
    socket.once('data', (head: Buffer) => {
      if (HTTP.test(head.toString('latin1', 0, 16))) {
        log?.('a web page, or another client that speaks HTTP, was turned away');
        socket.destroy();
        return;
      }
      socket.pause();
      socket.unshift(head);
      const session: GmapDebugSession = createSession(nodeHost);
      session.setRunAsServer(true);
      session.onClosed = () => socket.end();
      session.start(
        limited(socket, (text) => log?.(text), maxMessageMb),
        socket,
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}
