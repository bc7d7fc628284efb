/** The panel: takes what the host sends, does what the person wants, and draws. */
import * as l10n from './l10n.js';
import { render } from 'lit-html';
import type { Picture } from '../debug/picture/model.js';
import { announcement } from './announce.js';
import { FromHost, PanelState, type FromPanel, type HistoryChange } from './messages.js';
import type { Actions, Model } from './model.js';
import { toSvg } from './svg-export.js';
import { Travel } from './travel.js';
import { drawArrows } from './view/arrows.js';
import { panelView } from './view/panel.js';
import { wordsAt } from './view/selection.js';
import { timeKey } from './view/time-input.js';

/** What VS Code gives a webview. */
export interface Api {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: PanelState): void;
}

type Choice = Omit<PanelState, 'version' | 'selected'>;
/** Farther than this a preview does not compare with the last stop. */
const COMPARED = 50_000;
const REST = 120;

export class App implements Actions {
  private model: Model = {
    state: 'waiting',
    picture: undefined,
    timeline: undefined,
    cursor: 0,
    notice: undefined,
    error: undefined,
    selected: undefined,
    history: new Map(),
    places: new Map(),
    badAddress: undefined,
    width: 600,
  };
  /** What the person wants to see. */
  private choice: Choice = {};
  /** Where the debugger stands, and where it stood before. */
  private stop = { step: 0, since: 0 };
  private calls = 0;
  private request = 0;
  /** The question whose answer a screen reader says. */
  private spoken = 0;
  private readonly newest = { picture: 0, timeline: 0 };
  private drawing = false;
  private readonly travel = new Travel({
    preview: (step) => this.askPicture(step),
    goTo: (step) => this.send({ type: 'goTo', step, keyboard: document.hasFocus() }),
    rest: REST,
    setTimeout: (run, milliseconds) => window.setTimeout(run, milliseconds),
    clearTimeout: (timer) => window.clearTimeout(timer as number),
  });

