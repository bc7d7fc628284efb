// The web-worker extension host has no Node modules. @vscode/debugadapter imports a few, which it needs only to talk over
// pipes and sockets; these stand-ins hold what the in-process adapter really calls.
const standIns = {
  events: `
    class EventEmitter {
      constructor() { this.listeners = {}; }
      on(name, listener) { (this.listeners[name] ??= []).push(listener); return this; }
      emit(name, ...args) { for (const listener of this.listeners[name] ?? []) listener(...args); }
    }
    module.exports = { EventEmitter };`,
  path: `
    exports.basename = (p) => p.split(/[\\\\/]/).pop();
    exports.dirname = (p) => p.replace(/[\\\\/][^\\\\/]*$/, '');
    exports.isAbsolute = (p) => p[0] === '/';
    exports.join = exports.resolve = (...parts) => parts.join('/');`,
};

const nodeStandIns = {
  name: 'node-stand-ins',
  setup(build) {
    build.onResolve({ filter: /^(node:)?(net|fs|os|url|path|util|events|stream|child_process)$/ }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace: 'node-stand-in',
    }));
    build.onLoad({ filter: /.*/, namespace: 'node-stand-in' }, ({ path }) => ({
      contents: standIns[path] ?? 'module.exports = {};',
      loader: 'js',
    }));
  },
};

/** What esbuild needs to bundle for the web-worker extension host. */
export const webPlatform = {
  platform: 'browser',
  plugins: [nodeStandIns],
  // convertClientPathToDebugger and its like ask for the platform.
  define: { 'process.platform': '"web"' },
};
