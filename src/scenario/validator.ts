/** The checks as Langium's document validator: a language server shows what compiling finds, and nothing else. */
import type {
  DocumentValidator,
  LangiumCoreServices,
  LangiumDocument,
  Module,
  PartialLangiumCoreServices,
} from 'langium';
import { compileParsed } from './compile.js';
import type { GmapFile } from './generated/ast.js';
import { parsedFile } from './parse.js';
import type { Position, Severity } from './source.js';

type LspDiagnostic = Awaited<ReturnType<DocumentValidator['validateDocument']>>[number];

/** Severities and tags of the Language Server Protocol. */
const SEVERITIES: Readonly<Record<Severity, 1 | 2 | 4>> = { error: 1, warning: 2, hint: 4 };
const UNNECESSARY = 1;

class GmapDocumentValidator implements DocumentValidator {
  constructor(private readonly services: LangiumCoreServices) {}

  async validateDocument(document: LangiumDocument): Promise<LspDiagnostic[]> {
    const text = document.textDocument.getText();
    const parsed = parsedFile((document as LangiumDocument<GmapFile>).parseResult, text, this.services);
    const position = ({ line, column }: Position) => ({ line: line - 1, character: column - 1 });
    return compileParsed(parsed, text, document.uri.toString()).diagnostics.map((diagnostic): LspDiagnostic => {
      const { range, severity, message, code, replacement } = diagnostic;
      return {
        range: { start: position(range.start), end: position(range.end) },
        severity: SEVERITIES[severity],
        message,
        code,
        source: 'gmap',
        // What would be right: for quick fixes.
        ...(replacement !== undefined && { data: { replacement } }),
        ...(code === 'unused' && { tags: [UNNECESSARY] }),
      };
    });
  }
}

export const GmapValidation: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  validation: { DocumentValidator: (services) => new GmapDocumentValidator(services) },
};
