/** A command of the debug console: everything that the session can do has one, for clients that offer no other way. */
import type { Core } from '../core.js';
import type { BreakpointRequests } from '../breakpoint-requests.js';
import type { Changing } from '../changing.js';
import type { Lifecycle } from '../lifecycle.js';
import type { Motion } from '../motion.js';
import { count } from '../nodes/node.js';
import { threadId } from '../stack.js';

export interface ConsoleContext {
  readonly core: Core;
  readonly motion: Motion;
  readonly lifecycle: Lifecycle;
  readonly changing: Changing;
  readonly requests: BreakpointRequests;
  readonly frameId: number | undefined;
}

export interface Answer {
  readonly text: string;
  /** What happens once the text was shown. */
  readonly after?: () => void | Promise<void>;
}

export interface Command {
  readonly name: string;
  /** Short forms of the name, as other debuggers have them. */
  readonly aliases?: readonly string[];
  /** What stands behind the name, for help. */
  readonly operands: string;
  readonly doc: string;
  /** What the operands can be, for completion. */
  readonly completes?: 'places' | 'filters' | 'expression' | 'breakpoints' | 'commands' | readonly string[];
  /** Undefined: this is no use of the command; then the line is an expression or a statement, or the answer is the command's usage. */
  readonly run: (context: ConsoleContext, operands: string) => Answer | undefined | Promise<Answer>;
}

/** For a client the console is no way to move: it has to be told that the scenario goes on. */
export function goOn({ core }: ConsoleContext, go: () => void | Promise<void>): () => void | Promise<void> {
  return () => {
    core.send('continued', { threadId: threadId(core.task), allThreadsContinued: true });
    return go();
  };
}

/** Most lines of a list. */
const MOST = 200;

/** A list as text, a line for each thing; of a very long one what lies around the number `at`. */
export function listed<T>(things: readonly T[], at: number, line: (thing: T, number: number) => string): string {
  const from = Math.max(0, Math.min(at - MOST / 2, things.length - MOST));
  const behind = Math.max(0, things.length - from - MOST);
  const more = (n: number, where: string): string[] => (n > 0 ? [`… ${count(n)} ${where}`] : []);
  const lines = things.slice(from, from + MOST).map((thing, i) => line(thing, from + i));
  return [...more(from, 'before'), ...lines, ...more(behind, 'behind')].join('\n');
}

export const say = (text: string): Answer => ({ text });
