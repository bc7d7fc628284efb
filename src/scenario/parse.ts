/** Text to syntax tree. */
import type { GmapFile } from './generated/ast.js';
import { gmapServices } from './language.js';
import type { Diagnostic } from './source.js';
import { syntaxErrors } from './syntax-errors.js';

export interface ParsedFile {
  /** Where there are errors the tree has holes: properties that its types promise may be missing. */
  readonly file: GmapFile;
  readonly diagnostics: readonly Diagnostic[];
  /** Lines that hold a syntax error. */
  readonly lines: ReadonlySet<number>;
}

export function parseFile(text: string): ParsedFile {
  const { parser } = gmapServices().gmap;
  const result = parser.LangiumParser.parse<GmapFile>(text);
  const { diagnostics, lines } = syntaxErrors(text, result, () => parser.Lexer.tokenize(text).tokens);
  return { file: result.value, diagnostics, lines };
}