  constructor(
    private readonly root: HTMLElement,
    private readonly live: HTMLElement,
    private readonly api: Api,
  ) {
    const state = api.getState();
    if (PanelState.check(state) === undefined) {
      const { selected, version: _, ...choice } = state as PanelState;
      this.choice = choice;
      this.model = { ...this.model, selected };
    }
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.receive(data));
    document.addEventListener('keydown', (event) => {
      if (event.target === document.body) timeKey(event, this.model, this);
    });
    new ResizeObserver(() => this.measure()).observe(root);
    this.change({});
    this.send({ type: 'ready' });
  }

  // --- Actions ---

  moveTo(step: number, settled: boolean): void {
    this.change({ cursor: step });
    this.travel.moveTo(step, settled);
    this.follow(step);
  }

  look(from: number, to: number): void {
    const whole = from === 0 && to === this.model.timeline?.recorded;
    const { from: _from, to: _to, ...others } = this.choice;
    this.keep(whole ? others : { ...others, from, to });
    this.askTimeline();
  }

  select(address: string | undefined): void {
    this.change({ selected: address, history: new Map() });
    this.keep(this.choice);
    this.askHistory();
  }

  place(table: string, address: string): void {
    this.change({ places: new Map(this.model.places).set(table, address) });
  }

  unfold(table: string, index: number): void {
    this.keep({ ...this.choice, unfold: [...(this.choice.unfold ?? []), { table, index }].slice(-100) });
    this.askPicture(this.model.cursor);
  }

  focus(gmap?: number, address?: string): void {
    const bad = address !== undefined && !/^0x[0-9a-f]{1,16}$/.test(address);
    this.change({ badAddress: bad ? address : undefined });
    if (bad) return;
    const { gmap: _gmap, gaddr: _gaddr, vmaddr: _vmaddr, ...others } = this.choice;
    this.keep({
      ...others,
      ...(gmap !== undefined && { gmap }),
      ...(address !== undefined && (gmap === undefined ? { vmaddr: address } : { gaddr: address })),
    });
    this.askPicture(this.model.cursor);
  }

  breakOnChange(expression: string): void {
    this.send({ type: 'breakOnChange', expression });
  }

  save(): void {
    const { picture } = this.model;
    if (!picture) return;
    const name = `gmap-step-${picture.step}`;
    this.send({ type: 'save', svg: toSvg(this.root, l10n.t('The machine at step {0}', picture.step)), name });
  }

  // --- The host ---

  private send(message: FromPanel): void {
    this.api.postMessage(message);
  }

  private receive(data: unknown): void {
    const error = FromHost.check(data);
    if (error !== undefined) {
      this.change({ error: l10n.t('The panel did not understand its host: {0}', error) });
      return;
    }
    const message = data as FromHost;
    switch (message.type) {
      case 'state':
        this.travel.forget();
        this.change({
          state: message.state,
          ...(message.state === 'none' && { picture: undefined, timeline: undefined, error: undefined }),
        });
        break;
      case 'stopped':
        this.takeStop(message.step, message.since);
        break;
      case 'picture':
        this.takePicture(message.request, message.picture);
        break;
      case 'timeline':
        if (message.request >= this.newest.timeline) this.change({ timeline: message.timeline });
        break;
      case 'history':
        this.takeHistory(message.memoryReference, message.changes);
        break;
      case 'failed':
        this.change({ error: message.message });
        this.travel.forget();
        this.travel.answered();
        break;
      case 'done':
        this.live.textContent = message.message;
        this.change({ notice: message.message });
        break;
    }
  }

  private takeStop(step: number, since: number): void {
    this.stop = { step, since };
    this.change({ state: 'stopped' });
    if (!this.travel.stopped(step)) return;
    this.change({ cursor: step, notice: undefined });
    this.follow(step);
    this.askPicture(step);
    this.spoken = this.request;
    this.askTimeline();
  }

  private takePicture(request: number, picture: Picture): void {
    if (request === this.newest.picture) this.change({ picture, error: undefined });
    if (request === this.spoken) {
      this.live.textContent = announcement(picture, this.calls);
      this.calls = picture.notifiers.calls;
      this.askHistory();
    }
    this.travel.answered();
  }

  private takeHistory(address: string, changes: readonly HistoryChange[]): void {
    this.change({ history: new Map(this.model.history).set(address, changes) });
  }

  private askPicture(step: number): void {
    const { gmap, gaddr, unfold, vmaddr } = this.choice;
    const { stop } = this;
    const since = step === stop.step ? stop.since : Math.abs(step - stop.step) < COMPARED ? stop.step : step;
    this.newest.picture = ++this.request;
    this.send({
      type: 'picture',
      request: this.request,
      args: {
        step,
        since,
        ...(gmap !== undefined && { gmap }),
        ...(gaddr !== undefined && { gaddr }),
        ...(vmaddr !== undefined && { vmaddr }),
        ...(unfold && { unfold }),
      },
    });
  }

  private askTimeline(): void {
    const { from, to } = this.choice;
    this.newest.timeline = ++this.request;
    const columns = Math.max(40, Math.min(300, Math.round(this.model.width / 3)));
    this.send({
      type: 'timeline',
      request: this.request,
      args: { columns, ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    });
  }

  private askHistory(): void {
    for (const { address } of wordsAt(this.model.picture, this.model.selected)) {
      this.send({ type: 'history', memoryReference: address });
    }
  }

  /** Keeps the cursor in the part of the run that is shown. */
  private follow(step: number): void {
    const { from, to } = this.choice;
    if (from === undefined || to === undefined || (step >= from && step <= to)) return;
    const recorded = this.model.timeline?.recorded ?? to;
    const start = Math.max(0, Math.min(Math.round(step - (to - from) / 2), recorded - (to - from)));
    this.look(start, start + to - from);
  }

  // --- Drawing ---

  private keep(choice: Choice): void {
    this.choice = choice;
    const { selected } = this.model;
    this.api.setState({ version: '1', ...choice, ...(selected !== undefined && { selected }) });
  }

  private change(part: { [K in keyof Model]?: Model[K] | undefined }): void {
    this.model = { ...this.model, ...(part as Partial<Model>) };
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      render(panelView(this.model, this), this.root);
      this.measure();
    });
  }

  private measure(): void {
    const width = Math.floor(this.root.querySelector('.plot')?.clientWidth ?? this.model.width);
    if (width !== this.model.width) {
      this.change({ width });
      if (this.model.timeline) this.askTimeline();
    }
    drawArrows(this.root, this.model.picture);
  }
}
