/** The commands, their options and their help. Each command's code is loaded when it is run. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../../package.json';
import { MAX_MESSAGE_MB } from '../debug/node-message-limit.js';
import type { CheckCommandOptions } from './check.js';
import { completion, SHELLS, type Shell } from './completion.js';
import type { ConvertCommandOptions } from './convert.js';
import type { DapCommandOptions } from './dap.js';
import type { DebugCommandOptions } from './debug.js';
import type { DiffCommandOptions } from './diff.js';
import { EXIT, UserError, type ExitCode } from './exit.js';
import { examples, FIRST_STEPS, HELP_EXIT_CODES } from './help.js';
import type { ExploreCommandOptions } from './explore.js';
import type { RunCommandOptions } from './run.js';
import { coloured } from './terminal.js';
import type { TraceCommandOptions } from './trace.js';

/** Receives the exit code of the command that ran. */
type Done = (code: ExitCode) => void;

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** A whole number from `least` up; digits may be grouped with `_`. */
function count(least: number): (text: string) => number {
  return (text) => {
    const digits = text.replace(/(?<=\d)_(?=\d)/g, '');
    const number = Number(digits);
    if (!/^\d+$/.test(digits) || !Number.isSafeInteger(number) || number < least) {
      throw new InvalidArgumentError(`Write a whole number from ${least} up.`);
    }
    return number;
  };
}

const generation = (): Option =>
  new Option('--generation <which>', 'run in this generation of the kernel code, whatever the file says').choices([
    'after',
    'before',
  ]);

const maxSteps = (): Option =>
  new Option('--max-steps <n>', 'end a scenario after so many steps (20,000,000 if not given)').argParser(count(1));

const scenario = (): Option =>
  new Option('--scenario <name>', "only scenarios of this name; '*' and '?' match; may be repeated")
    .argParser(collect)
    .default([], 'all');

const schedule = (): Option =>
  new Option('--schedule <file>', 'let the threads run as in this file, whatever schedules the scenario chooses');

export function makeProgram(done: Done): Command {
  const program = new Command('gmap');
  program
    .description('Runs, traces and checks scenarios of the s390 gmap: files that end in .gmap.')
    .version(version, '-V, --version', 'say which version this is')
    .helpOption('-h, --help', 'say what can be done here')
    .helpCommand('help [command]', 'the same for one command')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`gmap: ${text.replace(/^error: /, '').trimEnd()}\n`),
      getOutHasColors: () => coloured(process.stdout),
      getErrHasColors: () => coloured(process.stderr),
    })
    .configureHelp({ styleTitle: (text) => (coloured(process.stdout) ? `\x1b[1m${text}\x1b[22m` : text) })
    .addHelpText('after', `${FIRST_STEPS}\n${HELP_EXIT_CODES}`);

  runCommand(program, done);
  traceCommand(program, done);
  debugCommand(program, done);
  checkCommand(program, done);
  diffCommand(program, done);
  exploreCommand(program, done);
  convertCommand(program, done);
  dapCommand(program, done);
  lspCommand(program);
  completionCommand(program, done);
  return program;
}

/** A command with its examples; a mistake in its options ends with the way to its help. */
function command(program: Command, name: string, summary: string, description = summary): Command {
  return program
    .command(name)
    .summary(summary)
    .description(description)
    .showHelpAfterError(`'gmap ${name} --help' explains the command, with examples.`)
    .addHelpText('after', examples(name));
}

/** Files and folders. Who names none learns by example what could be named. */
function files(command: Command): Command {
  return command
    .addArgument(new Argument('[file...]', 'scenario files (.gmap), or folders that hold some'))
    .usage('[options] <file...>')
    .hook('preAction', () => {
      if (command.args.length === 0) throw new UserError(`which files?\n${examples(command.name()).trimEnd()}`);
    });
}

