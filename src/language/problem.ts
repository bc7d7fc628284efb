/** Something that is wrong in a text, as data. */
import type { Range, TextEdit } from 'vscode-languageserver-types';
import type { Severity } from '../scenario/source.js';

export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** The one that is nearly always meant. */
  readonly preferred?: boolean;
}

export interface Problem {
  readonly severity: Severity;
  /** Stable name of the kind of mistake. */
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  readonly fixes: readonly Fix[];
}
