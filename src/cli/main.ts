/** The command line `gmap`. */
import { CommanderError } from 'commander';
import { fileProblem } from '../debug/node-file-problem.js';
import { EXIT, UserError } from './exit.js';
import { makeProgram } from './program.js';

async function main(): Promise<number> {
  // Who reads the output may go away at any time (`gmap help | head -1`): then nobody is to be told anything.
  process.stdout.on('error', ignoreClosed);
  process.stderr.on('error', ignoreClosed);
  try {
    let code: number = EXIT.ok;
    const program = makeProgram((result) => (code = result));
    if (process.argv.length <= 2) program.outputHelp();
    else await program.parseAsync();
    return code;
  } catch (error) {
    // Commander has said what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.unusable;
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`gmap: ${error.message}\n`);
    return EXIT.unusable;
  }
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || error.code === 'EOF') return;
  process.stderr.write(`gmap: the output cannot be written: ${fileProblem(error)}\n`);
  process.exit(EXIT.unusable);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`gmap: internal error, please report it: ${text}\n`);
    process.exitCode = EXIT.internal;
  },
);
