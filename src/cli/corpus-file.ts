/** Programs of a corpus file, one at a time: its memory does not grow with the file. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { errnoName } from '../engine/bits.js';
import { OperationSyntaxError, parseOperation, type Generation, type Operation } from '../engine/operation.js';
import { operationsToScenario, threadsToScenario } from '../scenario/corpus.js';
import { fileProblem } from '../debug/node-file-problem.js';
import { UserError } from './exit.js';

type Answer = number | string;

interface Line {
  readonly op: string;
  readonly rc?: Answer;
}

/** What a record says about its program and its answers; the states and events that it left are not needed here. */
interface CorpusProgram {
  readonly name: string;
  readonly gen?: Generation;
  readonly recs?: readonly Line[];
  readonly setup?: readonly Line[];
  readonly threads?: readonly (readonly string[])[];
  readonly schedule?: readonly (readonly [thread: number, steps: number])[];
  readonly after?: readonly Line[];
  readonly rcs?: readonly (readonly Answer[])[];
  readonly outcome?: string;
}

export interface Program {
  readonly name: string;
  /** Where it stands: `FILE:LINE`. */
  readonly place: string;
  /** Its scenario: a file of its own. With `results` each statement says what the kernel answered. */
  readonly text: (results: boolean) => string;
}

function isProgram(value: unknown): value is CorpusProgram {
  const fields = value as Partial<Record<keyof CorpusProgram, unknown>> | null;
  return typeof fields?.name === 'string' && (Array.isArray(fields.recs) || Array.isArray(fields.threads));
}

const operations = (lines: readonly Line[] = []): Operation[] => lines.map(({ op }) => parseOperation(op));

function scenarioText({ name, gen = 'after', recs, setup, threads, schedule, after }: CorpusProgram): string {
  if (!threads) return operationsToScenario(name, gen, operations(recs));
  const text = threadsToScenario(name, {
    setup: operations(setup),
    threads: threads.map((lines) => lines.map(parseOperation)),
    after: operations(after),
    schedule: schedule ?? [],
  });
  return gen === 'before' ? `generation before\n\n${text}` : text;
}

const answered = (lines: readonly Line[] = []): (Answer | undefined)[] => lines.map(({ rc }) => rc);

/** Answers in the order in which the statements of the scenario text stand; what did not answer has none. */
function answersOf({ recs, threads, setup, rcs, outcome, after }: CorpusProgram): (Answer | undefined)[] {
  if (!threads) return answered(recs);
  const bug = /^(BUG) t(\d+) (.*)$/.exec(outcome ?? '');
  const inThreads = threads.map((lines, t) => {
    const answers: (Answer | undefined)[] = lines.map((_, i) => rcs?.[t]?.[i]);
    if (Number(bug?.[2]) === t) answers[rcs?.[t]?.length ?? 0] = `BUG ${bug![3]!}`;
    return answers;
  });
  return [...answered(setup), ...inThreads.flat(), ...answered(after)];
}

/** `-14` is `-EFAULT`, `0 key=0x6` is `0 key 0x6`. */
function resultText(answer: Answer): string {
  if (typeof answer === 'number') {
    const name = answer < 0 ? errnoName(answer) : undefined;
    return name ? `-${name}` : String(answer);
  }
  const bug = /^BUG (.*)$/.exec(answer);
  return bug ? `BUG ${JSON.stringify(bug[1])}` : answer.replace(' key=', ' key ');
}

/** Says behind each statement what it answered. */
function withResults(text: string, program: CorpusProgram): string {
  const answers = answersOf(program);
  const deadlock = program.outcome?.startsWith('DEADLOCK') ? '  expect deadlock\n' : '';
  let next = 0;
  const lines = text.split('\n').map((line) => {
    if (/^( *}| *scenario | *generation | *thread | *schedule |$)/.test(line)) return line;
    const answer = answers[next++];
    return answer === undefined ? line : `${line} -> ${resultText(answer)}`;
  });
  return lines.join('\n').replace(/^ {2}(schedule|thread) /m, (start) => deadlock + start);
}

/** The lines of a file, also of a gzip'ed one. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const magic = new Uint8Array(2);
  const handle = await open(path);
  try {
    await handle.read(magic, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const raw = createReadStream(path);
  const input = magic[0] === 0x1f && magic[1] === 0x8b ? raw.pipe(createGunzip()) : raw;
  let failure: Error | undefined;
  for (const stream of [raw, input]) stream.on('error', (error: Error) => (failure ??= error));
  const lines = createInterface({ input, crlfDelay: Infinity });
  // A broken stream would leave readline waiting.
  for (const stream of [raw, input]) stream.on('error', () => lines.close());
  try {
    yield* lines;
  } finally {
    raw.destroy();
  }
  if (failure) throw failure;
}

export async function* readPrograms(path: string): AsyncGenerator<Program> {
  let number = 0;
  const mistake = (what: string): UserError =>
    new UserError(`${path}:${number}: ${what}; a corpus file has one program (a JSON object) on each line`);
  try {
    for await (const line of linesOf(path)) {
      number++;
      if (!line.trim()) continue;
      let record: unknown;
      try {
        record = JSON.parse(line);
      } catch {
        throw mistake('this is not JSON');
      }
      if (!isProgram(record)) throw mistake('this is no program: it needs "name", and "recs" or "threads"');
      const program = record;
      const place = `${path}:${number}`;
      const text = (results: boolean): string => {
        try {
          const plain = scenarioText(program);
          return results ? withResults(plain, program) : plain;
        } catch (error) {
          if (error instanceof OperationSyntaxError) throw new UserError(`${place}: ${program.name}: ${error.message}`);
          throw error;
        }
      };
      yield { name: program.name, place, text };
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read: ${fileProblem(error)}`);
  }
}
