/** "Compare Both Generations" in an editor that is not there: what it keeps, and for how long. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { ROOT } from '../cli/support.js';

interface Uri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  readonly fsPath: string;
  toString(): string;
}
interface Provider {
  provideTextDocumentContent(uri: Uri): string | undefined;
}

const uriOf = (parts: Partial<Uri>): Uri => ({
  ...{ scheme: 'file', path: '', query: '' },
  ...parts,
  fsPath: parts.path ?? '',
  toString: () => `${parts.scheme ?? 'file'}:${parts.path ?? ''}?${parts.query ?? ''}`,
});

/** As much of the editor as the command needs. */
class Editor {
  readonly shown: Uri[] = [];
  active: object | undefined;
  private command: () => Promise<void> = () => Promise.reject(new Error('there is no command'));
  private provider: Provider | undefined;
  private closed: (document: { uri: Uri }) => void = () => undefined;

  readonly api = {
    l10n: { t: (text: string) => text },
    EventEmitter: class {
      readonly event = (): void => undefined;
      fire(): void {}
    },
    Uri: { from: uriOf },
    Disposable: { from: () => ({}) },
    ProgressLocation: {},
    ViewColumn: {},
    workspace: {
      registerTextDocumentContentProvider: (_: string, provider: Provider) => (this.provider = provider),
      onDidCloseTextDocument: (listener: typeof this.closed) => (this.closed = listener),
    },
    commands: { registerCommand: (_: string, command: typeof this.command) => (this.command = command) },
    window: {
      withProgress: (_: object, task: (...args: object[]) => Promise<unknown>) => task({}, {}),
      showTextDocument: (uri: Uri) => Promise.resolve(this.shown.push(uri)),
    },
  };

  async compare(path: string, text: string): Promise<Uri> {
    const document = { uri: uriOf({ path }), getText: () => text, languageId: 'gmap', fileName: path };
    Object.assign(this.api.window, { activeTextEditor: { document, selection: { active: { line: 0 } } } });
    await this.command();
    return this.shown.at(-1)!;
  }

  text(uri: Uri): string | undefined {
    return this.provider!.provideTextDocumentContent(uri);
  }

  close(uri: Uri): void {
    this.closed({ uri });
  }
}

async function registered(): Promise<Editor> {
  const editor = new Editor();
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/extension/comparison.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['vscode'],
    logLevel: 'silent',
  });
  const require = createRequire(import.meta.url);
  const module = { exports: {} as { registerComparison(): void } };
  const load = compileFunction(outputFiles[0]!.text, ['require', 'module']) as (...names: unknown[]) => void;
  load((name: string) => (name === 'vscode' ? editor.api : (require(name) as object)), module);
  module.exports.registerComparison();
  return editor;
}

describe('comparing both generations in the editor', () => {
  it('keeps a text as long as its document is open, one for each file', async () => {
    const editor = await registered();
    const a = await editor.compare('/a/same.gmap', 'gmap vm limit 1G\n');
    const b = await editor.compare('/b/same.gmap', 'gmap vm limit 1G\nmprotect_notify vm 0 len 4K PROT_READ\n');
    assert.match(editor.text(a)!, /same/);
    assert.notEqual(editor.text(a), editor.text(b));
    editor.close(a);
    assert.equal(editor.text(a), undefined);
    assert.notEqual(editor.text(b), undefined);
  }).timeout(60_000);
});
