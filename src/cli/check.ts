/** `gmap check`: says what is wrong with scenario files, and runs nothing. */
import { EXIT, UserError, type ExitCode } from './exit.js';
import { diagnosticText, findFiles, readScenario } from './files.js';
import { diagnosticJson } from './report/json.js';
import { Output } from './terminal.js';
import { plural } from './words.js';

export interface CheckCommandOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function checkCommand(args: readonly string[], options: CheckCommandOptions): Promise<ExitCode> {
  const out = new Output(process.stdout);
  const errors = new Output(process.stderr);
  let exit: ExitCode = EXIT.ok;
  let wrong = 0;
  let doubtful = 0;
  const problem = (error: unknown): void => {
    if (!(error instanceof UserError)) throw error;
    exit = EXIT.unusable;
    if (options.json) out.line(JSON.stringify({ type: 'problem', message: error.message }));
    else errors.line(`gmap: ${error.message}`);
  };
  const paths = await findFiles(args, problem);
  for (const path of paths) {
    try {
      const { diagnostics } = await readScenario(path);
      for (const d of diagnostics) {
        if (d.severity === 'error') wrong++;
        if (d.severity === 'warning') doubtful++;
        if (options.json) out.line(JSON.stringify(diagnosticJson(path, d)));
        else if (d.severity === 'error') out.line(out.paint('red', diagnosticText(path, d)));
        else if (d.severity === 'warning' && !options.quiet) out.line(out.paint('yellow', diagnosticText(path, d)));
      }
    } catch (error) {
      problem(error);
    }
    await out.flush();
  }
  if (wrong > 0) exit = EXIT.unusable;
  if (!options.json && !options.quiet && paths.length > 0) {
    const counts = `${plural(wrong, 'error')}, ${plural(doubtful, 'warning')}`;
    out.line(`${plural(paths.length, 'file')} checked: ${counts}`);
  }
  await out.flush();
  await errors.flush();
  return exit;
}
