// Node's import of TypeScript with the compiler itself, one file at a time. Its output keeps the branches as they are written;
// esbuild's, which tests usually run, adds some of its own.
import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import ts from 'typescript';

const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
  inlineSources: true,
};

if (isMainThread) {
  register(import.meta.url);
  // Without the maps, what was covered would be looked for in the wrong places.
  process.setSourceMapsEnabled(true);
  // Programs that a test starts are compiled in other ways; what they cover would not fit.
  delete process.env.NODE_V8_COVERAGE;
}

/** `./walk.js` stands for `./walk.ts`. */
export async function resolve(specifier, context, next) {
  if (/^[.]{1,2}[/]/.test(specifier) && context.parentURL?.startsWith('file:')) {
    const url = new URL(specifier.replace(/[.]js$/, '.ts'), context.parentURL);
    if (url.pathname.endsWith('.ts') && existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!/^file:.*[.]ts$/.test(url)) return next(url, context);
  const fileName = fileURLToPath(url);
  const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), { fileName, compilerOptions });
  return { format: 'module', shortCircuit: true, source: outputText };
}
