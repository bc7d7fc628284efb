/** `gmap trace`: every step of a run. */
import { allFunctions, functionNamed } from '../engine/catalog.js';
import { isEvent } from '../engine/events.js';
import type { Generation } from '../engine/operation.js';
import { Kind } from '../engine/trace.js';
import { didYouMean } from '../scenario/nearest.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { ThreadNames } from '../scenario/thread-names.js';
import { outcomeOf, startRun } from './execute.js';
import { EXIT, UserError, type ExitCode } from './exit.js';
import { choose, loadProgram } from './load.js';
import { scenariosFor } from './schedules.js';
import { Output, Progress } from './terminal.js';
import { rowJson } from './trace/json.js';
import { RowReader, type Row, type RowFilter } from './trace/rows.js';
import { TraceText } from './trace/text.js';

export interface TraceCommandOptions {
  readonly scenario: readonly string[];
  readonly generation?: Generation;
  readonly maxSteps?: number;
  readonly json?: boolean;
  readonly events?: boolean;
  readonly schedule?: string;
  readonly function: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

function functionIds(names: readonly string[]): Set<number> {
  const all = allFunctions();
  return new Set(
    names.map((name) => {
      const fn = functionNamed(name);
      if (fn) return fn.id;
      const known = all.filter((f) => !f.operation).map((f) => f.name);
      throw new UserError(`no function is named '${name}'${didYouMean(name, known)}`);
    }),
  );
}

export async function traceCommand(path: string, options: TraceCommandOptions): Promise<ExitCode> {
  if (options.json && options.events)
    throw new UserError('--json and --events are two forms of one output: choose one');
  const filter: RowFilter = {
    functions: functionIds(options.function),
    from: options.from ?? 0,
    to: options.to ?? Infinity,
    changes: !options.events,
  };
  if (filter.from > filter.to) throw new UserError(`--from ${filter.from} lies behind --to ${filter.to}`);
  const program = await loadProgram(path);
  const scenarios = choose(program, scenariosFor(options.schedule, options.scenario));
  const progress = new Progress(!process.stdout.isTTY);
  const out = new Output(process.stdout, progress);
  const several = scenarios.length > 1;
  try {
    for (const [i, scenario] of scenarios.entries()) {
      if (out.closed) break;
      if (i > 0 && !options.json) out.line();
      await traceScenario(program, scenario, path, options, filter, out, progress, several);
    }
  } finally {
    progress.end();
    await out.flush();
  }
  return EXIT.ok;
}

async function traceScenario(
  program: CompiledFile,
  scenario: CompiledScenario,
  path: string,
  options: TraceCommandOptions,
  filter: RowFilter,
  out: Output,
  progress: Progress,
  several: boolean,
): Promise<void> {
  const run = startRun(program, scenario, path, options);
  const threads = new ThreadNames(run);
  const text = new TraceText(out, run, path, threads);
  if (options.events) {
    if (several) out.line(`scenario ${JSON.stringify(scenario.name)}`);
  } else if (!options.json) text.begin();
  const each = (row: Row): void => {
    if (options.json) out.line(rowJson(row, run, threads));
    else if (!options.events) text.row(row);
    else if (row.task > 0 && row.kind !== Kind.Note && row.kind !== Kind.Statement) {
      out.line(`${threads.name(row)} ${row.event}`);
    } else if (isEvent(row.kind)) out.line(row.event);
  };
  await new RowReader(run, filter, options.maxSteps).forEach(each, async () => {
    if (out.full) await out.flush();
    progress.update(() => `${path}: ${scenario.name}: ${run.recording.length} steps`);
    return !out.closed;
  });
  if (!options.json && !options.events) text.end(outcomeOf(run, options.maxSteps));
}