function runCommand(program: Command, done: Done): void {
  files(
    command(
      program,
      'run',
      'run scenarios and say which expectations fail',
      'Runs every scenario of the files (of a folder: of every .gmap file in it): first what stands outside its block, then the block. Prints what print statements show and what does not hold.',
    ),
  )
    .addOption(scenario())
    .addOption(generation())
    .addOption(maxSteps())
    .option('--check-invariants', 'look at the invariants of the model and the order of locks at every step')
    .addOption(schedule())
    .option('--coverage', "show which steps and branches of the kernel's functions were visited, and which never")
    .option('--shard <k/n>', 'run the k-th of n equal parts: the parts together are everything')
    .option('--junit <file>', 'write a JUnit report too')
    .option('--tap', 'print TAP instead')
    .option('--json', 'print one JSON object a line instead (docs/cli.md has the format)')
    .option('-q, --quiet', 'print only what does not hold')
    .action(async (args: string[], options: RunCommandOptions) => {
      done(await (await import('./run.js')).runCommand(args, options));
    });
}

function traceCommand(program: Command, done: Done): void {
  command(
    program,
    'trace',
    'print every step of a run',
    'Runs the scenarios of a file and prints every step: its number, the event, the words of the step in our listing of the function, and what it changed. Threads that run at the same time have a column each.',
  )
    .argument('<file>', 'a scenario file (.gmap)')
    .addOption(scenario())
    .addOption(generation())
    .addOption(
      new Option('--function <name>', 'only what happens in calls of this function; may be repeated')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(new Option('--from <step>', 'begin at this step').argParser(count(0)))
    .addOption(new Option('--to <step>', 'end after this step').argParser(count(0)))
    .addOption(maxSteps())
    .addOption(schedule())
    .option('--events', 'print only the events, in the words of the conformance corpus')
    .option('--json', 'print one JSON object a step instead (docs/cli.md has the format)')
    .action(async (file: string, options: TraceCommandOptions) => {
      done(await (await import('./trace.js')).traceCommand(file, options));
    });
}

function debugCommand(program: Command, done: Done): void {
  command(
    program,
    'debug',
    'step through a scenario, forwards and backwards',
    'Debugs a scenario here in the terminal, with the commands of the Debug Console (help lists them), history and completion; or by a script on standard input. Begins before the first statement.',
  )
    .argument('<file>', 'a scenario file (.gmap)')
    .option('--scenario <name>', "the scenario, if the file has several; '*' and '?' match")
    .addOption(generation())
    .addOption(schedule())
    .option('--kernel-source <folder>', 'a Linux tree that has the modelled code, shown in place of our listings')
    .option('--check-invariants', 'look at the invariants of the model and the order of locks at every step')
    .addOption(maxSteps())
    .action(async (file: string, options: DebugCommandOptions) => {
      done(await (await import('./debug.js')).debugCommand(file, options));
    });
}

function checkCommand(program: Command, done: Done): void {
  files(
    command(
      program,
      'check',
      'say what is wrong with scenario files; run nothing',
      'Reads the files and says what is wrong with them, as file:line:column: error: what. Nothing is run.',
    ),
  )
    .option('--json', 'print one JSON object a line instead (docs/cli.md has the format)')
    .option('-q, --quiet', 'print errors only')
    .action(async (args: string[], options: CheckCommandOptions) => {
      done(await (await import('./check.js')).checkCommand(args, options));
    });
}

function diffCommand(program: Command, done: Done): void {
  command(
    program,
    'diff',
    'compare a scenario in both generations of the kernel code',
    'Runs each scenario in the generation after the commit and in the one before it. Shows the first difference in events and in state, which answers and expectations differ, and what is different at the end. Exit code 1: something differs.',
  )
    .argument('<file>', 'a scenario file (.gmap)')
    .addOption(scenario())
    .option('--counterparts', 'where a generation lacks a call, make the other: ipte_notify for mprotect_notify')
    .addOption(maxSteps())
    .option('--json', 'print one JSON object a scenario instead (docs/cli.md has the format)')
    .action(async (file: string, options: DiffCommandOptions) => {
      done(await (await import('./diff.js')).diffCommand(file, options));
    });
}

function exploreCommand(program: Command, done: Done): void {
  files(
    command(
      program,
      'explore',
      'run threads under many schedules, and say what they can come to',
      'Runs scenarios with threads under all schedules up to a number of preemptions (or many by chance), without running twice what is equivalent. Lists the distinct outcomes with an example of each, marks those that no order of whole operations gives (races), and saves the simplest failing schedule beside the file.',
    ),
  )
    .addOption(scenario())
    .addOption(generation())
    .addOption(new Option('--bound <n>', 'most preemptions of a schedule (2 if not given)').argParser(count(0)))
    .option('--random', 'choose any thread at every step, instead of all schedules')
    .option('--pct', 'random priorities that change now and then (PCT), instead of all schedules')
    .addOption(new Option('--runs <n>', 'how many schedules by chance (10,000 if not given)').argParser(count(1)))
    .addOption(new Option('--time <seconds>', 'stop after this time').argParser(count(1)))
    .addOption(
      new Option('--depth <n>', 'of PCT: bugs that need so many steps in order (3 if not given)').argParser(count(1)),
    )
    .addOption(new Option('--seed <n>', 'where chance begins (1 if not given)').argParser(count(0)))
    .addOption(new Option('--jobs <n>', 'worker threads; as many as cores if not given').argParser(count(1)))
    .option('--shard <k/n>', 'explore the k-th of n parts: the parts together are everything')
    .option('--merge <json...>', 'put together what --json has written for the parts, instead of exploring')
    .option('--no-reduction', 'run equivalent schedules too')
    .option('--no-save', 'save no schedule')
    .option('--json', 'print one JSON object a scenario instead (docs/cli.md has the format)')
    .option('-q, --quiet', 'print only what fails')
    .action(async (args: string[], options: ExploreCommandOptions) => {
      done(await (await import('./explore.js')).exploreCommand(args, options));
    });
}

function convertCommand(program: Command, done: Done): void {
  command(
    program,
    'convert',
    'turn programs of the conformance corpus into scenarios',
    'Prints the programs of a corpus file (JSON lines, plain or compressed with gzip) as scenarios.',
  )
    .argument('<corpus>', 'a corpus file (.jsonl or .jsonl.gz)')
    .addOption(
      new Option('--program <name>', "only programs of this name; '*' and '?' match; may be repeated")
        .argParser(collect)
        .default([], 'all'),
    )
    .option('--results', 'say behind each statement what the kernel answered, so that gmap run checks it')
    .option('--list', 'print only the names of the programs')
    .option('-o, --output <folder>', 'write a file for each program instead')
    .action(async (file: string, options: ConvertCommandOptions) => {
      done(await (await import('./convert.js')).convertCommand(file, options));
    });
}

function dapCommand(program: Command, done: Done): void {
  command(
    program,
    'dap',
    'start the debug adapter, for editors',
    'Speaks the Debug Adapter Protocol on standard input and output; with --port on a TCP port of this machine, with a session for each connection.',
  )
    .addOption(
      new Option('--port <n>', 'listen on this port instead; 0: any free one, which is printed').argParser(count(0)),
    )
    .option('--host <address>', 'with --port: 127.0.0.1, ::1 or localhost', '127.0.0.1')
    .addOption(
      new Option('--max-message <mb>', 'longest message of a client in MB; a longer one ends the connection')
        .default(MAX_MESSAGE_MB)
        .argParser(count(1)),
    )
    .action(async (options: DapCommandOptions) => {
      done(await (await import('./dap.js')).dapCommand(options));
    });
}

function lspCommand(program: Command): void {
  command(
    program,
    'lsp',
    'be the language server that an editor talks to',
    'Speaks the Language Server Protocol on standard input and output, until the editor ends it.',
  )
    .option('--stdio', 'talk on standard input and output; there is no other way')
    .addOption(new Option('--clientProcessId <n>', 'the editor: when it is gone, the server ends').hideHelp())
    .action(async () => {
      await (await import('./lsp.js')).lspCommand();
    });
}

function completionCommand(program: Command, done: Done): void {
  command(program, 'completion', 'print a script that lets your shell complete gmap commands')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action((shell: Shell) => {
      process.stdout.write(completion(shell, program));
      done(EXIT.ok);
    });
}
