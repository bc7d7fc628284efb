/**
 * Moving through time: what is drawn follows at once, the debugger as soon as the hand rests. One question is under way
 * at a time, and of those that came meanwhile only the newest is asked.
 */
export interface TravelOptions {
  /** Draws a moment without moving the debugger. */
  preview(step: number): void;
  /** Moves the debugger. */
  goTo(step: number): void;
  /** The hand rests after so many milliseconds. */
  readonly rest: number;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

export class Travel {
  /** Where the person wants to be; undefined: where the debugger is. */
  target: number | undefined;
  private previewing = false;
  private previewed: number | undefined;
  private timer: unknown;
  private sent: number | undefined;
  /** Moves that the debugger has not answered. */
  private outstanding = 0;

  constructor(private readonly options: TravelOptions) {}

  moveTo(step: number, settled: boolean): void {
    this.target = step;
    this.options.clearTimeout(this.timer);
    if (settled) this.settle();
    else this.timer = this.options.setTimeout(() => this.settle(), this.options.rest);
    this.ask();
  }

  /** The picture of a preview has come, or will not come. */
  answered(): void {
    this.previewing = false;
    this.ask();
  }

  /** The debugger stands somewhere. Returns whether that is to be drawn, or the person is further already. */
  stopped(step: number): boolean {
    if (this.target !== undefined && this.target !== step) {
      // An answer to an earlier move, or the person has moved on meanwhile.
      if (--this.outstanding > 0 || this.target !== this.sent) return false;
    }
    this.forget();
    return true;
  }

  /** A move failed, or the session is over: nothing is awaited any more. */
  forget(): void {
    this.options.clearTimeout(this.timer);
    this.target = this.sent = this.previewed = undefined;
    this.outstanding = 0;
    this.previewing = false;
  }

  private settle(): void {
    if (this.target === undefined || this.target === this.sent) return;
    this.sent = this.target;
    this.outstanding++;
    this.options.goTo(this.target);
  }

  private ask(): void {
    if (this.previewing || this.target === undefined || this.target === this.previewed) return;
    this.previewing = true;
    this.previewed = this.target;
    this.options.preview(this.target);
  }
}
