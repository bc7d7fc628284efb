// Who may import whom. docs/architecture.md says why; tools/layers.mjs runs this and fails when it saw nothing.

/** Our own layers, and for each the others (and the packages) that it may import. */
const layers = {
  engine: [],
  'kernel-source': ['engine'],
  recording: ['engine'],
  scenario: ['engine', 'recording'],
  compare: ['engine', 'recording', 'scenario'],
  explore: ['engine', 'recording', 'scenario'],
  language: ['engine', 'recording', 'scenario'],
  debug: ['engine', 'kernel-source', 'recording', 'scenario'],
  panel: ['engine', 'debug'],
  extension: ['engine', 'recording', 'scenario', 'compare', 'explore', 'language', 'debug', 'panel'],
  cli: ['engine', 'recording', 'scenario', 'compare', 'explore', 'language', 'debug'],
  api: ['engine', 'recording', 'scenario', 'cli'],
};
const langium = ['langium/', 'vscode-languageserver', 'vscode-uri/', 'vscode-jsonrpc/'];
const adapter = ['@vscode/debugadapter/', '@vscode/debugprotocol/'];
/** The packages (beginnings of paths in node_modules) that a layer may import. */
const packages = {
  engine: [],
  'kernel-source': [],
  recording: [],
  scenario: langium,
  compare: [],
  explore: [],
  language: langium,
  debug: adapter,
  panel: ['lit-html/'],
  extension: [...langium, ...adapter, '@types/vscode/'],
  cli: [...langium, ...adapter, 'commander/'],
  api: [],
};

const inside = (names) => names.map((name) => `^src/${name}/`);

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `${layer}-imports`,
  comment: `src/${layer} may import ${below.length ? below.join(', ') : 'no other layer'}.`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^(src|test|bench|tools|examples|media)/', pathNot: inside([layer, ...below]) },
}));

const packageRules = Object.entries(packages).map(([layer, names]) => ({
  name: `${layer}-packages`,
  comment: `src/${layer} may import ${names.length ? `these packages: ${names.join(', ')}` : 'no package'}.`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^node_modules/', pathNot: names.map((name) => `^node_modules/${name}`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file, or the shared part is a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-the-extension-knows-the-editor',
      severity: 'error',
      from: { path: '^(src|test|bench)/', pathNot: '^(src/extension|test/e2e)/' },
      to: { path: '^(vscode$|node_modules/@types/vscode/)' },
    },
    {
      name: 'portable-code-knows-no-node',
      comment:
        'All but the command line, and files named …node….ts of the adapter, the explorer and the extension, also run in a browser.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', '^src/(debug|explore|extension)/.*node[^/]*[.]ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
    {
      name: 'sources-need-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    ...layerRules,
    ...packageRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^tools/vscode/node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type-only imports count: a layer that needs another's types knows it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
