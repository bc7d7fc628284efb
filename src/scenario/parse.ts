/** Text to syntax tree. */
import type { LangiumCoreServices, ParseResult } from 'langium';
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
  const services = gmapServices().gmap;
  return parsedFile(services.parser.LangiumParser.parse<GmapFile>(text), text, services);
}

/** The same from what Langium has parsed already. */
export function parsedFile(result: ParseResult<GmapFile>, text: string, { parser }: LangiumCoreServices): ParsedFile {
  const { diagnostics, lines } = syntaxErrors(text, result, () => parser.Lexer.tokenize(text).tokens);
  return { file: result.value, diagnostics, lines };
}
