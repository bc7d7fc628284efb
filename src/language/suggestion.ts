/** Something that a completion offers. */
import type { CompletionItemKind } from 'vscode-languageserver-types';

export interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** A sentence, in Markdown. */
  readonly doc: string | undefined;
  readonly detail?: string;
  /** Lower comes first. */
  readonly order: number;
  /** What is inserted, if it is not the label. */
  readonly text?: string;
  readonly snippet?: string;
  readonly filter?: string;
}
