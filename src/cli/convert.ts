/** `gmap convert`: programs of the conformance corpus as scenarios. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPrograms } from './corpus-file.js';
import { fileProblem } from '../debug/node-file-problem.js';
import { EXIT, UserError, type ExitCode } from './exit.js';
import { namePattern, noneNamed } from './select.js';
import { Output, Progress } from './terminal.js';
import { plural } from './words.js';

export interface ConvertCommandOptions {
  readonly program: readonly string[];
  readonly list?: boolean;
  readonly results?: boolean;
  readonly output?: string;
}

const BEFORE = 'generation before\n\n';

/** A file with one scenario as a block among others: it names its generation itself. */
function asBlock(text: string): string {
  if (!text.startsWith(BEFORE)) return text;
  return text.slice(BEFORE.length).replace('{\n', '{\n  generation before\n');
}

const fileName = (program: string): string => `${program.replace(/[^\w.-]+/g, '-').replace(/^\.+/, '')}.gmap`;

async function save(folder: string, program: string, text: string): Promise<void> {
  const path = join(folder, fileName(program));
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw new UserError(`${path} cannot be written: ${fileProblem(error)}`);
  }
}

export async function convertCommand(path: string, options: ConvertCommandOptions): Promise<ExitCode> {
  const tests = options.program.map(namePattern);
  const progress = new Progress(options.output !== undefined || !process.stdout.isTTY);
  const out = new Output(process.stdout, progress);
  const { results = false } = options;
  const names: string[] = [];
  let converted = 0;
  try {
    for await (const { name, text } of readPrograms(path)) {
      names.push(name);
      if (tests.length > 0 && !tests.some((test) => test(name))) continue;
      converted++;
      if (options.list) out.line(name);
      else if (options.output !== undefined) await save(options.output, name, text(results));
      else out.line((converted > 1 ? '\n' : '') + asBlock(text(results)).trimEnd());
      if (out.full) await out.flush();
      if (out.closed) return EXIT.ok;
      progress.update(() => `${path}: ${plural(converted, 'program')}`);
    }
    if (converted === 0) {
      throw tests.length > 0
        ? noneNamed(options.program, names, 'program')
        : new UserError(`${path} holds no programs`);
    }
    if (options.output !== undefined && !options.list) {
      out.line(`${plural(converted, 'program')} written to ${options.output}`);
    }
  } finally {
    progress.end();
    await out.flush();
  }
  return EXIT.ok;
}
