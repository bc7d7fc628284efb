/** Colours, the output with its backpressure, and the progress line. */
import type { WriteStream } from 'node:tty';

export type Stream = NodeJS.WriteStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof CODES;
export type Paint = (style: Style, text: string) => string;

/** FORCE_COLOR decides, else NO_COLOR, else whether somebody looks at a terminal. */
export function coloured(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return !/^(0|false)$/i.test(force);
  if (env['NO_COLOR']) return false;
  return stream.isTTY && env['TERM'] !== 'dumb';
}

export function painter(on: boolean): Paint {
  return (style, text) => {
    if (!on || text === '') return text;
    const [open, close] = CODES[style];
    return `\x1b[${open}m${text}\x1b[${close}m`;
  };
}

const ENOUGH = 1 << 16;

/** Characters that tell a terminal what to do, but for the ends of lines and our own colours. */
const CONTROL = /(?!\x1b\[\d{1,2}m|[\n\t])\p{Cc}/gu; // eslint-disable-line no-control-regex

/** Texts of a file (names, headings) may hold anything: it is shown, not obeyed. */
const harmless = (text: string): string =>
  text.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** What goes to standard output: collected, written in large pieces, at the speed of the reader. */
export class Output {
  /** The reader went away: nothing more is wanted. */
  closed = false;
  readonly paint: Paint;
  private pieces: string[] = [];
  private size = 0;

  constructor(
    private readonly stream: Stream = process.stdout,
    private readonly progress?: Progress,
  ) {
    this.paint = painter(coloured(stream));
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // What else went wrong than that the reader went away, main.ts says.
      if (error.code === 'EPIPE' || error.code === 'EOF') this.closed = true;
    });
  }

  /** Adds a line (or several). Call {@link flush} when {@link full}. */
  line(text = ''): void {
    if (this.closed) return;
    const shown = harmless(text);
    this.pieces.push(shown, '\n');
    this.size += shown.length + 1;
  }

  get full(): boolean {
    return this.size >= ENOUGH;
  }

  /** Writes what was collected; returns when the reader has taken enough of it. */
  async flush(): Promise<void> {
    if (this.size === 0) return;
    const text = this.pieces.join('');
    this.pieces = [];
    this.size = 0;
    this.progress?.clear();
    if (this.closed) return;
    await new Promise<void>((resolve) => this.stream.write(text, () => resolve()));
  }
}

/** A line at the bottom of the terminal that says how far the work is. Nothing where nobody looks. */
export class Progress {
  private shown = false;
  private last = performance.now();

  constructor(
    enabled = true,
    private readonly stream: Stream = process.stderr,
    /** False: what Ctrl+C does is somebody else's business. */
    interruptible = true,
  ) {
    this.enabled = enabled && stream.isTTY && process.env['TERM'] !== 'dumb';
    if (this.enabled && interruptible) process.once('SIGINT', this.interrupted);
  }

  readonly enabled: boolean;

  /** Ctrl+C: the terminal is left clean, and the shell hears how the program ended. */
  private readonly interrupted = (): void => {
    this.clear();
    process.kill(process.pid, 'SIGINT');
  };

  update(text: () => string): void {
    if (!this.enabled || performance.now() - this.last < 150) return;
    this.last = performance.now();
    const width = Math.max(10, (this.stream.columns || 80) - 1);
    this.stream.write(`\r\x1b[K${text().slice(0, width)}`);
    this.shown = true;
  }

  clear(): void {
    if (!this.shown) return;
    this.shown = false;
    this.stream.write('\r\x1b[K');
  }

  end(): void {
    this.clear();
    process.off('SIGINT', this.interrupted);
  }
}
