/**
 * The language server in the editor. It runs in this process, so that the same works in a browser and for files that are
 * no files; it is asked in the words of the Language Server Protocol, as `gmap lsp` is. Loaded with the first scenario.
 */
import * as vscode from 'vscode';
import type * as lsp from 'vscode-languageserver-types';
import type { LanguageServer, RequestParams } from '../language/server.js';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../language/token-legend.js';
import * as from from './from-protocol.js';

const selector = 'gmap';
/** Copies of a text that is open elsewhere: of commits, of the search's results. */
const COPIES = new Set(['git', 'gitfs', 'search-editor', 'vscode-local-history', 'output', 'debug']);

/** A scenario that somebody works on. */
export const isServed = ({ languageId, uri }: vscode.TextDocument): boolean =>
  languageId === selector && !COPIES.has(uri.scheme);

class Client implements vscode.Disposable {
  private readonly problems = vscode.languages.createDiagnosticCollection('gmap');
  private readonly opened = new Set<string>();
  private loading: Promise<LanguageServer> | undefined;
  private server: LanguageServer | undefined;

  dispose(): void {
    this.server?.dispose();
    this.problems.dispose();
  }

  /** The server, with all scenarios that are open. */
  private async load(): Promise<LanguageServer> {
    const { LanguageServer } = await import('./heavy.js');
    const server = new LanguageServer({
      publishDiagnostics: ({ uri, diagnostics }) =>
        this.problems.set(vscode.Uri.parse(uri), diagnostics.map(from.toDiagnostic)),
    });
    server.snippets = true;
    this.server = server;
    for (const document of vscode.workspace.textDocuments) this.open(document);
    return server;
  }

  open(document: vscode.TextDocument): void {
    if (!isServed(document)) return;
    this.loading ??= this.load();
    const uri = document.uri.toString();
    if (!this.server || this.opened.has(uri)) return;
    this.opened.add(uri);
    this.server.open(uri, document.version, document.getText());
  }

  change({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const uri = document.uri.toString();
    // Not yet open there: it will be opened with the text that it has then.
    if (contentChanges.length && this.opened.has(uri)) this.server?.change(uri, document.version, contentChanges);
  }

  close({ uri }: vscode.TextDocument): void {
    if (this.opened.delete(uri.toString())) this.server?.close(uri.toString());
  }

  async ask<T>(
    method: string,
    { uri }: vscode.TextDocument,
    params: Partial<RequestParams>,
    token?: vscode.CancellationToken,
  ): Promise<T | undefined> {
    const server = await (this.loading ??= this.load());
    if (token?.isCancellationRequested || !this.opened.has(uri.toString())) return undefined;
    const all = { textDocument: { uri: uri.toString() }, ...params } as RequestParams;
    return (server.request(`textDocument/${method}`, all) as T | null) ?? undefined;
  }
}

export function registerLanguage(): vscode.Disposable {
  const client = new Client();
  for (const document of vscode.workspace.textDocuments) client.open(document);
  return vscode.Disposable.from(
    client,
    vscode.workspace.onDidOpenTextDocument((document) => client.open(document)),
    vscode.workspace.onDidChangeTextDocument((event) => client.change(event)),
    vscode.workspace.onDidCloseTextDocument((document) => client.close(document)),
    ...writing(client),
    ...reading(client),
    ...formatting(client),
  );
}

/** What helps who writes. */
function writing(client: Client): vscode.Disposable[] {
  const { languages } = vscode;
  return [
    languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (document, position, token) =>
          (await client.ask<lsp.CompletionItem[]>('completion', document, { position }, token))?.map(from.toCompletion),
      },
      ...[' ', '.', '(', ':', '>'],
    ),
    languages.registerSignatureHelpProvider(
      selector,
      {
        provideSignatureHelp: async (document, position, token) => {
          const help = await client.ask<lsp.SignatureHelp>('signatureHelp', document, { position }, token);
          return help && from.toSignatureHelp(help);
        },
      },
      ...[' ', '(', ','],
    ),
    languages.registerCodeActionsProvider(
      selector,
      {
        provideCodeActions: async (document, range, { only }, token) => {
          const context = only ? { only: [only.value] } : {};
          const actions = await client.ask<lsp.CodeAction[]>('codeAction', document, { range, context }, token);
          return actions?.map((action) => from.toCodeAction(action, document.uri));
        },
      },
      {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.SourceFixAll.append('gmap')],
      },
    ),
    languages.registerRenameProvider(selector, {
      prepareRename: async (document, position, token) => {
        type Place = { range: lsp.Range; placeholder: string };
        const place = await client.ask<Place>('prepareRename', document, { position }, token);
        if (!place) throw new Error(vscode.l10n.t('There is no name here.'));
        return { range: from.toRange(place.range), placeholder: place.placeholder };
      },
      provideRenameEdits: async (document, position, newName, token) => {
        const edit = await client.ask<lsp.WorkspaceEdit>('rename', document, { position, newName }, token);
        return edit && from.toWorkspaceEdit(edit, document.uri);
      },
    }),
    languages.registerInlayHintsProvider(selector, {
      provideInlayHints: async (document, range, token) =>
        (await client.ask<lsp.InlayHint[]>('inlayHint', document, { range }, token))?.map(from.toInlayHint),
    }),
  ];
}

