import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The absolute path of something in this clone, wherever the caller stands. */
export const fromRoot = (...parts) => join(root, ...parts);
