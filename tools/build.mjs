// Bundles the sources with esbuild:
//   node tools/build.mjs                      the extension (Node and web) and the command line
//   node tools/build.mjs conform bench …      the named bundles only
//   --watch    build again at every change     --production    minified, without source maps
//   --inputs   writes nothing into dist: .cache/inputs.json gets the list of the files that each bundle is made of
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';
import { fromRoot } from './lib/root.mjs';
import { webPlatform } from './lib/web-platform.mjs';

const node = { platform: 'node', target: 'node20' };
// Programs of our own may await at the top; packages inside that are CommonJS still ask for `require`.
const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
const module = { ...node, format: 'esm', banner: { js: require } };
/** VS Code waits for the extension's file to be compiled: what it needs later stays outside of it. A web extension is one file. */
const laterPart = {
  name: 'later-part',
  setup(build) {
    build.onResolve({ filter: /^[.]\/heavy[.]js$/ }, () => ({ path: './heavy.js', external: true }));
  },
};
/** lodash looks for the global object by evaluating text, where all else fails; nothing that we ship evaluates text. */
const globalObject = {
  name: 'global-object',
  setup(build) {
    build.onLoad({ filter: /lodash-es[\\/]_root[.]js$/ }, () => ({ contents: 'export default globalThis;' }));
  },
};
const bundles = {
  extension: {
    ...node,
    entry: 'src/extension/extension.ts',
    out: 'dist/extension.js',
    external: ['vscode'],
    plugins: [laterPart],
    supported: { 'dynamic-import': false },
  },
  heavy: { ...node, entry: 'src/extension/heavy.ts', out: 'dist/heavy.js' },
  web: {
    ...webPlatform,
    target: 'es2022',
    entry: 'src/extension/extension.ts',
    out: 'dist/extension.web.js',
    external: ['vscode'],
  },
  panel: { platform: 'browser', target: 'es2022', format: 'iife', entry: 'src/panel/main.ts', out: 'dist/panel.js' },
  cli: { ...node, entry: 'src/cli/main.ts', out: 'dist/gmap.js', banner: { js: '#!/usr/bin/env node' } },
  'explore-worker': { ...node, entry: 'src/explore/worker-node.ts', out: 'dist/explore-worker.js' },
  api: { ...node, entry: 'src/api/index.ts', out: 'dist/api/index.js' },
  conform: { ...module, entry: 'test/conformance/run.ts', out: 'dist/conform.mjs' },
  bench: { ...module, entry: 'bench/index.ts', out: 'dist/bench.mjs' },
  'bench-floor': { ...node, entry: 'bench/floor.ts', out: 'dist/bench-floor.js' },
  fuzz: { ...module, entry: 'test/fuzz/run.ts', out: 'dist/fuzz.mjs' },
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { watch: { type: 'boolean' }, production: { type: 'boolean' }, inputs: { type: 'boolean' } },
});
const names = positionals.length ? positionals : ['extension', 'heavy', 'web', 'panel', 'cli', 'explore-worker', 'api'];
const inputs = {};

await Promise.all(
  names.map(async (name) => {
    const bundle = bundles[name];
    if (!bundle) throw new Error(`no bundle named ${name}: ${Object.keys(bundles).join(', ')}`);
    const { entry, out, ...rest } = bundle;
    if (!existsSync(fromRoot(entry))) {
      if (positionals.length) throw new Error(`${entry} does not exist`);
      console.error(`build: ${entry} does not exist, ${out} is left out`);
      return;
    }
    const settings = {
      absWorkingDir: fromRoot(),
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      // VS Code loads CommonJS in both of its extension hosts.
      format: 'cjs',
      // Prefer the ES module flavour of packages that ship both: it is the one that can be tree-shaken.
      mainFields: rest.platform === 'browser' ? ['browser', 'module', 'main'] : ['module', 'main'],
      sourcemap: options.production ? false : 'linked',
      minifySyntax: options.production ?? false,
      minifyWhitespace: options.production ?? false,
      // Names are kept as they are: they show in the call stacks that people report.
      legalComments: 'none',
      logLevel: options.watch ? 'info' : 'warning',
      ...(options.inputs && { write: false, metafile: true }),
      ...rest,
      plugins: [globalObject, ...(rest.plugins ?? [])],
    };
    if (options.watch) await (await context(settings)).watch();
    else inputs[name] = Object.keys((await build(settings)).metafile?.inputs ?? {});
    if (name === 'cli' && !options.watch && !options.inputs) chmodSync(fromRoot(out), 0o755);
  }),
);
if (options.inputs) {
  mkdirSync(fromRoot('.cache'), { recursive: true });
  writeFileSync(fromRoot('.cache/inputs.json'), JSON.stringify(inputs));
}
