// Starts the VS Code of tools/vscode as a server on 127.0.0.1, in a process group of its own: extension hosts, terminals and
// watchers are ended with it.
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fromRoot } from './root.mjs';
import { cleanEnvironment, killGroup, spawnGroup } from './run.mjs';

const codeServer = fromRoot('tools/vscode/node_modules/code-server');
export const vscodeFolder = join(codeServer, 'lib/vscode');

/** Nothing calls home, nothing asks, nothing stands beside what people came for. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'chat.disableAIFeatures': true,
  'chat.agentHost.enabled': false,
  'chat.commandCenter.enabled': false,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'git.autoRepositoryDetection': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  'window.confirmBeforeClose': 'never',
  'files.simpleDialog.enable': true,
};

const { name, publisher, version } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
const extensionId = `${publisher}.${name}`;

/**
 * Enters this clone in the list of installed extensions, so that a reload of the window runs what was built last. A built VS
 * Code takes an extensionDevelopmentPath from its address only with its smoke-test driver on, which hides notifications.
 */
function useExtensionInPlace(extensionsFolder) {
  const location = { scheme: 'file', path: pathToFileURL(fromRoot()).pathname };
  const list = [{ identifier: { id: extensionId }, version, location, metadata: { pinned: true } }];
  writeFileSync(join(extensionsFolder, 'extensions.json'), JSON.stringify(list));
}

/** code-server insists on Node 24: the one that runs us if it is that, else the one from npm. */
function node24() {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const [platform, file] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node'];
  for (const kind of ['node', 'node-bin']) {
    const path = fromRoot('tools/vscode/node_modules', `${kind}-${platform}-${process.arch}`, 'bin', file);
    if (existsSync(path)) return path;
  }
  throw new Error(`npm has no Node 24 for ${platform} ${process.arch}: run this with a Node 24 of your own`);
}

/**
 * @typedef {object} VSCodeServer
 * @property {string} origin     where it listens: `http://127.0.0.1:PORT`
 * @property {string} log        the file with all that it said
 * @property {string} extensions    the folder with the installed extensions
 * @property {(folder: string) => string} url    the address that opens `folder`
 * @property {Promise<unknown>} gone    settles when it has ended, whoever ended it
 * @property {(options?: { keep?: boolean }) => Promise<void>} stop    ends every process of it
 */

/**
 * @param {object} [options]
 * @param {number} [options.port]      0: a free one
 * @param {string} [options.profile]   a folder for settings and state that stays; left out: one that goes with the server
 * @param {Record<string, unknown>} [options.settings]
 * @param {Record<string, string>} [options.env]
 * @param {'node' | 'web'} [options.host]   the extension host that runs the extension
 * @param {string} [options.vsix]      a package of the extension that is installed; left out: this clone is used in place
 * @returns {Promise<VSCodeServer>}
 */
export async function startVSCodeServer({ port = 0, profile, settings, env, host = 'node', vsix } = {}) {
  const folder = profile ?? mkdtempSync(join(tmpdir(), 'gmap-debug-vscode-'));
  const [user, extensions, home] = ['user', 'extensions', 'home'].map((name) => join(folder, name));
  for (const path of [join(user, 'User'), extensions, home]) mkdirSync(path, { recursive: true });
  const settingsFile = join(user, 'User/settings.json');
  const ownHost = { 'remote.extensionKind': { [extensionId]: [host === 'web' ? 'web' : 'workspace'] } };
  const allSettings = { ...quietSettings, ...ownHost, ...settings };
  if (!existsSync(settingsFile)) writeFileSync(settingsFile, JSON.stringify(allSettings, null, 2));
  // Without this file code-server writes one into the person's home.
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'auth: none\n');
  const log = join(folder, 'server.log');
  const logStream = createWriteStream(log);

  const inherited = Object.entries(cleanEnvironment()).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|PASSWORD$)/.test(name),
  );
  const entry = [
    join(codeServer, 'out/node/entry.js'),
    ...['--config', config, '--user-data-dir', user, '--extensions-dir', extensions],
  ];
  const environment = {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...env,
  };
  // Before the server runs: a running one would be asked to do it.
  if (vsix) execFileSync(node24(), [...entry, '--install-extension', vsix], { env: environment, stdio: 'pipe' });
  else useExtensionInPlace(extensions);
  const child = spawnGroup(
    node24(),
    [
      ...entry,
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'],
      ...['--disable-workspace-trust', '--disable-getting-started-override', '--ignore-last-opened', '--disable-proxy'],
    ],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let stopped;
  const stop = ({ keep = false } = {}) =>
    (stopped ??= (async () => {
      killGroup(child, 'SIGTERM');
      await Promise.race([gone, sleep(3000)]);
      killGroup(child, 'SIGKILL');
      logStream.end();
      if (!profile && !keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    })());

  try {
    const origin = await new Promise((resolve, reject) => {
      let said = '';
      const timer = setTimeout(() => reject(new Error(`VS Code did not start in 60 s:\n${said}`)), 60_000);
      const listen = (data) => {
        logStream.write(data);
        said = (said + data).slice(-10_000);
        const match = /HTTP server listening on (http:\/\/[\d.:]+)/.exec(said);
        if (match) {
          clearTimeout(timer);
          resolve(match[1]);
        }
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('error', reject);
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`VS Code ended at its start with code ${code}:\n${said}`));
      });
    });
    const url = (workspace) => `${origin}/?${new URLSearchParams({ folder: workspace })}`;
    return { origin, log, extensions, url, gone, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());
