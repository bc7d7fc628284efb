/** Long lists of children are shown in pages of a hundred. */
import type { TreeNode } from '../debug/protocol.js';

export const pageSize = 100;

export interface Page {
  readonly id: string;
  readonly label: string;
  readonly nodes: readonly TreeNode[];
}

/** The pages of a list; none if the list is short enough to be shown as it is. */
export function pagesOf(parent: string, nodes: readonly TreeNode[]): Page[] {
  if (nodes.length <= pageSize) return [];
  const pages: Page[] = [];
  for (let first = 0; first < nodes.length; first += pageSize) {
    const page = nodes.slice(first, first + pageSize);
    pages.push({ id: `${parent}/page:${first}`, label: `${page[0]!.label} … ${page.at(-1)!.label}`, nodes: page });
  }
  return pages;
}
