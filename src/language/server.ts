/**
 * The language server, without a transport: notifications and requests of the Language Server Protocol come in as method
 * calls. `gmap lsp` puts a stream around it (src/cli/lsp.ts); the extension for VS Code calls it directly.
 */
import type { InitializeParams, InitializeResult, PublishDiagnosticsParams } from 'vscode-languageserver-protocol';
import type { FormattingOptions, Position, Range } from 'vscode-languageserver-types';
import { codeActions } from './actions.js';
import { completion } from './completion.js';
import { diagnosticOf } from './diagnostics.js';
import type { Analysis, TextChange } from './document.js';
import { Document } from './document.js';
import { format, formatTyped } from './format.js';
import { hover } from './hover.js';
import { inlayHints } from './inlay-hints.js';
import { documentLinks } from './links.js';
import { definition, highlights, prepareRename, references, rename } from './navigation.js';
import { documentSymbols, foldingRanges, selectionRange } from './outline.js';
import { problemsOf } from './problems.js';
import { semanticTokens } from './semantic-tokens.js';
import { signatureHelp } from './signature.js';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from './token-legend.js';

export interface Client {
  publishDiagnostics(params: PublishDiagnosticsParams): void;
}

/** What requests bring along; each has some of it. */
export interface RequestParams {
  readonly textDocument: { readonly uri: string };
  readonly position: Position;
  readonly positions: readonly Position[];
  readonly range: Range;
  readonly options: FormattingOptions;
  readonly newName: string;
  readonly ch: string;
  readonly context: { readonly includeDeclaration?: boolean; readonly only?: readonly string[] };
}

type Handler = (analysis: Analysis, params: RequestParams, server: LanguageServer) => unknown;

/** The requests about a text, by method. */
export const REQUESTS: Readonly<Record<string, Handler>> = {
  'textDocument/completion': (at, { position }, { snippets }) => completion(at, position, { snippets }),
  'textDocument/hover': (at, { position }) => hover(at, position),
  'textDocument/signatureHelp': (at, { position }) => signatureHelp(at, position),
  'textDocument/definition': (at, { position }) => definition(at, position),
  'textDocument/references': (at, { position, context }) =>
    references(at, position, context.includeDeclaration ?? true),
  'textDocument/documentHighlight': (at, { position }) => highlights(at, position),
  'textDocument/prepareRename': (at, { position }) => prepareRename(at, position),
  'textDocument/rename': (at, { position, newName }) => ({ changes: { [at.uri]: rename(at, position, newName) } }),
  'textDocument/documentSymbol': (at) => documentSymbols(at),
  'textDocument/foldingRange': (at) => foldingRanges(at),
  'textDocument/selectionRange': (at, { positions }) => positions.map((position) => selectionRange(at, position)),
  'textDocument/formatting': (at, { options }) => format(at, options),
  'textDocument/rangeFormatting': (at, { options, range }) => format(at, options, range),
  'textDocument/onTypeFormatting': (at, { options, position, ch }) => formatTyped(at, options, position, ch),
  'textDocument/semanticTokens/full': (at) => semanticTokens(at),
  'textDocument/semanticTokens/range': (at, { range }) => semanticTokens(at, range),
  'textDocument/documentLink': (at) => documentLinks(at),
  'textDocument/inlayHint': (at, { range }) => inlayHints(at, range),
  'textDocument/codeAction': (at, { range, context }) => codeActions(at, range, context.only),
};

/** Longest wait after an edit before diagnostics are looked for, in milliseconds. */
const LONGEST_WAIT = 75;

export class LanguageServer {
  /** Whether completions may hold snippets. */
  snippets = false;
  private readonly documents = new Map<string, Document>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** How long the last check of each text took, in milliseconds: big texts are checked when the typing pauses. */
  private readonly costs = new Map<string, number>();

  constructor(private readonly client: Client) {}

  initialize({ capabilities }: Pick<InitializeParams, 'capabilities'>, version?: string): InitializeResult {
    this.snippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport ?? false;
    return {
      serverInfo: { name: 'gmap', ...(version !== undefined && { version }) },
      capabilities: {
        textDocumentSync: { openClose: true, change: 2 },
        completionProvider: { triggerCharacters: [' ', '.', '(', ':', '>'] },
        hoverProvider: true,
        signatureHelpProvider: { triggerCharacters: [' ', '(', ','] },
        definitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        selectionRangeProvider: true,
        documentFormattingProvider: true,
        documentRangeFormattingProvider: true,
        documentOnTypeFormattingProvider: { firstTriggerCharacter: '\n', moreTriggerCharacter: ['}'] },
        semanticTokensProvider: {
          legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
          full: true,
          range: true,
        },
        documentLinkProvider: {},
        inlayHintProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix', 'source.fixAll.gmap'] },
      },
    };
  }

  open(uri: string, version: number, text: string): void {
    this.documents.set(uri, new Document(uri, version, text));
    this.checkSoon(uri);
  }

  change(uri: string, version: number, changes: readonly TextChange[]): void {
    const document = this.documents.get(uri);
    if (!document) return;
    document.change(changes, version);
    this.checkSoon(uri);
  }

  close(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.costs.delete(uri);
    if (this.documents.delete(uri)) this.client.publishDiagnostics({ uri, diagnostics: [] });
  }

  /**
   * Answers a request about a text; null if there is nothing to say.
   * @throws Refusal with a reason for the person who asked
   */
  request(method: string, params: RequestParams): unknown {
    const analysis = this.documents.get(params.textDocument.uri)?.analysis;
    return (analysis && REQUESTS[method]?.(analysis, params, this)) ?? null;
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.documents.clear();
  }

  private checkSoon(uri: string): void {
    clearTimeout(this.timers.get(uri));
    const wait = Math.min(LONGEST_WAIT, (this.costs.get(uri) ?? 0) / 4);
    this.timers.set(
      uri,
      setTimeout(() => this.check(uri), wait),
    );
  }

  private check(uri: string): void {
    const document = this.documents.get(uri);
    if (!document) return;
    const start = performance.now();
    const diagnostics = problemsOf(document.analysis).map(diagnosticOf);
    this.costs.set(uri, performance.now() - start);
    this.client.publishDiagnostics({ uri, version: document.version, diagnostics });
  }
}
