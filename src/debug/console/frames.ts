/** The frames that a line of the console is about. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { stack } from '../stack.js';
import type { ConsoleContext } from './command.js';

interface Frames {
  /** Of the thread that the line is about, innermost first. */
  readonly all: readonly DebugProtocol.StackFrame[];
  /** The one that the client has chosen; missing if the thread has ended. */
  readonly chosen: DebugProtocol.StackFrame | undefined;
}

export function framesOf({ core, frameId }: ConsoleContext): Frames {
  const target = core.stopped('evaluate');
  const all = stack(target, core.frame('evaluate', frameId).task, core.frames);
  return { all, chosen: all.find(({ id }) => id === frameId) ?? all[0] };
}
