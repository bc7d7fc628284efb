import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { CompletionItem, Hover, WorkspaceEdit } from 'vscode-languageserver-types';
import { fromRoot } from '../../tools/lib/root.mjs';
import { TestClient } from './client.js';

const uri = 'untitled:Untitled-1';
const text = 'host mmap 0x10000000 len 16M rw\ngmap vm limit 4G\nfault vn 0x0 read\n';

/** The bundle where there is one, as editors start it; else the sources. */
function start(): TestClient {
  const bundle = fromRoot('dist/gmap.js');
  const sources = ['--import', 'tsx', fromRoot('src/cli/main.ts')];
  return TestClient.start(process.execPath, [...(existsSync(bundle) ? [bundle] : sources), 'lsp', '--stdio']);
}

describe('gmap lsp --stdio', function () {
  this.timeout(30_000);
  let client: TestClient;
  beforeEach(() => {
    client = start();
  });
  afterEach(() => {
    client.process.kill();
  });

  const open = () =>
    client.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'gmap', version: 1, text } });

  it('answers as the protocol says, from initialize to exit', async () => {
    const { capabilities, serverInfo } = await client.initialize();
    assert.equal(serverInfo?.name, 'gmap');
    assert.equal(capabilities.textDocumentSync && typeof capabilities.textDocumentSync, 'object');
    await open();
    const first = await client.diagnostics(uri, 1);
    assert.deepEqual(
      first.diagnostics.filter(({ severity }) => severity === 1).map(({ message }) => message),
      ["there is no gmap 'vn'; did you mean 'vm'?"],
    );
    const textDocument = { uri };
    const hover = await client.request<Hover>('textDocument/hover', {
      textDocument,
      position: { line: 1, character: 1 },
    });
    assert.match(JSON.stringify(hover.contents), /gmap_alloc/);
    const range = { start: { line: 2, character: 7 }, end: { line: 2, character: 8 } };
    await client.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range, text: 'm' }],
    });
    const second = await client.diagnostics(uri, 2);
    assert.ok(second.diagnostics.every(({ severity }) => severity !== 1));
    const completions = await client.request<CompletionItem[]>('textDocument/completion', {
      textDocument,
      position: { line: 2, character: 6 },
    });
    assert.deepEqual(
      completions.map(({ label }) => label),
      ['vm'],
    );
    const edit = await client.request<WorkspaceEdit>('textDocument/rename', {
      textDocument,
      position: { line: 1, character: 6 },
      newName: 'guest1',
    });
    assert.equal(edit.changes?.[uri]?.length, 2);
    assert.equal(await client.stop(), 0);
    assert.equal(client.stderr, '');
  });

  it('gives the reason for what it refuses', async () => {
    await client.initialize();
    await open();
    const rename = client.request('textDocument/rename', {
      textDocument: { uri },
      position: { line: 1, character: 6 },
      newName: '4G',
    });
    await assert.rejects(rename, /'4G' is no name/);
    assert.equal(await client.stop(), 0);
  });

  it('says null about texts that it does not know, and to requests that it does not have', async () => {
    await client.initialize();
    const at = { textDocument: { uri: 'file:///nowhere.gmap' }, position: { line: 0, character: 0 } };
    assert.equal(await client.request('textDocument/hover', at), null);
    await assert.rejects(client.request('textDocument/moniker', at), /Unhandled method/);
    assert.equal(await client.stop(), 0);
  });

  it('ends when the editor is gone', async () => {
    await client.initialize();
    client.process.stdin?.end();
    const [code] = (await once(client.process, 'exit')) as [number | null];
    assert.notEqual(code, null);
  });
});
