// npm start: opens a real VS Code with this extension and the examples. Needs nothing but Node; installs what is missing.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { installPackages, installVSCode } from './lib/install.mjs';
import { fromRoot } from './lib/root.mjs';
import { killGroup, onEnd, spawnGroup } from './lib/run.mjs';
import { startVSCodeServer } from './lib/vscode-server.mjs';
import { which } from './lib/which.mjs';

const help = `npm start [-- OPTIONS]

Builds the extension and opens a VS Code with it, in the folder examples/: your own, if \`code\` is on the PATH,
else one that is served to a browser on 127.0.0.1. Installs what is missing. Ctrl+C ends it.

  --server      serve a VS Code to a browser, even if you have one
  --port PORT   the port it is served on (default: 8490 if it is free, else any free one)
  --no-open     only print the address, open no browser
  --watch       build again at every change; reload the window to use it
  --help        this text
`;

const examples = fromRoot('examples');
/** What is to be ended with us, last one first. */
const ends = [];

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(help);
    return;
  }
  // Before anything is started, so that an impatient Ctrl+C leaves nothing behind either.
  onEnd(() => void end(0));

  await installPackages();
  build();
  if (options.watch) watch();

  const code = options.server ? undefined : which('code');
  if (code && openOwn(code)) {
    console.log(`VS Code is open${options.watch ? '; Ctrl+C ends the watching' : ''}.`);
    return;
  }

  await installVSCode();
  const profile = fromRoot('.cache/vscode-profile');
  const server = await startVSCodeServer({ port: options.port ?? (await freePort(8490)), profile });
  ends.push(() => server.stop());
  const url = server.url(examples);
  const opened = options.open && openBrowser(url);
  console.log(`\n  ${url}\n\n${opened ? 'Opened in your browser' : 'Open this address in a browser'}; Ctrl+C ends it.`);
  await server.gone;
  if (!ending) {
    console.error(`VS Code has ended by itself; what it said is in ${server.log}`);
    await end(1);
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        server: { type: 'boolean', default: false },
        port: { type: 'string' },
        'no-open': { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
      },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
      throw new Error(`--port ${values.port}: a port is a number from 1 to 65535`);
    }
    return { ...values, port, open: !values['no-open'] };
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    return process.exit(2);
  }
}

function build() {
  const { status } = spawnSync(process.execPath, [fromRoot('tools/build.mjs')], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

function watch() {
  const watcher = spawnGroup(process.execPath, [fromRoot('tools/build.mjs'), '--watch'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  ends.push(() => killGroup(watcher, 'SIGTERM'));
}

/** Opens a window of the person's own VS Code; says whether that worked. */
function openOwn(code) {
  const args = ['--new-window', `--extensionDevelopmentPath=${fromRoot()}`, examples];
  const { status } = spawnSync(code, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) console.log(`${code} does not start here; a VS Code is served to a browser instead.`);
  return status === 0;
}

/** Opens the address where there is a desktop; says whether there is one. */
function openBrowser(url) {
  const { env, platform } = process;
  if (env.SSH_CONNECTION || env.CI) return false;
  const commands = { darwin: ['open'], win32: ['cmd', '/c', 'start', '""'] };
  const desktop = env.DISPLAY || env.WAYLAND_DISPLAY ? which('xdg-open') : undefined;
  const command = commands[platform] ?? (desktop && [desktop]);
  if (!command) return false;
  const [program, ...args] = command;
  // `&` in the address would end the command for cmd.
  const address = platform === 'win32' ? url.replaceAll('&', '^&') : url;
  spawn(program, [...args, address], { detached: true, stdio: 'ignore', windowsVerbatimArguments: true })
    .on('error', () => undefined)
    .unref();
  return true;
}

/** `wanted` if it is free: a browser keeps the layout of a workbench for each port. Else 0, which means any. */
function freePort(wanted) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)));
  });
}

let ending = false;
async function end(code) {
  if (ending) return;
  ending = true;
  for (const stop of ends.reverse()) await stop();
  process.exit(code);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  await end(1);
}
