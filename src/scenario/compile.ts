/** Scenario text to a program: checks it, and lowers it to operations and expectations. */
import type { Generation } from '../engine/operation.js';
import { MAX_TASKS } from '../engine/trace.js';
import { Allocations } from './allocations.js';
import { Context } from './context.js';
import { compileExpect } from './expectations.js';
import { FUNCTIONS, MOMENT_NAMES } from './expression/builtins.js';
import * as ast from './generated/ast.js';
import { collectNames, slotNamed } from './names.js';
import type { KnownNames, Name, Names } from './names.js';
import { checkInjections } from './injections.js';
import { compileOperation, compileResult } from './operations.js';
import { parseFile } from './parse.js';
import type { ParsedFile } from './parse.js';
import type {
  CompiledFile,
  CompiledScenario,
  CompiledThread,
  OperationStatement,
  ScheduleChoice,
  Statement,
  ThreadsStatement,
  VcpuInfo,
} from './program.js';
import type { Diagnostic } from './source.js';
import { NOWHERE, rangeOf, spanning, textOf } from './source.js';
import { CONSTANTS, GENERATIONS } from './words.js';

export interface CompileResult {
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** Missing if there are errors. */
  readonly file?: CompiledFile;
}

/**
 * Reads, checks and lowers a scenario file. Never throws for what is in the text.
 * @param generation compile for this one, whatever the file says
 */
export function compileFile(text: string, uri: string, generation?: Generation): CompileResult {
  return compileParsed(parseFile(text), text, uri, generation);
}

/** The same for a text that is parsed already, and whose names are known, as a language server has it. */
export function compileParsed(
  parsed: ParsedFile,
  text: string,
  uri: string,
  wanted?: Generation,
  names?: Names,
): CompileResult {
  const compiler = new Compiler(parsed, text, undefined, names);
  const file = compiler.compile(uri, wanted);
  const diagnostics = [...parsed.diagnostics, ...compiler.diagnostics].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column,
  );
  return diagnostics.some((d) => d.severity === 'error') ? { diagnostics } : { diagnostics, file };
}

export interface CompiledPiece {
  readonly diagnostics: readonly Diagnostic[];
  /** Missing if there are errors. */
  readonly statements?: readonly Statement[];
}

/** Reads statements that are run inside a program, as the debug console does: they know its names. */
export function compileStatements(text: string, program: CompiledFile, scenario: CompiledScenario): CompiledPiece {
  const parsed = parseFile(text);
  const compiler = new Compiler(parsed, text, { program, scenario });
  const statements = compiler.compilePiece();
  const diagnostics = [...parsed.diagnostics, ...compiler.diagnostics];
  return diagnostics.some((d) => d.severity === 'error') ? { diagnostics } : { diagnostics, statements };
}

/** Threads of one group that can run; one more is the scenario itself. */
const MAX_THREADS = MAX_TASKS - 1;
const MAX_REPEAT = 0xffff_ffffn;

class Compiler {
  private readonly context: Context;
  private readonly vcpus = new Map<Name, VcpuInfo>();
  private allocations = new Allocations();
  private schedule: ScheduleChoice | undefined;

  constructor(
    private readonly parsed: ParsedFile,
    text: string,
    private readonly around?: { program: CompiledFile; scenario: CompiledScenario },
    names: Names = collectNames(parsed.file, around && knownIn(around)),
  ) {
    this.context = new Context(text, names, parsed.lines);
  }

  /** The statements of a text that is no whole file. */
  compilePiece(): Statement[] {
    const { context, around } = this;
    const { items } = this.parsed.file;
    if (around) {
      context.generations = [around.scenario.generation];
      context.constants = new Map(around.scenario.constants);
      for (const vcpu of vcpusOf(around)) {
        const name = context.names.find(['vcpu'], vcpu.name, undefined);
        if (name) this.vcpus.set(name, vcpu);
      }
    }
    const statements: ast.Statement[] = [];
    for (const item of items) {
      if (ast.isScenario(item) || ast.isGeneration(item)) {
        context.error('place', 'this stands in a file only', item);
      } else statements.push(item);
    }
    this.checkNames();
    this.checkLines(items);
    return this.statements(statements, false);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.context.diagnostics;
  }