/** What helps who reads. */
function reading(client: Client): vscode.Disposable[] {
  const { languages } = vscode;
  const locations = (document: vscode.TextDocument, found: lsp.Location[] | undefined) =>
    found?.map(({ range }) => new vscode.Location(document.uri, from.toRange(range)));
  return [
    languages.registerHoverProvider(selector, {
      provideHover: async (document, position, token) => {
        const hover = await client.ask<lsp.Hover>('hover', document, { position }, token);
        return hover && from.toHover(hover);
      },
    }),
    languages.registerDefinitionProvider(selector, {
      provideDefinition: async (document, position, token) =>
        locations(document, await client.ask<lsp.Location[]>('definition', document, { position }, token)),
    }),
    languages.registerReferenceProvider(selector, {
      provideReferences: async (document, position, context, token) =>
        locations(document, await client.ask<lsp.Location[]>('references', document, { position, context }, token)),
    }),
    languages.registerDocumentHighlightProvider(selector, {
      provideDocumentHighlights: async (document, position, token) =>
        (await client.ask<lsp.DocumentHighlight[]>('documentHighlight', document, { position }, token))?.map(
          from.toHighlight,
        ),
    }),
    languages.registerDocumentSymbolProvider(
      selector,
      {
        provideDocumentSymbols: async (document, token) =>
          (await client.ask<lsp.DocumentSymbol[]>('documentSymbol', document, {}, token))?.map(from.toSymbol),
      },
      { label: 'gmap' },
    ),
    languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges: async (document, _context, token) =>
        (await client.ask<lsp.FoldingRange[]>('foldingRange', document, {}, token))?.map(from.toFolding),
    }),
    languages.registerSelectionRangeProvider(selector, {
      provideSelectionRanges: async (document, positions, token) =>
        (await client.ask<lsp.SelectionRange[]>('selectionRange', document, { positions }, token))?.map(
          from.toSelection,
        ),
    }),
    languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: async (document, token) =>
        (await client.ask<lsp.DocumentLink[]>('documentLink', document, {}, token))?.map(from.toLink),
    }),
    ...colours(client),
  ];
}

function colours(client: Client): vscode.Disposable[] {
  const legend = new vscode.SemanticTokensLegend([...TOKEN_TYPES], [...TOKEN_MODIFIERS]);
  const tokens = (found: lsp.SemanticTokens | undefined) =>
    found && new vscode.SemanticTokens(new Uint32Array(found.data));
  return [
    vscode.languages.registerDocumentSemanticTokensProvider(
      selector,
      {
        provideDocumentSemanticTokens: async (document, token) =>
          tokens(await client.ask<lsp.SemanticTokens>('semanticTokens/full', document, {}, token)),
      },
      legend,
    ),
    vscode.languages.registerDocumentRangeSemanticTokensProvider(
      selector,
      {
        provideDocumentRangeSemanticTokens: async (document, range, token) =>
          tokens(await client.ask<lsp.SemanticTokens>('semanticTokens/range', document, { range }, token)),
      },
      legend,
    ),
  ];
}

function formatting(client: Client): vscode.Disposable[] {
  const { languages } = vscode;
  const ask = async (
    method: string,
    document: vscode.TextDocument,
    { tabSize, insertSpaces }: vscode.FormattingOptions,
    more: Partial<RequestParams>,
    token: vscode.CancellationToken,
  ) => {
    const params = { options: { tabSize, insertSpaces }, ...more };
    return (await client.ask<lsp.TextEdit[]>(method, document, params, token))?.map(from.toEdit);
  };
  return [
    languages.registerDocumentFormattingEditProvider(selector, {
      provideDocumentFormattingEdits: (document, options, token) => ask('formatting', document, options, {}, token),
    }),
    languages.registerDocumentRangeFormattingEditProvider(selector, {
      provideDocumentRangeFormattingEdits: (document, range, options, token) =>
        ask('rangeFormatting', document, options, { range }, token),
    }),
    languages.registerOnTypeFormattingEditProvider(
      selector,
      {
        provideOnTypeFormattingEdits: (document, position, ch, options, token) =>
          ask('onTypeFormatting', document, options, { position, ch }, token),
      },
      '\n',
      '}',
    ),
  ];
}
