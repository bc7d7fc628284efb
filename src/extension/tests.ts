/** Test Explorer: every scenario is a test that is run, also with coverage, debugged, or explored under many schedules. */
import * as vscode from 'vscode';
import type { CoverageCollector } from '../recording/coverage.js';
import { addCoverage, detailsOf } from './coverage.js';
import { isServed } from './language.js';
import { baseName, scenarioAtCursor, startScenario } from './launch.js';
import { hasThreads, scenarioBlocks } from './scenarios.js';
import type { ExploredScenario, FailingOutcome, TestedScenario, TestFailure } from './test-work.js';
import { pathOf, readText, uriOf } from './uris.js';

const { l10n } = vscode;

/** Tests with a failing schedule, as menus ask for them; and what their messages are called there. */
const FAILING = 'gmap.failingTests';
const FAILING_MESSAGE = 'failingSchedule';
/** Most failing outcomes that are told one by one. */
const MOST_TOLD = 20;

interface Test {
  readonly uri: vscode.Uri;
  /** Missing: the file is one scenario. */
  readonly name: string | undefined;
}

type Act = (run: vscode.TestRun, item: vscode.TestItem, tested: TestedScenario) => Promise<void>;

export class Tests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('gmap', l10n.t('Gmap Scenarios'));
  private readonly threads = new vscode.TestTag('threads');
  private readonly tests = new WeakMap<vscode.TestItem, Test>();
  /** The schedule files of tests that failed when they were explored, by the test's id. */
  private readonly failing = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly exploring: vscode.TestRunProfile;
  private readonly parts: vscode.Disposable;
  /** A scenario has got a failing schedule, or has lost it. */
  readonly onDidChange = this.changed.event;

  constructor() {
    const { controller, threads } = this;
    const { Run, Debug, Coverage } = vscode.TestRunProfileKind;
    controller.createRunProfile(l10n.t('Run'), Run, (request, token) => this.run(request, token), true);
    controller.createRunProfile(l10n.t('Debug'), Debug, (request, token) => this.debug(request, token), true);
    const cover = (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> =>
      this.cover(request, token);
    const covering = controller.createRunProfile(l10n.t('Coverage'), Coverage, cover, true);
    covering.loadDetailedCoverage = (_run, file) => detailsOf(file);
    const explore = (request: vscode.TestRunRequest): Promise<void> => this.explore(request);
    this.exploring = controller.createRunProfile(l10n.t('Explore Schedules'), Run, explore, false, threads);
    const discover = (): Promise<void> => this.discover();
    controller.resolveHandler = async (item) => (item ? undefined : discover());
    controller.refreshHandler = discover;
    const files = vscode.workspace.createFileSystemWatcher('**/*.gmap');
    const read = (uri: vscode.Uri): void => void this.read(uri);
    this.parts = vscode.Disposable.from(
      controller,
      this.changed,
      files,
      files.onDidCreate(read),
      files.onDidChange(read),
      files.onDidDelete((uri) => controller.items.delete(uri.toString())),
      vscode.workspace.onDidOpenTextDocument((document) => this.look(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.look(document);
      }),
      vscode.commands.registerCommand('gmap.exploreScenario', (uri?: vscode.Uri, name?: string) =>
        this.exploreOne(uri, name),
      ),
      vscode.commands.registerCommand('gmap.debugFailingSchedule', (of: unknown, name?: string) =>
        this.debugFailing(of, name),
      ),
    );
    vscode.workspace.textDocuments.forEach((document) => this.look(document));
  }

  dispose(): void {
    this.parts.dispose();
  }

  /** Is a schedule known under which the scenario fails? */
  hasFailingSchedule(uri: vscode.Uri, name?: string): boolean {
    return this.failing.has(testId(uri, name));
  }

  // ── Which tests there are

  private async discover(): Promise<void> {
    const found = await vscode.workspace.findFiles('**/*.gmap', '**/node_modules/**');
    await Promise.all(found.map((uri) => this.read(uri)));
  }

  private async read(uri: vscode.Uri): Promise<void> {
    // What is open is known, with what has not been saved yet.
    if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) return;
    try {
      this.update(uri, new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch {
      this.controller.items.delete(uri.toString());
    }
  }

  private look(document: vscode.TextDocument): void {
    if (isServed(document)) this.update(document.uri, document.getText());
  }

  private update(uri: vscode.Uri, text: string): void {
    const { controller } = this;
    const id = testId(uri);
    let file = controller.items.get(id);
    if (!file) {
      file = controller.createTestItem(id, baseName(uri), uri);
      file.description = folderOf(uri);
      controller.items.add(file);
    }
    const blocks = scenarioBlocks(text);
    file.tags = hasThreads(text) ? [this.threads] : [];
    file.range = new vscode.Range(0, 0, 0, 0);
    if (blocks.length === 0) this.tests.set(file, { uri, name: undefined });
    else this.tests.delete(file);
    file.children.replace(
      blocks.map(({ name, start, threads }) => {
        const item = controller.createTestItem(testId(uri, name), name, uri);
        item.range = new vscode.Range(start, 0, start, 0);
        item.tags = threads ? [this.threads] : [];
        this.tests.set(item, { uri, name });
        return item;
      }),
    );
  }

  private find(uri: vscode.Uri, name?: string): vscode.TestItem | undefined {
    const file = this.controller.items.get(testId(uri));
    return name === undefined ? file : file?.children.get(testId(uri, name));
  }

  /** The scenarios that are asked for: those below the included items, without the excluded ones. */
  private *chosen({ include, exclude = [] }: vscode.TestRunRequest): Generator<[vscode.TestItem, Test]> {
    const queue = [...(include ?? Array.from(this.controller.items, ([, item]) => item))];
    for (let item = queue.shift(); item; item = queue.shift()) {
      if (exclude.includes(item)) continue;
      const test = this.tests.get(item);
      if (test) yield [item, test];
      queue.unshift(...Array.from(item.children, ([, child]) => child));
    }
  }

  // ── What is done with them

  private async run(
    request: vscode.TestRunRequest,
    token: vscode.CancellationToken,
    coverage?: CoverageCollector,
  ): Promise<void> {
    const act: Act = async (run, item, tested) => {
      const { runScenario } = await import('./heavy.js');
      const stopped = (): boolean => token.isCancellationRequested;
      const done = await runScenario(tested, { readFile: readText }, stopped, coverage);
      if (!done) return run.skipped(item);
      const { failures, steps } = done;
      const told = failures.length ? l10n.t('{0} failed', failures.length) : l10n.t('passed');
      run.appendOutput(`${item.label}: ${told} (${l10n.t('{0} steps', steps)})\r\n`, undefined, item);
      if (failures.length === 0) run.passed(item);
      else
        run.failed(
          item,
          failures.map((failure) => message(item, failure)),
        );
    };
    await this.each(request, act, (run) => {
      if (coverage) addCoverage(run, coverage.result());
    });
  }

  private async cover(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const { CoverageCollector } = await import('./heavy.js');
    await this.run(request, token, new CoverageCollector());
  }

  private async debug(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    for (const [, { uri, name }] of this.chosen(request)) {
      if (token.isCancellationRequested) return;
      await debugged(uri, name);
    }
  }

  private async explore(request: vscode.TestRunRequest): Promise<void> {
    const settings = vscode.workspace.getConfiguration('gmap.explore');
    const limits = { bound: settings.get('bound', 2), seconds: settings.get('seconds', 20) };
    await this.each(request, async (run, item, tested) => {
      // A file is a test too, and may have no threads though another one has.
      if (!item.tags.includes(this.threads)) return run.skipped(item);
      const { exploreScenario } = await import('./heavy.js');
      const explored = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window }, (progress) =>
        exploreScenario(tested, limits, scheduleFolder, {
          stopped: () => run.token.isCancellationRequested,
          tell: (schedules, outcomes) =>
            progress.report({
              message: l10n.t('Exploring {0}: {1} schedules, {2} outcomes', item.label, schedules, outcomes),
            }),
        }),
      );
      this.remember(item, explored.saved);
      for (const line of summary(item.label, explored)) run.appendOutput(`${line}\r\n`, undefined, item);
      const { failing } = explored;
      if (failing.length === 0) run.passed(item);
      else
        run.failed(
          item,
          failing.slice(0, MOST_TOLD).flatMap((outcome, i) => this.messages(item, outcome, explored, i)),
        );
    });
  }

  /** Does the same with each test, one after the other, and something with the whole run at the end. */
  private async each(
    request: vscode.TestRunRequest,
    act: Act,
    conclude?: (run: vscode.TestRun) => void,
  ): Promise<void> {
    const run = this.controller.createTestRun(request);
    const chosen = [...this.chosen(request)];
    for (const [item] of chosen) run.enqueued(item);
    for (const [item, { uri, name }] of chosen) {
      if (run.token.isCancellationRequested) break;
      run.started(item);
      try {
        const path = pathOf(uri);
        await act(run, item, { path, text: await readText(path), ...(name !== undefined && { name }) });
      } catch (error) {
        const { line, message: what = String(error) } = error as { line?: number; message?: string };
        run.errored(item, line === undefined ? new vscode.TestMessage(what) : message(item, { line, what }));
      }
    }
    conclude?.(run);
    run.end();
  }

  private messages(
    item: vscode.TestItem,
    outcome: FailingOutcome,
    { saved, notSaved }: ExploredScenario,
    number: number,
  ) {
    // The first is the one that was saved.
    const first = number === 0;
    const how = [
      ...howItComes(outcome),
      ...(first && saved !== undefined ? [l10n.t('Saved as {0}.', baseName(uriOf(saved)))] : []),
      ...(first && notSaved !== undefined ? [l10n.t('It could not be saved: {0}', notSaved)] : []),
    ];
    return outcome.failures.map((failure) => {
      const told = message(item, { ...failure, what: [failure.what, ...how].join('\n') });
      if (first && saved !== undefined) told.contextValue = FAILING_MESSAGE;
      return told;
    });
  }

  private remember({ id }: vscode.TestItem, schedule: string | undefined): void {
    if (schedule === undefined) this.failing.delete(id);
    else this.failing.set(id, schedule);
    void vscode.commands.executeCommand('setContext', FAILING, [...this.failing.keys()]);
    this.changed.fire();
  }

  // ── Commands

  private async exploreOne(uri: vscode.Uri | undefined, name: string | undefined): Promise<void> {
    const meant = uri ? { document: await vscode.workspace.openTextDocument(uri), name } : scenarioAtCursor();
    const item = meant && this.find(meant.document.uri, meant.name);
    if (item) await this.explore(new vscode.TestRunRequest([item], undefined, this.exploring));
  }

  /** @param of the file; or what menus of Test Explorer give: a test, or a message and its test */
  private async debugFailing(of: unknown, name: string | undefined): Promise<void> {
    const item = of instanceof vscode.Uri ? this.find(of, name) : ((of as { test?: vscode.TestItem }).test ?? of);
    const { id, uri } = item as vscode.TestItem;
    const test = this.tests.get(item as vscode.TestItem);
    const schedule = this.failing.get(id);
    if (!uri || schedule === undefined) return;
    await startScenario(uri, test?.name, { schedule: baseName(uriOf(schedule)) });
  }
}

