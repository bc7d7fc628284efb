/** The pages that people read, and the pieces of them that can be checked. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../../tools/lib/root.mjs';

export interface Page {
  /** From the root of this project, with `/`. */
  readonly path: string;
  readonly text: string;
}

function page(path: string): Page {
  return { path, text: readFileSync(fromRoot(path), 'utf8').replaceAll('\r\n', '\n') };
}

/** Every page of prose. */
export function pages(): Page[] {
  const below = (folder: string): string[] =>
    readdirSync(fromRoot(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  const top = readdirSync(fromRoot()).filter((name) => name.endsWith('.md'));
  return [...top, ...['docs', 'examples', 'media', 'editors'].flatMap(below)].sort().map(page);
}

export interface Block {
  readonly page: string;
  /** Line of the opening fence. */
  readonly line: number;
  readonly language: string;
  /** What stands behind the language. */
  readonly marks: string;
  readonly text: string;
}

/** Fenced blocks of a page. */
export function blocks({ path, text }: Page, language?: string): Block[] {
  const found: Block[] = [];
  for (const match of text.matchAll(/^```([\w-]*)[ \t]*([^\n]*)\n([^]*?)^```$/gm)) {
    const line = text.slice(0, match.index).split('\n').length;
    found.push({ page: path, line, language: match[1]!, marks: match[2]!, text: match[3]! });
  }
  return language === undefined ? found : found.filter((block) => block.language === language);
}

/** Prose without fenced blocks and code spans, with the lines where they are. */
export function prose({ text }: Page): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ');
  return text.replace(/^```[^]*?^```$/gm, blank).replace(/`[^`\n]*`/g, blank);
}

export const at = (path: string): string => join(fromRoot(), path);
