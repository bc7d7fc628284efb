/**
 * The conversation of `gmap debug`: lines go to the console of the debug session, what the session says and where it stops
 * is shown. The session knows the commands; what a client does itself, choosing a frame, stands here.
 */
import { createInterface, type CompleterResult, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { count } from '../../debug/count.js';
import { Requests, type PositionResponse } from '../../debug/protocol.js';
import { EXIT, UserError, type ExitCode } from '../exit.js';
import { Output, Progress, type Stream } from '../terminal.js';
import { DebugClient, Refused } from './client.js';
import { KEPT_LINES, readHistory, writeHistory } from './history.js';

const PROMPT = '(gmap) ';

export interface DebuggerOptions {
  readonly input: Readable;
  readonly output: Stream;
  /** Somebody types: lines can be edited and completed. Else they are repeated in the output. */
  readonly interactive: boolean;
  /** File with the lines that were typed before. */
  readonly history?: string | undefined;
}

/** Commands that the session leaves to its clients. */
const OWN = [
  ['frame', '[N]', 'Where this is; with a number of `where`: commands are about that frame from now on.'],
  ['up', '', 'The frame that called this one.'],
  ['down', '', 'The frame that this one called.'],
] as const;

export class Debugger {
  private readonly client = new DebugClient((event) => this.heard(event));
  private readonly out: Output;
  private readonly progress: Progress;
  private exitCode: ExitCode | undefined;
  private running = false;
  private stopped: DebugProtocol.StoppedEvent['body'] | undefined;
  private wake: () => void = () => undefined;
  private threadId = 1;
  /** Number of the frame that the person chose, from the top. */
  private frame = 0;

  constructor(private readonly options: DebuggerOptions) {
    this.progress = new Progress(options.interactive, process.stderr, false);
    this.out = new Output(options.output, this.progress);
  }

  /**
   * Debugs until the person or the script has had enough.
   * @throws UserError if it cannot be launched
   */
  async run(launch: object): Promise<ExitCode> {
    const { interactive } = this.options;
    try {
      await this.launch(launch);
      await this.settled();
      if (interactive) this.out.line(`'help' lists the commands, Tab completes them.`);
      await this.showStop();
      const refused = await this.converse();
      if (this.exitCode === undefined) await this.client.request('disconnect');
      return refused && !interactive ? EXIT.unusable : (this.exitCode ?? EXIT.ok);
    } finally {
      this.progress.end();
      await this.out.flush();
    }
  }

  private async launch(args: object): Promise<void> {
    const { client } = this;
    const capabilities = await client.request<DebugProtocol.Capabilities>('initialize', {
      adapterID: 'gmap',
      clientID: 'gmap-debug',
      pathFormat: 'path',
      supportsProgressReporting: true,
      supportsInvalidatedEvent: true,
    });
    try {
      await client.request('launch', { ...args, stopOnEntry: true });
    } catch (error) {
      throw error instanceof Refused ? new UserError(error.message) : error;
    }
    const filters = capabilities.exceptionBreakpointFilters?.filter((f) => f.default).map((f) => f.filter);
    await client.request('setExceptionBreakpoints', { filters });
    this.running = true;
    await client.request('configurationDone');
  }

  // --- the session ---

  private heard({ event, body }: DebugProtocol.Event): void {
    switch (event) {
      case 'output':
        this.say(body as DebugProtocol.OutputEvent['body']);
        break;
      case 'continued':
        this.running = true;
        break;
      case 'stopped':
        this.stopped = body as DebugProtocol.StoppedEvent['body'];
        this.running = false;
        break;
      case 'exited':
        this.exitCode = (body as DebugProtocol.ExitedEvent['body']).exitCode === 0 ? EXIT.ok : EXIT.failed;
        break;
      case 'terminated':
        this.running = false;
        break;
      case 'invalidated':
        // Another future: it stands elsewhere.
        if ((body as DebugProtocol.InvalidatedEvent['body']).areas?.includes('all')) {
          this.stopped = { reason: 'goto', threadId: this.threadId };
        }
        break;
      case 'progressStart':
      case 'progressUpdate':
        this.progress.update(() => (body as DebugProtocol.ProgressUpdateEvent['body']).message ?? '');
        break;
      case 'progressEnd':
        this.progress.clear();
        break;
    }
    if (!this.running) this.wake();
  }

  private say({ output, category }: DebugProtocol.OutputEvent['body']): void {
    const text = output.replace(/\n$/, '');
    if (text === '') return;
    this.out.line(category === 'stderr' ? this.out.paint('red', text) : text);
    if (this.options.interactive || this.out.full) void this.out.flush();
  }

  /** Until the scenario stands still, or the session is over. */
  private async settled(): Promise<void> {
    if (this.running) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  // --- the person ---

  /** Returns whether something was refused. */
  private async converse(): Promise<boolean> {
    const { input, output, interactive, history } = this.options;
    let typed = readHistory(history);
    const lines = createInterface({
      input,
      ...(interactive && { output, completer: this.complete }),
      terminal: interactive,
      prompt: PROMPT,
      history: typed,
      historySize: KEPT_LINES,
      removeHistoryDuplicates: true,
    });
    lines.on('history', (now: string[]) => (typed = [...now]));
    lines.on('SIGINT', () => this.interrupted(lines));
    let refused = false;
    let repeated = '';
    await this.prompt(lines);
    for await (const written of lines) {
      const line = written.trim() || (interactive ? repeated : '');
      if (line !== '') {
        if (!interactive) this.out.line(PROMPT + line);
        const done = line.startsWith('#') ? 'said' : await this.execute(line);
        refused ||= done === 'refused';
        // As elsewhere: Enter alone goes on stepping.
        repeated = done === 'moved' ? line : '';
      }
      if (this.exitCode !== undefined) break;
      await this.prompt(lines);
    }
    // Ctrl+D leaves the cursor behind the prompt.
    if (interactive && this.exitCode === undefined) this.out.line();
    lines.close();
    writeHistory(history, typed);
    return refused;
  }

  private async prompt(lines: Interface): Promise<void> {
    await this.out.flush();
    if (this.options.interactive) lines.prompt();
  }

  /** Ctrl+C: pauses what runs; else throws away what is being written. */
  private interrupted(lines: Interface): void {
    if (this.running) {
      this.client.request('pause', { threadId: this.threadId }).catch(() => undefined);
      return;
    }
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    this.options.output.write("\n'quit' or Ctrl+D ends the debugger.\n");
    lines.prompt();
  }

  private async execute(line: string): Promise<'said' | 'moved' | 'refused'> {
    try {
      if (await this.own(line)) return 'said';
      const frameId = await this.frameId();
      const body = { expression: line, context: 'repl', ...(frameId !== undefined && { frameId }) };
      const { result } = await this.client.request<{ result: string }>('evaluate', body);
      if (result !== '') this.out.line(result);
      if (/^h(elp)?$/.test(line)) this.helpOnOwn();
      await this.settled();
      return (await this.showStop()) ? 'moved' : 'said';
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.out.line(this.out.paint('red', error.message));
      return 'refused';
    }
  }

  // --- frames ---

  private async stack(): Promise<DebugProtocol.StackFrame[]> {
    const { threadId } = this;
    const body = await this.client.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId });
    return body.stackFrames;
  }

  /** Undefined: the top of the thread that the session is about. */
  private async frameId(): Promise<number | undefined> {
    return this.frame === 0 ? undefined : (await this.stack())[this.frame]?.id;
  }

  /** Commands about frames, which the session leaves to its clients. */
  private async own(line: string): Promise<boolean> {
    const [, word = '', operand = ''] = /^(\w+)\s*(.*)$/.exec(line) ?? [];
    const help = word === 'help' && OWN.find(([name]) => name === operand);
    if (help) {
      this.out.line(`${help[0]} ${help[1]}`.trimEnd());
      this.out.line(`  ${help[2]}`);
      return true;
    }
    if (!OWN.some(([name]) => name === word) || !/^\d*$/.test(operand) || (operand !== '' && word !== 'frame')) {
      return false;
    }
    const wanted = word === 'frame' ? Number(operand || this.frame) : this.frame + (word === 'up' ? 1 : -1);
    const frames = await this.stack();
    const frame = frames[wanted];
    if (!frame) throw new Refused(`there is no frame ${wanted}: the stack has 0 to ${frames.length - 1}`);
    this.frame = wanted;
    this.out.line(this.out.paint('bold', `#${wanted} ${placeOf(frame)}`));
    await this.showText();
    return true;
  }

  private helpOnOwn(): void {
    this.out.line('\nFrames of the stack');
    for (const [name, operands, doc] of OWN) this.out.line(`  ${`${name} ${operands}`.trimEnd()}\n      ${doc}`);
  }

  // --- stops ---

  /** Where it stands, if it has come to a stop since it was shown. */
  private async showStop(): Promise<boolean> {
    const { stopped } = this;
    if (!stopped || this.exitCode !== undefined) return false;
    this.stopped = undefined;
    this.threadId = stopped.threadId ?? 1;
    this.frame = 0;
    const { threads } = await this.client.request<DebugProtocol.ThreadsResponse['body']>('threads');
    const thread = threads.length > 1 ? threads.find(({ id }) => id === this.threadId) : undefined;
    const [top] = await this.stack();
    const parts = [whyOf(stopped), thread?.name, top && placeOf(top)].filter((part) => part !== undefined);
    for (const line of stopped.text?.split('\n') ?? []) this.out.line(this.out.paint('yellow', line));
    this.out.line(`${this.out.paint('bold', parts.join(': '))} ${this.out.paint('dim', await this.step())}`);
    if (top) await this.showText();
    return true;
  }

  /** `(step 12 of 340, in the past)`: how far the run is. */
  private async step(): Promise<string> {
    const { step, recorded, ended, past } = await this.client.request<PositionResponse>(Requests.position);
    return `(step ${count(step)}${ended ? ` of ${count(recorded)}` : ''}${past ? ', in the past' : ''})`;
  }

  /** The line that comes next, with its neighbours. */
  private async showText(): Promise<void> {
    const frameId = (await this.stack())[this.frame]?.id;
    const body = { expression: 'list 1', context: 'repl', frameId };
    const { result } = await this.client.request<{ result: string }>('evaluate', body);
    for (const line of result.split('\n')) {
      this.out.line(line.startsWith('>') ? this.out.paint('cyan', line) : this.out.paint('dim', line));
    }
  }

  // --- completion ---

  private readonly complete = (line: string, done: (error: null, result: CompleterResult) => void): void => {
    this.completions(line).then(
      (result) => done(null, result),
      () => done(null, [[], line]),
    );
  };

  private async completions(line: string): Promise<CompleterResult> {
    const frameId = await this.frameId();
    const { targets } = await this.client.request<DebugProtocol.CompletionsResponse['body']>('completions', {
      text: line,
      column: line.length + 1,
      ...(frameId !== undefined && { frameId }),
    });
    const word = /[\w:]*$/.exec(line)![0];
    const own = /^(help\s+)?\w*$/.test(line) ? OWN.map(([name]) => name).filter((name) => name.startsWith(word)) : [];
    return [[...targets.map(({ label }) => label), ...own], word];
  }
}

/** `gmap_table_walk:5`, `my scenario at file.gmap:12`. */
function placeOf({ name, line, source }: DebugProtocol.StackFrame): string {
  return source?.name === name || !source?.name ? `${name}:${line}` : `${name} at ${source.name}:${line}`;
}

function whyOf({ reason, hitBreakpointIds }: DebugProtocol.StoppedEvent['body']): string | undefined {
  if (hitBreakpointIds?.length) return `breakpoint ${hitBreakpointIds.join(', ')}`;
  const words: Readonly<Record<string, string>> = { pause: 'paused', end: 'the end', entry: 'the beginning' };
  return words[reason];
}
