/** A text as lines. Their ends belong to them. */
const LINE = /[^\r\n]*(?:\r\n?|\n|$)/y;

export class Lines {
  /** Offset of each line, and of the end of the text. */
  private readonly starts: number[] = [];

  constructor(readonly text: string) {
    LINE.lastIndex = 0;
    do {
      this.starts.push(LINE.lastIndex);
      LINE.test(text);
    } while (LINE.lastIndex < text.length);
    // A line end at the end begins one more line, which is empty.
    if (/[\r\n]$/.test(text)) this.starts.push(text.length);
    this.starts.push(text.length);
  }

  /** Number of lines, at least 1. */
  get count(): number {
    return this.starts.length - 1;
  }

  start(line: number): number {
    return this.starts[line]!;
  }

  /** A line with its end. */
  line(line: number): string {
    return this.text.slice(this.starts[line], this.starts[line + 1]);
  }

  slice(from: number, to: number): string {
    return this.text.slice(this.starts[from], this.starts[to]);
  }

  /** Holds no statement: at most a comment. */
  isBlank(line: number): boolean {
    return /^[ \t\u00a0\ufeff]*(#.*)?[\r\n]*$/.test(this.line(line));
  }
}
