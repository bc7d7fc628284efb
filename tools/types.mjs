// Writes the declarations of the package's entry beside its bundle: dist/api/*.d.ts. Only what src/api/index.ts and types.ts
// say is public, and both declare all their types, so nothing has to be compiled for it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { fromRoot } from './lib/root.mjs';

mkdirSync(fromRoot('dist/api'), { recursive: true });
for (const name of ['index', 'types']) {
  const fileName = fromRoot(`src/api/${name}.ts`);
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(fileName, 'utf8'), {
    fileName,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, strict: true, verbatimModuleSyntax: true },
  });
  if (diagnostics.length > 0) {
    const host = { getCanonicalFileName: (f) => f, getCurrentDirectory: () => fromRoot(), getNewLine: () => '\n' };
    throw new Error(ts.formatDiagnostics(diagnostics, host));
  }
  writeFileSync(fromRoot(`dist/api/${name}.d.ts`), outputText);
}