  compile(uri: string, wanted?: Generation): CompiledFile {
    const { context } = this;
    const { items } = this.parsed.file;
    const blocks = items.filter(ast.isScenario);
    const outside = items.filter((item): item is ast.Statement => !ast.isScenario(item) && !ast.isGeneration(item));
    const own = this.generationOf(items) ?? 'after';
    const generation = wanted ?? own;
    const generations = new Map(blocks.map((block) => [block, this.generationOf(block.statements) ?? own]));
    if (wanted) for (const block of blocks) generations.set(block, wanted);
    context.generations = blocks.length ? [...new Set(generations.values())] : [generation];

    this.checkNames();
    this.checkLines(items);
    const setup = this.statements(outside, false);
    const constants = context.constants;
    const afterSetup = { allocations: this.allocations, schedule: this.schedule };

    const scenarios = blocks.map((block): CompiledScenario => {
      this.allocations = afterSetup.allocations;
      this.schedule = afterSetup.schedule;
      context.scenario = block;
      context.constants = new Map(constants);
      const own = generations.get(block)!;
      context.generations = [own];
      return {
        name: block.name ?? '',
        generation: own,
        range: rangeOf(block),
        nameRange: rangeOf(block, 'name'),
        statements: this.body(block, false),
        constants: context.constants,
      };
    });
    context.scenario = undefined;
    this.checkScenarios(blocks);
    this.checkUnused();
    // Behind a mistake in the syntax statements may be missing.
    if (this.parsed.diagnostics.length === 0) checkInjections(items, context);
    if (blocks.length === 0) {
      const range = items.length ? spanning(rangeOf(items[0]!), rangeOf(items.at(-1)!)) : NOWHERE;
      const name = fileName(uri);
      scenarios.push({ name, generation, range, nameRange: range, constants, statements: setup });
    }
    return {
      uri,
      generation,
      slots: { gmaps: this.slots('gmap'), notifiers: this.slots('notifier') },
      constants,
      setup: blocks.length ? setup : [],
      scenarios,
    };
  }

  private slots(kind: 'gmap' | 'notifier'): Map<string, number> {
    const found = this.context.names.all.flatMap((name): [string, number][] =>
      name.kind === kind && name.slot !== undefined ? [[name.name, name.slot]] : [],
    );
    return new Map(found);
  }

  // ---- statements -----------------------------------------------------------------------------------------------

  private generationOf(statements: readonly ast.Item[]): Generation | undefined {
    const { context } = this;
    let generation: Generation | undefined;
    let started = false;
    for (const statement of statements) {
      if (!ast.isGeneration(statement)) {
        started ||= !ast.isLet(statement) && !ast.isHeading(statement) && !ast.isScenario(statement);
        continue;
      }
      const chosen = context.word(statement, 'generation', 'generation', GENERATIONS);
      if (generation) context.error('generation', 'the generation is already chosen above', statement);
      else if (started)
        context.error('generation', 'the generation is chosen before anything happens: move it up', statement);
      else generation = chosen;
    }
    return generation;
  }

  /** The statements of a block. */
  private body(block: ast.Scenario | ast.Repeat | ast.Thread, inThread: boolean): Statement[] {
    this.checkLines(block.statements);
    const statements = block.statements.filter((statement) => !ast.isGeneration(statement));
    return this.statements(statements as ast.Statement[], inThread);
  }

