// What is generated is what the descriptions in the code say.
import assert from 'node:assert/strict';
import { staleFiles } from '../../tools/generate-docs.mjs';

describe('docs/reference, and the syntax for Vim', () => {
  it('are what `npm run docs` writes', () => assert.deepEqual(staleFiles(), []));
});
