/** Files that a scenario names. */
import type { DocumentLink } from 'vscode-languageserver-types';
import type * as ast from '../scenario/generated/ast.js';
import { rangeOf } from '../scenario/source.js';
import type { Analysis } from './document.js';
import { toRange } from './document.js';

export function documentLinks({ file, uri }: Analysis): DocumentLink[] {
  const links: DocumentLink[] = [];
  const visit = (statements: readonly (ast.Item | ast.Statement)[]) => {
    for (const node of statements) {
      if ('statements' in node) visit(node.statements);
      if (node.$type !== 'Schedule' || node.file === undefined) continue;
      const target = resolve(node.file, uri);
      if (target === undefined) continue;
      links.push({ range: toRange(rangeOf(node, 'file')), target, tooltip: 'Open the recorded schedule' });
    }
  };
  visit(file.items);
  return links;
}

/** Files lie beside the scenario; an unsaved one lies nowhere. */
function resolve(file: string, uri: string): string | undefined {
  try {
    const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
    return new URL(path, uri).toString();
  } catch {
    return undefined;
  }
}
