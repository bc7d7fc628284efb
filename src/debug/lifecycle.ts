/** Launching, restarting and ending: from a file's text to a run. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Generation } from '../engine/operation.js';
import { compileFile } from '../scenario/compile.js';
import { didYouMean } from '../scenario/nearest.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import type { Diagnostic } from '../scenario/source.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { readKernelTree, type KernelTree } from './kernel-tree.js';
import { launchAttributes, unknownAttributes, type LaunchAttributes } from './launch.js';
import type { Motion } from './motion.js';
import { choicesOf, readSchedule, readSchedules } from './schedules.js';
import { baseName, scenarioSource } from './sources.js';
import { Target } from './target.js';

export class Lifecycle {
  /** The client has set its breakpoints. */
  private configured = false;
  /** What was said about the kernel tree last. */
  private told = '';
  /** Requests about breakpoints wait for a launch under way. */
  loading: Promise<void> = Promise.resolve();

  constructor(
    private readonly core: Core,
    private readonly motion: Motion,
  ) {
    motion.onEnd = () => this.end();
  }

  async launch(args: DebugProtocol.LaunchRequestArguments): Promise<void> {
    const { core } = this;
    if (core.phase !== 'new') {
      throw new RequestError(ErrorId.WrongTime, 'launch: this session has been launched already');
    }
    const attributes = launchAttributes(args);
    for (const warning of unknownAttributes(args)) core.output(warning, { category: 'important' });
    core.phase = 'launching';
    const loaded = this.load(attributes);
    this.loading = loaded.catch(() => undefined);
    try {
      await loaded;
    } catch (error) {
      if (core.phase === 'launching') core.phase = 'new';
      throw error;
    }
  }

  /** After the response to launch, or to configurationDone, whichever comes last. */
  async begin(): Promise<void> {
    const { core } = this;
    if (core.phase !== 'configuring' || !this.configured) return;
    core.send('process', { name: core.target!.scenario.name, isLocalProcess: true, startMethod: 'launch' });
    if (core.attributes!.noDebug) await this.runToEnd();
    else await this.motion.start(core.attributes!.stopOnEntry);
  }

  configurationDone(): void {
    if (this.core.phase !== 'new' && this.core.phase !== 'configuring') {
      throw new RequestError(ErrorId.WrongTime, 'configurationDone: the scenario has started already');
    }
    this.configured = true;
  }

  /** Reads the file anew and starts over; breakpoints stay. */
  async restart(args: DebugProtocol.LaunchRequestArguments | undefined): Promise<void> {
    const { core } = this;
    core.loaded('restart');
    const attributes = args ? launchAttributes(args) : core.attributes!;
    const before = core.phase;
    this.motion.pause();
    try {
      await this.load(attributes);
    } catch (error) {
      // What ran goes on to be looked at.
      if (core.phase !== 'terminated') core.phase = before === 'running' ? 'stopped' : before;
      throw error;
    }
  }

  /** @throws RequestError if the files are not as they should be, or the client goes while they are read */
  private async load(attributes: LaunchAttributes): Promise<void> {
    const { core } = this;
    const { program } = attributes;
    let text: string;
    try {
      text = await core.host.readFile(program);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new RequestError(ErrorId.File, `the scenario file ${program} cannot be read: ${why}`, true);
    }
    const file = this.compile(program, text, attributes.generation);
    const { schedule } = attributes;
    const followed = schedule === undefined ? undefined : await readSchedule(core.host, program, schedule);
    const scenario = pickScenario(file, attributes, followed?.scenario);
    const schedules = await readSchedules(core.host, program, file, scenario);
    const kernel = await this.kernelTree(attributes, attributes.generation ?? scenario.generation);
    const target = new Target({
      path: program,
      text,
      file,
      scenario,
      schedules,
      kernel,
      ...(followed && { choices: choicesOf(followed, schedule!, file, scenario) }),
      checkInvariants: attributes.checkInvariants,
      ...(attributes.generation && { generation: attributes.generation }),
      ...(attributes.maxSteps !== undefined && { maxSteps: attributes.maxSteps }),
    });
    if (core.phase === 'terminated') throw new RequestError(ErrorId.WrongTime, 'the session is over');
    core.phase = 'configuring';
    core.attributes = attributes;
    core.target = target;
    core.stop = undefined;
    core.breakpoints.resolve(target);
    this.motion.begin(target);
    for (const breakpoint of core.breakpoints.all()) {
      core.send('breakpoint', { reason: 'changed', breakpoint: core.breakpointBody(breakpoint) });
    }
  }

  private async kernelTree(attributes: LaunchAttributes, generation: Generation): Promise<KernelTree | undefined> {
    const { program, kernelSource } = attributes;
    if (!kernelSource?.trim()) return undefined;
    const tree = await readKernelTree(this.core.host, program, kernelSource.trim(), generation);
    const [first, ...more] = tree.report();
    const told = [first, ...more].join('\n');
    // A restart has nothing new to say.
    if (told === this.told) return tree;
    this.told = told;
    this.core.output(first, { group: 'startCollapsed' });
    for (const line of more) this.core.output(line);
    this.core.send('output', { category: 'console', output: '', group: 'end' });
    return tree;
  }

  private compile(program: string, text: string, generation?: Generation): CompiledFile {
    const { core } = this;
    const { file, diagnostics } = compileFile(text, program, generation);
    for (const { range, message, severity } of diagnostics) {
      if (severity === 'hint') continue;
      core.output(`${place(program, range.start)}: ${severity}: ${message}`, {
        category: severity === 'error' ? 'stderr' : 'console',
        source: scenarioSource(program),
        line: core.toClientLine(range.start.line),
        column: core.toClientColumn(range.start.column),
      });
    }
    if (file) return file;
    const errors = diagnostics.filter((d) => d.severity === 'error');
    throw new RequestError(ErrorId.Scenario, firstError(program, errors), true);
  }

  private async runToEnd(): Promise<void> {
    const { core } = this;
    core.attributes = { ...core.attributes!, stopAtEnd: false };
    await this.motion.runThrough();
  }

  /** The run is over, and so is the session. */
  end(): void {
    const { core } = this;
    if (core.phase === 'terminated') return;
    core.phase = 'terminated';
    core.send('exited', { exitCode: core.target?.failed ? 1 : 0 });
    core.send('terminated', {});
  }

  /** The client wants no more of it. */
  stop(): void {
    this.motion.pause();
    if (this.core.phase !== 'new') this.end();
    this.core.phase = 'terminated';
  }
}

const place = (program: string, { line, column }: { line: number; column: number }): string =>
  `${baseName(program)}:${line}:${column}`;

function firstError(program: string, errors: readonly Diagnostic[]): string {
  const first = errors[0]!;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `${place(program, first.range.start)}: ${first.message}${more}`;
}

/** @param saved name of the scenario that the schedule was saved for */
function pickScenario(
  file: CompiledFile,
  { scenario: name, line }: LaunchAttributes,
  saved?: string,
): CompiledScenario {
  const { scenarios } = file;
  if (name !== undefined) {
    const found = scenarios.find((s) => s.name === name);
    if (found) return found;
    const names = scenarios.map((s) => s.name);
    const hint = didYouMean(name, names) || `; there are ${names.map((n) => `"${n}"`).join(', ')}`;
    throw new RequestError(ErrorId.Launch, `launch: 'scenario': the file has no scenario "${name}"${hint}`, true);
  }
  const around = scenarios.find(
    ({ range }) => line !== undefined && range.start.line <= line && line <= range.end.line,
  );
  // A file without scenarios is one.
  return around ?? scenarios.find((s) => s.name === saved) ?? scenarios[0]!;
}
