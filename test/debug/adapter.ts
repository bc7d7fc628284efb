/** The adapter as a program without operands, as the test client starts one. */
import { serveStdio } from '../../src/debug/node-adapter.js';

await serveStdio();
process.exit(0);