  private statements(nodes: readonly ast.Statement[], inThread: boolean): Statement[] {
    const statements: Statement[] = [];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      if (ast.isThread(node)) {
        const group = [node];
        for (let next = nodes[i + 1]; ast.isThread(next); next = nodes[i + 1]) {
          group.push(next);
          i++;
        }
        const threads = this.threads(group, inThread);
        if (threads) statements.push(threads);
        continue;
      }
      const statement = this.statement(node, inThread);
      if (statement) statements.push(statement);
    }
    return statements;
  }

  private statement(node: Exclude<ast.Statement, ast.Thread>, inThread: boolean): Statement | undefined {
    const { context } = this;
    const located = { range: rangeOf(node), text: textOf(node) };
    switch (node.$type) {
      case 'Let':
        this.define(node);
        return undefined;
      case 'Schedule':
        if (inThread) context.error('schedule', 'a thread cannot choose the schedule', node);
        this.schedule = this.scheduleChoice(node) ?? this.schedule;
        return undefined;
      case 'Heading': {
        const title = (node.title ?? '').replace(/^-+\s*/, '').replace(/[\s-]+$/, '');
        return { kind: 'heading', title, ...located };
      }
      case 'Mark':
        return { kind: 'mark', name: node.name, ...located };
      case 'Print': {
        const values = node.values.flatMap((value) => {
          const expression = context.dynamic(value, FUNCTIONS, MOMENT_NAMES);
          return expression ? [{ expression, text: textOf(value) }] : [];
        });
        return { kind: 'print', values, ...located };
      }
      case 'Repeat': {
        const count = context.number(node.count, { max: MAX_REPEAT });
        const body = this.body(node, inThread);
        return { kind: 'repeat', count: Number(count ?? 0n), body, ...located, text: headOf(located.text) };
      }
      case 'Vcpu': {
        const vcpu = this.vcpu(node);
        return vcpu && { kind: 'vcpu', action: 'declare', vcpu, ...located };
      }
      case 'VcpuStep':
        return this.vcpuStep(node);
      case 'Expect':
        return compileExpect(node, context);
      default: {
        const statement = compileOperation(node, context);
        if (!inThread && !this.around) this.allocations = this.allocations.after(statement, node, context);
        if (!statement) return undefined;
        if (inThread && statement.operation.name === 'machine' && statement.expected?.kind !== 'refused') {
          context.warn('thread', 'while threads run the machine cannot be changed: this is refused (NA)', node, 'op');
        }
        return statement;
      }
    }
  }

  private define(node: ast.Let): void {
    const { context } = this;
    const value = context.number(node.value, { min: -(1n << 63n) });
    const name = context.names.at(node, 'name');
    if (!name) return;
    if (context.constants.has(node.name)) {
      context.error('twice', `'${node.name}' is already a constant`, node, 'name');
    } else if (value === undefined) context.failed.add(name);
    else context.constants.set(node.name, value);
  }

  // ---- threads --------------------------------------------------------------------------------------------------

  private threads(group: readonly ast.Thread[], inThread: boolean): ThreadsStatement | undefined {
    const { context } = this;
    if (inThread) {
      context.error('thread', 'a thread starts no threads', group[0]!, 'name');
      return undefined;
    }
    if (group.length > MAX_THREADS)
      context.error('thread', `at most ${MAX_THREADS} threads run at the same time`, group[MAX_THREADS]!, 'name');
    const names = new Set<string>();
    for (const node of group) {
      if (names.has(node.name))
        context.error('twice', `there is already a thread '${node.name}' beside this one`, node, 'name');
      names.add(node.name);
    }
    const threads = group.map((node): CompiledThread => {
      const vcpuName = context.names.find(['vcpu'], node.name, context.scenario);
      const vcpu = vcpuName && this.vcpus.get(vcpuName);
      return {
        name: node.name,
        statements: this.body(node, true),
        range: rangeOf(node),
        nameRange: rangeOf(node, 'name'),
        ...(vcpu && { vcpu }),
      };
    });
    this.allocations = this.allocations.and(threads.flatMap((thread) => operationsOf(thread.statements)));
    const { schedule } = this;
    if (schedule?.kind === 'steps') {
      for (const { thread } of schedule.steps) {
        if (!names.has(thread)) {
          context.report(
            'error',
            'schedule',
            `the schedule names '${thread}', which is none of the threads here`,
            schedule.range,
          );
          break;
        }
      }
    }
    const range = spanning(rangeOf(group[0]!), rangeOf(group.at(-1)!));
    const text = group.map((node) => `thread ${node.name}`).join(', ');
    return { kind: 'threads', threads, range, text, ...(schedule && { schedule }) };
  }

  private vcpu(node: ast.Vcpu): VcpuInfo | undefined {
    const { context } = this;
    const gmap = context.slot('gmap', node, 'g');
    const prefix = this.prefix(node.prefix);
    const name = context.names.at(node, 'name');
    if (name && (!gmap || prefix === undefined)) context.failed.add(name);
    if (!gmap || prefix === undefined || !name) return undefined;
    const vcpu = { name: node.name, gmap, prefix };
    if (this.vcpus.has(name)) context.error('twice', `there is already a vCPU '${node.name}'`, node, 'name');
    this.vcpus.set(name, vcpu);
    return vcpu;
  }

  /** The prefix of a vCPU: 8 KB aligned, below 2 GB. */
  private prefix(node: ast.Expression | undefined): bigint | undefined {
    const prefix = this.context.number(node, { max: 0x7fff_ffffn });
    if (node && prefix !== undefined && prefix % 0x2000n !== 0n) {
      this.context.error('unaligned', 'a prefix is a multiple of 8K', node);
      return undefined;
    }
    return prefix;
  }

  private vcpuStep(node: ast.VcpuStep): Statement | undefined {
    const { context } = this;
    const found = node.vcpu ? context.names.find(['vcpu'], node.vcpu, context.scenario) : undefined;
    if (!found) {
      if (node.vcpu) context.unknownName(['vcpu'], node.vcpu, rangeOf(node, 'vcpu'));
      return undefined;
    }
    const vcpu = this.vcpus.get(found);
    if (!vcpu) {
      if (!context.failed.has(found)) context.error('order', `'${node.vcpu}' is used before its 'vcpu'`, node, 'vcpu');
      return undefined;
    }
    const expected = node.expected && compileResult(node.expected, context);
    const base = {
      kind: 'vcpu' as const,
      vcpu,
      range: rangeOf(node),
      text: textOf(node),
      ...(expected && { expected }),
    };
    if (node.op !== 'set_prefix') return { ...base, action: node.op };
    const prefix = this.prefix(node.prefix);
    return prefix === undefined ? undefined : { ...base, action: 'set_prefix', prefix };
  }

  private scheduleChoice(node: ast.Schedule): ScheduleChoice | undefined {
    const { context } = this;
    const range = rangeOf(node);
    const seed = () => context.number(node.seed);
    switch (node.kind) {
      case 'written':
      case 'round_robin':
        return { kind: node.kind, range };
      case 'random': {
        const value = seed();
        return value === undefined ? undefined : { kind: 'random', seed: value, range };
      }
      case 'pct': {
        const value = seed();
        const depth = context.number(node.depth, { min: 1n, max: 100n });
        if (value === undefined || depth === undefined) return undefined;
        return { kind: 'pct', seed: value, depth: Number(depth), range };
      }
      case 'file':
        return node.file === undefined ? undefined : { kind: 'file', file: node.file, range };
      case 'steps': {
        const steps = node.steps.flatMap(({ thread, count }) => {
          const value = context.number(count, { min: 1n, max: MAX_REPEAT });
          return value === undefined ? [] : [{ thread, count: Number(value) }];
        });
        return { kind: 'steps', steps, range };
      }
      default:
        return undefined;
    }
  }

  // ---- checks ---------------------------------------------------------------------------------------------------

  /** One statement a line. */
  private checkLines(nodes: readonly ast.Item[]): void {
    let line = 0;
    for (const node of nodes) {
      const { start, end } = rangeOf(node);
      if (start.line === line) this.context.error('line', 'a statement begins on a line of its own', node);
      line = end.line;
    }
  }

  private checkNames(): void {
    const { context } = this;
    for (const { kind, name, scenario, occurrences } of context.names.all) {
      const declared = occurrences.filter((occurrence) => occurrence.declares);
      const first = declared[0];
      if (!first || kind === 'mark') continue;
      const others = (['constant', 'gmap', 'notifier', 'vcpu', 'thread'] as const).filter((other) => other !== kind);
      const clash = context.names.find(others, name, scenario);
      // A thread may be a vCPU: then they share the name.
      const isVcpuThread = kind === 'thread' && clash?.kind === 'vcpu';
      const older = clash?.occurrences.find((occurrence) => occurrence.declares);
      const isOlder = !older || rangeOf(older.node).start.line < rangeOf(first.node).start.line;
      if (clash && isOlder && !isVcpuThread && (older || this.around)) {
        context.error('twice', `'${name}' is already the name of a ${clash.kind}`, first.node, first.property);
      }
      const slot = slotNamed(name);
      if (slot && slot.kind !== kind) {
        context.error('name', `'${name}' always names a ${slot.kind}`, first.node, first.property);
      }
      if (kind === 'constant' && (CONSTANTS.has(name) || /^(true|false|absent)$/.test(name))) {
        context.error('name', `'${name}' already has a value`, first.node, first.property);
      }
    }
    for (const { kind, occurrences } of context.names.withoutSlot) {
      const { node, property } = occurrences[0]!;
      const count = kind === 'gmap' ? 8 : 4;
      context.error('slots', `a file has room for ${count} ${kind}s`, node, property);
    }
  }

  private checkScenarios(blocks: readonly ast.Scenario[]): void {
    const { context } = this;
    const names = new Set<string>();
    for (const block of blocks) {
      if (block.name === undefined) continue;
      if (names.has(block.name)) context.error('twice', `there is already a scenario "${block.name}"`, block, 'name');
      if (block.name.trim() === '') context.error('name', 'a scenario needs a name', block, 'name');
      names.add(block.name);
    }
    const { items } = this.parsed.file;
    const firstBlock = items.findIndex(ast.isScenario);
    const late =
      firstBlock < 0 ? [] : items.slice(firstBlock).filter((item) => !ast.isScenario(item) && !ast.isHeading(item));
    if (late[0]) {
      context.warn('setup', 'this is set-up and runs before every scenario: write it above them', late[0]);
    }
  }

  private checkUnused(): void {
    const { context } = this;
    for (const name of context.names.all) {
      const first = name.occurrences[0]!;
      if (name.kind === 'constant' && !context.used.has(name) && !context.failed.has(name)) {
        context.warn('unused', `'${name.name}' is never used`, first.node, first.property);
      }
      if (name.kind === 'mark' && name.occurrences.every((occurrence) => occurrence.declares)) {
        context.report('hint', 'unused', `nothing counts since '${name.name}'`, rangeOf(first.node));
      }
    }
  }
}

