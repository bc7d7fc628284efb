/** What VS Code starts. Everything here is light; parser, engine and session are loaded when they are first needed. */
import type { ExtensionContext } from 'vscode';
import { registerAdapter } from './adapter.js';
import { registerListings } from './coverage.js';
import { registerComparison } from './comparison.js';
import { Follower } from './follower.js';
import { registerLanguage } from './language.js';
import { registerLaunching } from './launch.js';
import { registerLenses } from './lenses.js';
import { registerMemoryInspector } from './memory-inspector.js';
import { registerNewScenario } from './new-scenario.js';
import { registerNotifications } from './notifications.js';
import { registerPanel } from './panel.js';
import { registerTables } from './tables.js';
import { Tests } from './tests.js';
import { registerThreads } from './threads.js';
import { registerTime } from './time.js';
import { registerValues } from './values.js';

export function activate(context: ExtensionContext): void {
  const follower = new Follower();
  const tests = new Tests();
  context.subscriptions.push(
    follower,
    tests,
    registerAdapter(),
    registerComparison(),
    registerLanguage(),
    registerLaunching(),
    registerLenses(tests),
    registerListings(),
    registerTables(follower, context.workspaceState),
    registerMemoryInspector(),
    registerNewScenario(),
    registerNotifications(follower, context.workspaceState),
    registerPanel(context.extensionUri, follower),
    registerThreads(follower),
    registerTime(follower),
    registerValues(follower),
  );
}

export function deactivate(): void {
  // What is held is in the subscriptions.
}
