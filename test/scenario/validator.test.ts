import assert from 'node:assert/strict';
import { URI } from 'langium';
import type { DocumentValidator } from 'langium';
import { createGmapServices } from '../../src/scenario/language.js';
import { GmapValidation } from '../../src/scenario/validator.js';

type LspDiagnostic = Awaited<ReturnType<DocumentValidator['validateDocument']>>[number];

describe('the checks in a language server', () => {
  const { shared } = createGmapServices(GmapValidation);

  async function diagnostics(text: string): Promise<readonly LspDiagnostic[]> {
    const document = shared.workspace.LangiumDocumentFactory.fromString(text, URI.parse('memory:///test.gmap'));
    await shared.workspace.DocumentBuilder.build([document], { validation: true });
    return document.diagnostics ?? [];
  }

  it('are those of compiling', async () => {
    const found = await diagnostics(
      'gmap vm limit 4G\nfalt vm 0 read\nlet a = 1\nmprotect_notify vm 0x800 len 4K PROT_READ\n',
    );
    assert.deepEqual(
      found.map(({ range, severity, message, data, tags }): unknown[] => [
        `${range.start.line}:${range.start.character}-${range.end.character}`,
        severity,
        message,
        data,
        tags,
      ]),
      [
        ['1:0-4', 1, "there is no statement 'falt'; did you mean 'fault'?", { replacement: 'fault' }, undefined],
        ['2:4-5', 2, "'a' is never used", undefined, [1]],
        ['3:19-24', 2, 'not a multiple of 4K: gmap_mprotect_notify answers -EINVAL', { replacement: '0x0' }, undefined],
      ],
    );
  });

  it('find nothing in a sound file', async () => {
    assert.deepEqual(await diagnostics('gmap vm limit 4G\nfault vm 0 read -> -EFAULT\n'), []);
  });
});