function knownIn({ program, scenario }: { program: CompiledFile; scenario: CompiledScenario }): KnownNames {
  const constants = Array.from(scenario.constants.keys(), (name) => ({ kind: 'constant' as const, name }));
  const vcpus = vcpusOf({ program, scenario }).map(({ name }) => ({ kind: 'vcpu' as const, name }));
  return { ...program.slots, others: [...constants, ...vcpus] };
}

function vcpusOf({ program, scenario }: { program: CompiledFile; scenario: CompiledScenario }): VcpuInfo[] {
  return [...program.setup, ...scenario.statements].flatMap((statement) =>
    statement.kind === 'vcpu' && statement.action === 'declare' ? [statement.vcpu] : [],
  );
}

/** The operations among statements, also in their blocks. */
function operationsOf(statements: readonly Statement[]): OperationStatement[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'operation') return [statement];
    return statement.kind === 'repeat' ? operationsOf(statement.body) : [];
  });
}

/** The head of a block statement: what stands before its `{`. */
function headOf(text: string): string {
  return text.split('{', 1)[0]!.trim();
}

/** `file:///a/first-walk.gmap` is the scenario "first-walk". */
function fileName(uri: string): string {
  const last = uri.split(/[/\\]/).at(-1)!;
  const name = last.replace(/\.gmap$/i, '');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
