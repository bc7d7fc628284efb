/** Answers of the language server (Language Server Protocol) as objects of the editor. */
import * as vscode from 'vscode';
import type * as lsp from 'vscode-languageserver-types';

export function toPosition({ line, character }: lsp.Position): vscode.Position {
  return new vscode.Position(line, character);
}

export function toRange({ start, end }: lsp.Range): vscode.Range {
  return new vscode.Range(toPosition(start), toPosition(end));
}

export function toEdit({ range, newText }: lsp.TextEdit): vscode.TextEdit {
  return new vscode.TextEdit(toRange(range), newText);
}

/** All changes of a scenario's language are to the scenario itself. */
export function toWorkspaceEdit({ changes = {} }: lsp.WorkspaceEdit, uri: vscode.Uri): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.set(uri, Object.values(changes).flat().map(toEdit));
  return edit;
}

export function toDiagnostic(found: lsp.Diagnostic): vscode.Diagnostic {
  const severity = ((found.severity ?? 1) - 1) as vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(toRange(found.range), textOf(found.message), severity);
  if (found.source !== undefined) diagnostic.source = found.source;
  if (found.code !== undefined) diagnostic.code = found.code;
  if (found.tags) diagnostic.tags = found.tags;
  return diagnostic;
}

function toMarkdown(text: string | lsp.MarkupContent): vscode.MarkdownString {
  return new vscode.MarkdownString(textOf(text));
}

function textOf(text: string | lsp.MarkupContent): string {
  return typeof text === 'string' ? text : text.value;
}

export function toHover({ contents, range }: lsp.Hover): vscode.Hover {
  return new vscode.Hover(toMarkdown(contents as lsp.MarkupContent), range && toRange(range));
}

export function toCompletion(found: lsp.CompletionItem): vscode.CompletionItem {
  const kind = found.kind === undefined ? undefined : ((found.kind - 1) as vscode.CompletionItemKind);
  const item = new vscode.CompletionItem(found.label, kind);
  const { newText, range } = found.textEdit as lsp.TextEdit;
  item.insertText = found.insertTextFormat === 2 ? new vscode.SnippetString(newText) : newText;
  item.range = toRange(range);
  if (found.documentation !== undefined) item.documentation = toMarkdown(found.documentation);
  if (found.detail !== undefined) item.detail = found.detail;
  if (found.sortText !== undefined) item.sortText = found.sortText;
  if (found.filterText !== undefined) item.filterText = found.filterText;
  return item;
}

export function toSignatureHelp(found: lsp.SignatureHelp): vscode.SignatureHelp {
  const help = new vscode.SignatureHelp();
  help.signatures = found.signatures.map(({ label, documentation, parameters = [] }) => {
    const signature = new vscode.SignatureInformation(label, documentation && toMarkdown(documentation));
    signature.parameters = parameters.map(
      (part) => new vscode.ParameterInformation(part.label, part.documentation && toMarkdown(part.documentation)),
    );
    return signature;
  });
  help.activeSignature = found.activeSignature ?? 0;
  help.activeParameter = found.activeParameter ?? 0;
  return help;
}

export function toSymbol(found: lsp.DocumentSymbol): vscode.DocumentSymbol {
  const { name, detail = '', kind, range, selectionRange, children = [] } = found;
  const symbol = new vscode.DocumentSymbol(name, detail, kind - 1, toRange(range), toRange(selectionRange));
  symbol.children = children.map(toSymbol);
  return symbol;
}

export function toHighlight({ range, kind = 1 }: lsp.DocumentHighlight): vscode.DocumentHighlight {
  return new vscode.DocumentHighlight(toRange(range), kind - 1);
}

export function toFolding({ startLine, endLine, kind }: lsp.FoldingRange): vscode.FoldingRange {
  const { Comment, Region } = vscode.FoldingRangeKind;
  return new vscode.FoldingRange(
    startLine,
    endLine,
    kind === 'comment' ? Comment : kind === 'region' ? Region : undefined,
  );
}

export function toSelection({ range, parent }: lsp.SelectionRange): vscode.SelectionRange {
  return new vscode.SelectionRange(toRange(range), parent && toSelection(parent));
}

export function toInlayHint({ position, label, kind, paddingLeft, tooltip }: lsp.InlayHint): vscode.InlayHint {
  const hint = new vscode.InlayHint(toPosition(position), label as string, kind);
  if (paddingLeft !== undefined) hint.paddingLeft = paddingLeft;
  if (tooltip !== undefined) hint.tooltip = textOf(tooltip);
  return hint;
}

export function toLink({ range, target, tooltip }: lsp.DocumentLink): vscode.DocumentLink {
  const link = new vscode.DocumentLink(toRange(range), target === undefined ? undefined : vscode.Uri.parse(target));
  if (tooltip !== undefined) link.tooltip = tooltip;
  return link;
}

export function toCodeAction(found: lsp.CodeAction, uri: vscode.Uri): vscode.CodeAction {
  const kind = found.kind === undefined ? undefined : vscode.CodeActionKind.Empty.append(found.kind);
  const action = new vscode.CodeAction(found.title, kind);
  if (found.edit) action.edit = toWorkspaceEdit(found.edit, uri);
  if (found.diagnostics) action.diagnostics = found.diagnostics.map(toDiagnostic);
  if (found.isPreferred !== undefined) action.isPreferred = found.isPreferred;
  return action;
}