const testId = (uri: vscode.Uri, name?: string): string => uri.toString() + (name === undefined ? '' : `#${name}`);

/** The folder of a file below that of the workspace. */
const folderOf = (uri: vscode.Uri): string => vscode.workspace.asRelativePath(uri).split('/').slice(0, -1).join('/');

function message(item: vscode.TestItem, { line, what, difference }: TestFailure): vscode.TestMessage {
  const told = difference
    ? vscode.TestMessage.diff(what, difference.expected, difference.found)
    : new vscode.TestMessage(what);
  told.location = new vscode.Location(item.uri!, new vscode.Position(line - 1, 0));
  return told;
}

function howItComes({ schedules, race, schedule, signs }: FailingOutcome): string[] {
  return [
    l10n.t('In {0} schedules that were run.', schedules),
    ...(race ? [l10n.t('A race: no order of whole operations comes to this.')] : []),
    l10n.t('The simplest schedule: {0}', schedule),
    ...(signs.length > 0 ? [l10n.t('On the way: {0}', signs.join(', '))] : []),
  ];
}

/** For the output, which has what there is no room for at the failing lines. */
function summary(label: string, explored: ExploredScenario): string[] {
  const { complete, cutOff, finished, outcomes, races, failing, saved } = explored;
  return [
    l10n.t('{0}: {1} schedules run, {2} more cut off as equivalent to others', label, complete, cutOff),
    l10n.t('{0} outcomes: {1} races, {2} failing', outcomes, races, failing.length),
    ...(finished ? [] : [l10n.t('Stopped before the end: this is what was found so far.')]),
    ...failing.slice(0, MOST_TOLD).flatMap((outcome) => [
      '',
      ...outcome.failures.map(({ line, what, difference: d }) => {
        return `${line}: ${what}${d ? l10n.t(': expected {0}, found {1}', d.expected, d.found) : ''}`;
      }),
      ...howItComes(outcome).map((how) => `    ${how}`),
    ]),
    ...(saved === undefined ? [] : ['', l10n.t('The simplest failing schedule is saved in {0}', saved)]),
  ];
}

/** Debugs a scenario, until its session has ended. */
async function debugged(uri: vscode.Uri, name: string | undefined): Promise<void> {
  let listener: vscode.Disposable | undefined;
  const ended = new Promise<void>((resolve) => {
    listener = vscode.debug.onDidTerminateDebugSession(({ configuration }) => {
      if (configuration['program'] === pathOf(uri)) resolve();
    });
  });
  if (await startScenario(uri, name)) await ended;
  listener?.dispose();
}

const scheduleFolder = {
  read: async (path: string): Promise<string | undefined> => {
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uriOf(path)));
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
      throw error;
    }
  },
  write: async (path: string, text: string): Promise<void> =>
    vscode.workspace.fs.writeFile(uriOf(path), new TextEncoder().encode(text)),
};
