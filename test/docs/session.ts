/**
 * Does in a debug session what a table of the tutorial says, and finds out whether one sees what it says.
 *
 * Left: keys (`F9 in line 8`, `F5`, `F11`, `Shift+F11` …) and texts for the debug console, in order. Right: `code` is in the
 * console's answer, or is the function in which one stands; *italics* are the words of the step that comes next;
 * `line 8` at the beginning is the line of the scenario.
 */
import assert from 'node:assert/strict';
import { Client } from '../debug/client.js';

export interface Row {
  /** The scenario that is open: the last one that the page linked to, relative to the page. */
  readonly file: string;
  readonly line: number;
  readonly act: string;
  readonly see: string;
}

/** The rows of tables whose first column says what to do. */
export function sessionRows(text: string): Row[] {
  const rows: Row[] = [];
  let inside = false;
  let file = '';
  for (const [i, line] of text.split('\n').entries()) {
    file = /\]\(([^()\s]+[.]gmap)\)/.exec(line)?.[1] ?? file;
    const cells = /^\|\s*(.*?)\s*\|\s*(.*?)\s*\|$/.exec(line);
    if (!cells) inside = false;
    else if (cells[1] === 'do') inside = true;
    else if (inside && !/^-+$/.test(cells[1]!)) rows.push({ file, line: i + 1, act: cells[1]!, see: cells[2]! });
  }
  return rows;
}

const KEYS: Readonly<Record<string, string>> = {
  F5: 'continue',
  F10: 'next',
  F11: 'stepIn',
  'Shift+F11': 'stepOut',
  'Ctrl+F11': 'stepBack',
  'Ctrl+F5': 'reverseContinue',
};
/** Commands of the console that lead to another stop. */
const MOVES = /^(continue|rcontinue|next|in|out|back|backover|backout|goto)\b/;

interface StopPlace {
  readonly line: number;
  readonly name: string;
  /** Words of the step; empty in the scenario. */
  readonly words: string;
  readonly inScenario: boolean;
}

export class Session {
  private client: Client | undefined;
  private breakpoint = 0;
  private answer = '';

  /** Does one row, with the scenario at `path` open, and checks what is to be seen. */
  async row({ act, see }: Row, path: string): Promise<void> {
    this.answer = '';
    const acts = [...act.matchAll(/F9 in line (\d+)|`([^`]+)`|((?:Shift\+|Ctrl\+)?F\d+)/g)];
    assert.ok(acts.length > 0, 'there is something to do');
    for (const [, line, text, key] of acts) {
      if (line !== undefined) {
        this.client = undefined;
        this.breakpoint = Number(line);
      } else if (text !== undefined) await this.type(text);
      else await this.press(key!, path);
    }
    await this.check(see);
  }

  private get running(): Client {
    assert.ok(this.client, 'the program is started');
    return this.client;
  }

  private get thread(): number {
    const { threadId } = this.running.events('stopped').at(-1)!.body as { threadId: number };
    return threadId;
  }

  private async press(key: string, path: string): Promise<void> {
    const command = KEYS[key];
    assert.ok(command, key);
    if (!this.client) {
      assert.equal(key, 'F5', 'the program is started first');
      const client = new Client();
      await client.launch({ program: path, line: this.breakpoint }, async () => {
        // As an editor does: what is ticked by itself in the Breakpoints view.
        await client.request('setExceptionBreakpoints', { filters: ['expectation', 'bug'] });
        await client.setLines(path, this.breakpoint);
      });
      this.client = client;
    } else await this.client.move(command, { threadId: this.thread });
  }

  private async type(expression: string): Promise<void> {
    const client = this.running;
    const stops = client.events('stopped').length;
    const frameId = (await client.stack(this.thread))[0]?.id;
    const body = { expression, context: 'repl', ...(frameId !== undefined && { frameId }) };
    this.answer = (await client.request<{ result: string }>('evaluate', body)).result;
    if (MOVES.test(expression)) await client.event('stopped', stops);
  }

  private async place(): Promise<StopPlace> {
    const client = this.running;
    const frame = (await client.stack(this.thread))[0]!;
    const { source, line, name } = frame;
    if (!source?.sourceReference) return { line, name, words: '', inScenario: true };
    const { sourceReference } = source;
    const { content } = await client.request<{ content: string }>('source', { source, sourceReference });
    return { line, name, words: content.split('\n')[line - 1]!.trim(), inScenario: false };
  }

  private async check(see: string): Promise<void> {
    const place = await this.place();
    const where = place.inScenario ? `line ${place.line}` : `${place.name}: ${place.words}`;
    const line = /^line (\d+)/.exec(see)?.[1];
    if (line !== undefined) assert.equal(where, `line ${line}`);
    const words = /(?<!\*)\*([^*]+)\*(?!\*)/.exec(see)?.[1];
    if (words !== undefined) assert.equal(place.words, words, where);
    const codes = [...see.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
    for (const code of codes) {
      const known = this.answer.includes(code) || (!place.inScenario && place.name === code);
      assert.ok(known, `'${code}' is not to be seen in '${this.answer}', at ${where}`);
    }
    assert.ok(line !== undefined || words !== undefined || codes.length > 0, `nothing to check in '${see}'`);
  }
}
