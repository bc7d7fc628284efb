import assert from 'node:assert/strict';
import type { PublishDiagnosticsParams } from 'vscode-languageserver-protocol';
import type { RequestParams } from '../../src/language/server.js';
import { LanguageServer } from '../../src/language/server.js';

const uri = 'vscode-vfs://github/someone/scenarios/a.gmap';
const position = { line: 0, character: 6 };

class Inbox {
  readonly published: PublishDiagnosticsParams[] = [];
  readonly server = new LanguageServer({ publishDiagnostics: (params) => void this.published.push(params) });

  get versions(): (number | undefined)[] {
    return this.published.map(({ version }) => version);
  }

  messages(): string[] {
    return this.published.at(-1)?.diagnostics.map(({ message }) => message as string) ?? [];
  }

  ask(method: string, params: Partial<RequestParams>): unknown {
    return this.server.request(method, { textDocument: { uri }, ...params } as RequestParams);
  }
}

const pause = (ms = 20): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('the language server', () => {
  it('checks a text when it is opened and when it changes, and the last version only', async () => {
    const box = new Inbox();
    box.server.open(uri, 1, 'gmap vm limit 4G\n');
    await pause();
    assert.deepEqual(box.messages(), ["'vm' is never used"]);
    box.server.change(uri, 2, [{ text: 'fault g0 0x0 red\n' }]);
    box.server.change(uri, 3, [
      { range: { start: { line: 0, character: 15 }, end: { line: 0, character: 15 } }, text: 'a' },
    ]);
    await pause();
    assert.deepEqual(box.versions, [1, 3]);
    assert.deepEqual(box.messages(), ["'g0' is not allocated here: the operation is refused (NA)"]);
    box.server.dispose();
  });

  it('takes several changes at once, each on the text that the one before left', () => {
    const box = new Inbox();
    box.server.open(uri, 1, 'host exit\n');
    const at = (line: number, from: number, to: number) => ({
      start: { line, character: from },
      end: { line, character: to },
    });
    box.server.change(uri, 2, [
      { range: at(0, 5, 9), text: 'age 0x1000' },
      { range: at(0, 0, 0), text: 'gmap vm limit 4G\n' },
      { range: at(1, 9, 15), text: '0x2000' },
    ]);
    const [symbol] = box.ask('textDocument/documentSymbol', {}) as { name: string }[];
    assert.equal(symbol?.name, 'vm');
    assert.match(JSON.stringify(box.ask('textDocument/hover', { position: { line: 1, character: 10 } })), /0x2000/);
    box.server.dispose();
  });

  it('forgets a text that is closed, and what was wrong in it', async () => {
    const box = new Inbox();
    box.server.open(uri, 1, 'frobnicate\n');
    box.server.close(uri);
    await pause();
    assert.deepEqual(box.published, [{ uri, diagnostics: [] }]);
    assert.equal(box.ask('textDocument/hover', { position }), null);
    box.server.change(uri, 2, [{ text: '' }]);
    box.server.close(uri);
    await pause();
    assert.equal(box.published.length, 1);
  });

  it('says nothing any more once it is disposed of', async () => {
    const box = new Inbox();
    box.server.open(uri, 1, 'frobnicate\n');
    box.server.dispose();
    await pause();
    assert.deepEqual(box.published, []);
  });

  it('announces what it can do, and no more', () => {
    const box = new Inbox();
    const { capabilities } = box.server.initialize({ capabilities: {} }, '1.2.3');
    assert.equal(box.server.snippets, false);
    const announced = Object.keys(capabilities).filter((name) => name.endsWith('Provider'));
    assert.deepEqual(announced.sort(), [
      'codeActionProvider',
      'completionProvider',
      'definitionProvider',
      'documentFormattingProvider',
      'documentHighlightProvider',
      'documentLinkProvider',
      'documentOnTypeFormattingProvider',
      'documentRangeFormattingProvider',
      'documentSymbolProvider',
      'foldingRangeProvider',
      'hoverProvider',
      'inlayHintProvider',
      'referencesProvider',
      'renameProvider',
      'selectionRangeProvider',
      'semanticTokensProvider',
      'signatureHelpProvider',
    ]);
  });
});
