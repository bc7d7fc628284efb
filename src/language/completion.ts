/** What may come at a cursor, each with a sentence on what it means. */
import type { CompletionItem, Position } from 'vscode-languageserver-types';
import { CompletionItemKind, InsertTextFormat } from 'vscode-languageserver-types';
import type { Expected } from './automaton.js';
import type { Context } from './context.js';
import { contextAt } from './context.js';
import { describeLevel, describeStatement, statementSentence } from './describe.js';
import type { Analysis } from './document.js';
import { keywordSentence } from './hover.js';
import type { Suggestion } from './suggestion.js';
import { suggestionsFor } from './suggestions.js';

export interface CompletionOptions {
  /** Whether the editor knows snippets. */
  readonly snippets: boolean;
}

export function completion(analysis: Analysis, position: Position, options: CompletionOptions): CompletionItem[] {
  const context = contextAt(analysis, position);
  const found = new Map<string, Suggestion>();
  for (const expected of context.expected) {
    const suggestions = expected.keyword
      ? keyword(expected, context)
      : suggestionsFor(expected, context, analysis, position);
    for (const suggestion of suggestions) if (!found.has(suggestion.label)) found.set(suggestion.label, suggestion);
  }
  return [...found.values()].map((suggestion) => item(suggestion, context, options));
}

/** Rules whose keywords are names that happen to be words of the language, too. */
const NAME_RULES = new Set([
  'Word',
  'ThreadName',
  'MemberName',
  'ExpressionName',
  'SettingName',
  'UsageWord',
  'BitName',
  'StateName',
]);
/** Signs that are worth offering. */
const SIGNS = new Set(['->', '{', '=']);

function keyword({ name, rules }: Expected, { words, typed }: Context): Suggestion[] {
  const rule = rules[0] ?? '';
  // Words of tables are suggested by the table; those of expressions would come everywhere.
  if (NAME_RULES.has(rule) || rules.includes('MemberName') || rules.includes('Argument')) return [];
  if (!/^\w+$/.test(name)) {
    if (!SIGNS.has(name) || typed || (name === '=' && rule !== 'EntryTest' && rule !== 'Let')) return [];
    return [{ label: name, kind: CompletionItemKind.Operator, doc: keywordSentence(rule, name), order: 8 }];
  }
  const statement =
    words.length === 0 ? name : words[0] === 'host' && rule === 'HostOperation' ? `host ${name}` : undefined;
  const isStatement = statement !== undefined && (words.length === 0 || words.length === 1);
  const detail = isStatement ? statementSentence(statement) : undefined;
  const doc = isStatement ? describeStatement(statement) : keywordSentence(rule, name);
  const snippet = words.length === 0 ? SNIPPETS[name] : undefined;
  return [
    {
      label: name,
      kind: CompletionItemKind.Keyword,
      doc: doc ?? describeLevel(name) ?? describeStatement(name),
      order: isStatement ? 2 : 3,
      ...(detail !== undefined && { detail }),
      ...(snippet !== undefined && { snippet }),
    },
  ];
}

/** Statements with a block: it is opened at once. */
const SNIPPETS: Readonly<Record<string, string>> = {
  scenario: 'scenario "${1:what happens}" {\n\t$0\n}',
  repeat: 'repeat ${1:3} {\n\t$0\n}',
  thread: 'thread ${1:name} {\n\t$0\n}',
  machine: 'machine { $0 }',
};

function item(suggestion: Suggestion, { range }: Context, { snippets }: CompletionOptions): CompletionItem {
  const { label, kind, doc, detail, order, snippet, text = label } = suggestion;
  const isSnippet = snippets && snippet !== undefined;
  return {
    label,
    kind,
    sortText: `${order} ${label}`,
    ...(doc !== undefined && { documentation: { kind: 'markdown', value: doc } }),
    ...(detail !== undefined && { detail }),
    ...(suggestion.filter !== undefined && { filterText: suggestion.filter }),
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range, newText: isSnippet ? snippet : text },
  };
}
