/** Long ways show how far they are, to clients that can show it. */
import type { Core } from './core.js';
import { count } from './nodes/node.js';
import type { Target } from './target.js';

/** Milliseconds after which somebody may wonder. */
const PATIENCE = 400;
const INTERVAL = 250;

let nextId = 1;

export class Progress {
  private readonly start = performance.now();
  private last = 0;
  private id: string | undefined;

  constructor(
    private readonly core: Core,
    private readonly target: Target,
  ) {}

  report(position: number): void {
    const now = performance.now();
    if (!this.core.client.supportsProgressReporting || now - this.start < PATIENCE) return;
    const message = `step ${count(position)}`;
    if (this.id === undefined) {
      this.id = `run-${nextId++}`;
      const title = `Running ${this.target.scenario.name}`;
      this.core.send('progressStart', { progressId: this.id, title, message, cancellable: true });
      this.core.progressId = this.id;
    } else if (now - this.last > INTERVAL) {
      this.core.send('progressUpdate', { progressId: this.id, message });
    } else return;
    this.last = now;
  }

  end(): void {
    if (this.id !== undefined) this.core.send('progressEnd', { progressId: this.id });
    this.core.progressId = undefined;
    this.id = undefined;
  }
}
