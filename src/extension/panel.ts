/** The picture in the editor: a panel that draws the machine at the cursor, and follows the debugger. */
import * as vscode from 'vscode';
import type { Picture } from '../debug/picture/model.js';
import { Requests, type HistoryResponse } from '../debug/protocol.js';
import type { Timeline } from '../debug/timeline-model.js';
import { FromPanel, type FromHost } from '../panel/messages.js';
import type { Follower } from './follower.js';
import { newNonce, panelHtml, STYLES } from './panel-html.js';

const VIEW = 'gmap.picture';

export function registerPanel(extension: vscode.Uri, follower: Follower): vscode.Disposable {
  const stops = new Stops(follower);
  let open: PanelHost | undefined;
  const adopt = (panel: vscode.WebviewPanel): void => {
    open?.dispose();
    const host = (open = new PanelHost(panel, extension, follower, stops));
    panel.onDidDispose(() => {
      host.dispose();
      if (open === host) open = undefined;
    });
  };
  return vscode.Disposable.from(
    stops,
    { dispose: () => open?.dispose() },
    vscode.commands.registerCommand('gmap.showPicture', () => {
      if (open) open.reveal();
      else {
        const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
        adopt(vscode.window.createWebviewPanel(VIEW, vscode.l10n.t('Gmap Picture'), place));
      }
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW, {
      // What the panel had to keep is in its own state: it reads that itself.
      deserializeWebviewPanel: async (panel) => adopt(panel),
    }),
  );
}

/** Where the debugger stands and where it stood before, also while no panel is open. */
class Stops implements vscode.Disposable {
  private readonly seen = new WeakMap<vscode.DebugSession, { step: number; since: number }>();
  private readonly listener: vscode.Disposable;

  constructor(private readonly follower: Follower) {
    this.listener = follower.onDidChange(() => this.look());
  }

  dispose(): void {
    this.listener.dispose();
  }

  get now(): { step: number; since: number } | undefined {
    this.look();
    const { position, session } = this.follower;
    return position && session && this.seen.get(session);
  }

  private look(): void {
    const { position, session } = this.follower;
    if (!position || !session) return;
    const last = this.seen.get(session);
    if (last?.step === position.step) return;
    this.seen.set(session, { step: position.step, since: last?.step ?? Math.max(0, position.step - 1) });
  }
}

/** Milliseconds after a stop in which the editor may take the keyboard away from the panel, as it does at every stop. */
const FOCUS_TAKEN = 1500;
/** Milliseconds after which it usually has done so. */
const FOCUS_SETTLES = 400;
/** Milliseconds that a move from the panel is given to end with a stop. */
const MOVE_TAKES = 10_000;

class PanelHost {
  private readonly disposables: vscode.Disposable[];
  /** Until when the keyboard comes back to the panel. */
  private keepsFocus = 0;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    private readonly follower: Follower,
    private readonly stops: Stops,
  ) {
    const { webview } = panel;
    const at = (...path: string[]): vscode.Uri => vscode.Uri.joinPath(extension, ...path);
    panel.iconPath = { light: at('media/light/picture.svg'), dark: at('media/dark/picture.svg') };
    webview.options = { enableScripts: true, localResourceRoots: [at('dist'), at('media/panel')] };
    webview.html = panelHtml({
      nonce: newNonce(),
      script: webview.asWebviewUri(at('dist/panel.js')).toString(),
      styles: STYLES.map((name) => webview.asWebviewUri(at('media/panel', name)).toString()),
      cspSource: webview.cspSource,
      language: vscode.env.language,
      title: panel.title,
      texts: vscode.l10n.bundle,
    });
    this.disposables = [
      panel.onDidChangeViewState(() => {
        if (!panel.active) this.takeFocusBack();
      }),
      webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      follower.onDidStop(() => {
        this.tell();
        if (this.keepsFocus === 0) return;
        this.keepsFocus = Date.now() + FOCUS_TAKEN;
        for (const delay of [FOCUS_SETTLES, FOCUS_TAKEN]) setTimeout(() => this.takeFocusBack(), delay);
      }),
      follower.onDidChange(() => {
        if (!follower.stopped) this.tell();
      }),
    ];
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    for (const disposable of this.disposables.splice(0)) disposable.dispose();
  }

  private post(message: FromHost): void {
    void this.panel.webview.postMessage(message);
  }

  /** Says where the debugger is. */
  private tell(): void {
    const { now } = this.stops;
    if (now && this.follower.stopped) this.post({ type: 'stopped', ...now });
    else this.post({ type: 'state', state: this.follower.session ? 'running' : 'none' });
  }

  private async receive(data: unknown): Promise<void> {
    if (FromPanel.check(data) !== undefined) return; // Not from our script.
    const message = data as FromPanel;
    const request = 'request' in message ? message.request : 0;
    try {
      await this.serve(message);
    } catch (error) {
      // A run that goes on, or has ended, has no answer; the panel hears of that by itself.
      if (!this.follower.stopped) return;
      this.post({ type: 'failed', request, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async serve(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.tell();
        break;
      case 'picture': {
        const picture = await this.ask<Picture>(Requests.picture, message.args);
        if (picture) this.post({ type: 'picture', request: message.request, picture });
        break;
      }
      case 'timeline': {
        const timeline = await this.ask<Timeline>(Requests.timeline, message.args);
        if (timeline) this.post({ type: 'timeline', request: message.request, timeline });
        break;
      }
      case 'history': {
        const { memoryReference } = message;
        const history = await this.ask<HistoryResponse>(Requests.history, { memoryReference });
        if (history) this.post({ type: 'history', memoryReference, changes: history.changes });
        break;
      }
      case 'goTo':
        this.keepsFocus = message.keyboard ? Date.now() + MOVE_TAKES : 0;
        await this.ask(Requests.goTo, { step: message.step });
        break;
      case 'breakOnChange':
        // The only kind beside lines that an extension can add; it stands in the Breakpoints view.
        vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(`change:${message.expression}`)]);
        this.post({ type: 'done', message: vscode.l10n.t('The run stops when {0} changes.', message.expression) });
        break;
      case 'save':
        await this.save(message.svg, message.name);
        break;
    }
  }

  /** Who moves through time by the keyboard wants to go on with it. */
  private takeFocusBack(): void {
    if (!this.panel.visible) return;
    if (Date.now() >= this.keepsFocus) this.keepsFocus = 0;
    else this.panel.reveal();
  }

  private async ask<T>(request: string, args: object): Promise<T | undefined> {
    if (!this.follower.stopped) return undefined;
    return (await this.follower.session?.customRequest(request, args)) as T | undefined;
  }

  private async save(svg: string, name: string): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const file = await vscode.window.showSaveDialog({
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `${name}.svg`) }),
      filters: { SVG: ['svg'] },
    });
    if (!file) return;
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(svg));
    this.post({ type: 'done', message: vscode.l10n.t('Saved as {0}.', vscode.workspace.asRelativePath(file)) });
  }
}
