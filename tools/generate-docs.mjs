// npm run docs: writes from the descriptions in the code docs/reference (bits, functions, words, operations, settings, debugger)
// and the syntax file for Vim.
//   --check   writes nothing, and fails where a committed file is not what would be written
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COMMANDS } from '../src/debug/console/console.ts';
import { capabilities } from '../src/debug/capabilities.ts';
import { FILTERS } from '../src/debug/filters.ts';
import { BITS, LEVEL, LEVELS } from '../src/engine/bits.ts';
import { allFunctions, functionNamed, listing } from '../src/engine/catalog.ts';
import { GMAP_SLOTS, NOTIFIERS, OPERATIONS } from '../src/engine/operation.ts';
import '../src/engine/operations.ts';
import { EXPRESSION_FUNCTIONS } from '../src/scenario/expression/builtins.ts';
import * as words from '../src/scenario/words.ts';
import { fromRoot } from './lib/root.mjs';
import { vimSyntax } from './lib/vim-syntax.mjs';

const note = '<!-- Written by `npm run docs` from the descriptions in the code. Changes made here are lost. -->';

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text) => `\`${text}\``;
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const page = (title, ...parts) => `${note}\n\n# ${title}\n\n${parts.join('\n\n')}\n`;
/** A sentence of the code with the kernel's identifiers as code. */
const prose = (text) =>
  text.includes('`') ? text : text.replace(/(?<!\w)_*[a-z0-9]+(?:_[a-z0-9]+)+(?!\w)/g, (name) => code(name));
const hex = (value) => `0x${value.toString(16)}`;

// ---- bits -------------------------------------------------------------------------------------------------------

/** Bit numbers as the architecture counts: 0 is the highest of 64. */
function positions(mask) {
  const digits = mask.toString(2).padStart(64, '0');
  const first = digits.indexOf('1');
  const last = digits.lastIndexOf('1');
  return first === last ? `${first}` : `${first}–${last}`;
}

const ENTRIES = {
  asce: [
    'Address-space-control element (ASCE)',
    'Where a walk begins: the root table of a gmap or process, and its level.',
  ],
  region: ['Region table entry', 'Region-first, -second and -third tables have 2,048 of them.'],
  segment: ['Segment table entry', 'Leads to a page table. Of a gmap: to one of the host process.'],
  pte: ['Page table entry (PTE)', 'A page table has 256 of them, and 256 PGSTEs behind.'],
  pgste: ['Page status table entry (PGSTE)', '2,048 bytes behind its PTE. What only a guest’s page needs.'],
};

function bits() {
  const levels = LEVELS.map((name) => {
    const { name: long, shift, indexBits, empty, valid, asceType } = LEVEL[name];
    const type = name === 'pg' ? '' : code(hex(asceType));
    const used = name === 'pg' || name === 'sg' ? '' : code(hex(valid));
    const first = 63 - (shift + indexBits - 1);
    return [long, code(name), `${first}–${63 - shift}`, `${2 ** indexBits}`, code(hex(empty)), used, type];
  });
  const kinds = Object.entries(BITS).map(([kind, list]) => {
    const [title, about] = ENTRIES[kind];
    const rows = list.map(({ name, kernel, architecture = '', mask, doc }) => [
      code(name), code(kernel), architecture, code(hex(mask)), positions(mask), doc,
    ]); // prettier-ignore
    return `## ${title}\n\n${about}\n\n${table(['name', 'kernel', 'architecture', 'mask', 'bits', 'meaning'], rows)}`;
  });
  return page(
    'Bits of table entries',
    'Scenarios and the debugger know each bit under its short name and under the name of the kernel’s constant: `pgste(vm, 0x2000).IN`, `with PGSTE_IN_BIT`. Bits are counted as the architecture does: bit 0 is the highest of 64. What has no name there is known to software only.',
    `## Levels\n\nAn entry’s index is taken from these bits of the address.\n\n${table(['table', 'in events', 'address bits', 'entries', 'empty entry', 'low bits of a valid one', 'type, in an ASCE of this root'], levels)}`,
    ...kinds,
  );
}

// ---- functions --------------------------------------------------------------------------------------------------

function functionText(fn) {
  const title = fn.operation ? fn.name.replace(/^op:/, '') : fn.name;
  const generation = { after: 'Only in generation after.', before: 'Only in generation before.' }[fn.generation];
  const before = fn.nameBefore && `In generation before it is named \`${fn.nameBefore}\`.`;
  const lines = listing(fn, fn.generation ?? 'after').map((line) => line.trimEnd());
  const about = [prose(fn.doc), generation, before].filter(Boolean).join(' ');
  return `### ${code(title)}\n\n${about}\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\``;
}

function functions() {
  const byName = (a, b) => (a.name.replace(/^_+/, '') < b.name.replace(/^_+/, '') ? -1 : 1);
  const all = allFunctions().filter((fn) => !fn.wrapper);
  const files = [...new Set(all.map(({ file }) => file))].sort(
    (a, b) => (a === 'host') - (b === 'host') || (a < b ? -1 : 1),
  );
  const parts = files.map((file) => {
    const title = file === 'host' ? 'What acts from outside' : file;
    const own = all.filter((fn) => fn.file === file).sort(byName);
    return `## ${title}\n\n${own.map(functionText).join('\n\n')}`;
  });
  return page(
    'Functions and their steps',
    'Each function that is modelled, with its steps in our words: the listing that the debugger shows when you step into it. The first line counts as line 1, so `break gmap_table_walk:4` stops at the third step. Steps that are indented belong to the one above. Function breakpoints, `expect visits` and `gmap trace --function` take the names.',
    ...parts,
  );
}

// ---- words ------------------------------------------------------------------------------------------------------

const wordTable = (list, heads = ['word', 'meaning']) =>
  table(heads, Object.entries(list).map(([word, doc]) => [code(word), prose(typeof doc === 'string' ? doc : doc.doc)])); // prettier-ignore

/** A description `FORM: MEANING` as two cells. */
function statementRow(description) {
  const [, form, meaning] = /^(.*?): ([^]*)$/.exec(description) ?? [undefined, description, ''];
  return [code(form), prose(/^[a-z]+\b(?!_)/.test(meaning) ? meaning[0].toUpperCase() + meaning.slice(1) : meaning)];
}

function wordsPage() {
  const statements = Object.values(words.STATEMENTS).map(statementRow);
  const locks = Object.entries(words.LOCKS).map(([name, { operand, modes, doc }]) => [
    code(name), { none: '', gmap: 'GMAP', address: 'ADDRESS' }[operand], modes ? 'read, write' : '', prose(doc),
  ]); // prettier-ignore
  const states = Object.keys(words.ENTRY_LEVELS).map((level) => {
    const rows = Object.entries(words.entryStates(level)).map(([state, { doc }]) => [code(state), prose(doc)]);
    return `### ${level}\n\n${table(['state', 'meaning'], rows)}`;
  });
  const constants = [...words.CONSTANTS].map(([name, { value, doc }]) => [code(name), code(hex(value)), prose(doc)]);
  const calls = EXPRESSION_FUNCTIONS.map(({ name, parameters, detail }) => [code(`${name}(${parameters.join(', ')})`), prose(detail)]); // prettier-ignore
  return page(
    'Words of the scenario language',
    'The language itself is explained in [language.md](../language.md); these are the lists.',
    `## Statements\n\n${table(['statement', 'what it does'], statements)}`,
    `## What the host does\n\n${table(
      ['statement'],
      Object.values(words.HOST_ACTIONS).map((form) => [code(form)]),
    )}`,
    `## The machine\n\n${wordTable(words.FACILITIES)}`,
    `## Rights, shares, page states\n\n${wordTable({ ...words.PROTECTIONS, ...words.SHARES, ...words.USAGES, ...words.ADVICES })}`,
    `## Generations\n\n${wordTable(words.GENERATIONS)}`,
    `## Levels of a walk\n\n${table(
      ['word', 'table'],
      Object.entries(words.WALK_LEVELS).map(([word, level]) => [code(`walk:${word}`), LEVEL[level].name]),
    )}`,
    `## Locks\n\n${table(['lock', 'which', 'taken for', 'what it guards'], locks)}`,
    `## States of entries\n\nAfter \`expect LEVEL GMAP GADDR\`; \`not\` before a state turns it around.`,
    ...states,
    `## Functions in expressions\n\n${table(['function', 'value'], calls)}`,
    `## Constants\n\n${table(['name', 'value', 'meaning'], constants)}`,
  );
}

// ---- operations -------------------------------------------------------------------------------------------------

const operandKind = (kind) => (typeof kind === 'string' ? kind : kind.join(' or '));

function operations() {
  const groups = {
    machine: 'The machine',
    host: 'The host',
    gmap: 'The gmap',
    notifier: 'Notifiers',
    vcpu: 'vCPUs',
    inject: 'Faults to order',
  };
  const parts = Object.entries(groups).map(([group, title]) => {
    const rows = OPERATIONS.filter((op) => op.group === group).map(({ name, calls, operands, generation, threads, doc }) => [
      code(name),
      operands.map((o) => `${o.optional ? '[' : ''}${code(o.name)}: ${operandKind(o.kind)}${o.optional ? ']' : ''}`).join(', '),
      calls ? (functionNamed(calls) ? `[${code(calls)}](functions.md#${calls})` : code(calls)) : '',
      [prose(doc), generation && `Generation ${generation} only.`, threads && 'Between threads only.'].filter(Boolean).join(' '),
    ]); // prettier-ignore
    return `## ${title}\n\n${table(['operation', 'operands', 'calls', 'what it does'], rows)}`;
  });
  return page(
    'Operations',
    `What statements turn into, and what programs of the conformance corpus are written in: one operation a line, \`name key=value …\`. An address is any unsigned 64-bit number, a flag 0 or 1, a gmap 0 to ${GMAP_SLOTS - 1}, a notifier 0 to ${NOTIFIERS - 1}. Operands in brackets may be left out. \`gmap convert\` turns such programs into scenarios.`,
    ...parts,
  );
}

// ---- settings ---------------------------------------------------------------------------------------------------

function settings() {
  const manifest = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  const texts = JSON.parse(readFileSync(fromRoot('package.nls.json'), 'utf8'));
  const say = (text = '') => text.replace(/^%(.+)%$/, (_, key) => texts[key] ?? key);
  const { contributes } = manifest;
  const attribute = ([name, info]) => {
    const choices = (info.enum ?? []).map((word, i) => `${code(word)}: ${say(info.enumDescriptions?.[i] ?? info.markdownEnumDescriptions?.[i])}`);
    const meaning = [say(info.markdownDescription ?? info.description), ...choices].join(' ');
    return [code(name), info.type ?? '', info.default === undefined ? '' : code(JSON.stringify(info.default)), meaning];
  }; // prettier-ignore
  const heads = ['name', 'type', 'default', 'meaning'];
  const [debuggerInfo] = contributes.debuggers;
  const requests = Object.entries(debuggerInfo.configurationAttributes).map(([request, { required = [], properties }]) => {
    const needed = required.length ? ` Needed: ${required.map(code).join(', ')}.` : '';
    return `### ${request}\n\nIn \`launch.json\`, with \`"type": "${debuggerInfo.type}"\` and \`"request": "${request}"\`.${needed}\n\n${table(heads, Object.entries(properties).map(attribute))}`;
  }); // prettier-ignore
  const hidden = new Set(contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command)); // prettier-ignore
  const keys = new Map(contributes.keybindings.map(({ command, key, mac }) => [command, { key, mac }]));
  const keyName = (key) => key.split('+').map((part) => part[0].toUpperCase() + part.slice(1)).join('+'); // prettier-ignore
  const keyText = ({ key, mac }) => (mac && mac !== key ? `${keyName(key)} (macOS: ${keyName(mac)})` : keyName(key));
  const commands = contributes.commands.map(({ command, title, category }) => [
    `${category ? `${category}: ` : ''}${say(title)}`, code(command), keys.has(command) ? keyText(keys.get(command)) : '', hidden.has(command) ? '' : 'yes',
  ]); // prettier-ignore
  const builtIn = [...keys].filter(([command]) => !contributes.commands.some((own) => own.command === command));
  const configuration = [contributes.configuration ?? []].flat();
  const rows = configuration.flatMap(({ properties }) => Object.entries(properties)).map(attribute);
  return page(
    'Settings, launch attributes, commands',
    `## Settings\n\n${rows.length ? table(heads, rows) : 'There are none.'}`,
    `## Launch attributes\n\nNo launch configuration is needed to debug the file in the editor. The same attributes serve other editors: see [editors](../editors/README.md).`,
    ...requests,
    `## Commands\n\n${table(['command', 'identifier', 'key, while debugging', 'in the command palette'], commands)}`,
    `Besides, while debugging scenarios: ${builtIn.map(([command, key]) => `${keyText(key)} is ${code(command)}`).join(', ')}.`,
  );
}

// ---- the debugger -----------------------------------------------------------------------------------------------

/** What each capability lets a client do. A new one has to be described here. */
const CAPABILITIES = {
  supportsConfigurationDoneRequest: 'The run begins when breakpoints are set.',
  supportsFunctionBreakpoints:
    'Stops at kernel functions (`gmap_table_walk`), levels of a walk (`walk:segment`), steps of a listing (`gmap_table_walk:4`).',
  supportsConditionalBreakpoints: 'Conditions are [expressions](../language.md#expressions).',
  supportsHitConditionalBreakpoints: 'Stops at a certain visit only.',
  supportsLogPoints: 'Says a text with `{EXPRESSION}` instead of stopping.',
  supportsExceptionFilterOptions: 'The filters below take conditions.',
  supportsExceptionInfoRequest: 'Expected and found, or what the kernel would say, where one of the filters stops.',
  supportsDataBreakpoints: 'Stops when an entry, a bit, or a word of storage changes.',
  supportsDataBreakpointBytes: 'Data breakpoints on any range of storage.',
  supportsBreakpointLocationsRequest: 'Tells in which lines breakpoints make sense.',
  supportsStepBack: 'Steps and continues backwards.',
  supportsSteppingGranularity:
    'By statement or line: by whole statements, lines of a listing; by instruction: each step of the machine.',
  supportsStepInTargetsRequest: 'Chooses the call to step into.',
  supportsGotoTargetsRequest: 'Jumps to another line: the run is looked at there.',
  supportsRestartFrame: 'Back to the call of a frame.',
  supportsEvaluateForHovers: 'Expressions under the mouse are evaluated, without any effect.',
  supportsClipboardContext: 'Values are copied whole.',
  supportsValueFormattingOptions: 'Values in hexadecimal.',
  supportsSetVariable: 'Changes entries, bits and settings of the machine; what was recorded after that is discarded.',
  supportsSetExpression: 'The same, for an expression.',
  supportsReadMemoryRequest: 'Absolute storage as bytes, big-endian.',
  supportsWriteMemoryRequest: 'Changes absolute storage.',
  supportsCompletionsRequest: 'Completes what is typed into the debug console.',
  supportsDisassembleRequest: 'Steps as instructions.',
  supportsDelayedStackTraceLoading: 'Long stacks come in parts.',
  supportsLoadedSourcesRequest: 'Lists the scenario and the listings.',
  supportsModulesRequest: 'Lists the kernel files that are modelled.',
  supportsRestartRequest: 'Compiles the file again and starts over.',
  supportsTerminateRequest: 'Ends the run.',
  supportTerminateDebuggee: 'A client may end the run as it leaves.',
  supportsCancelRequest: 'Ends what takes long.',
  supportsSingleThreadExecutionRequests: 'Steps one thread while the others wait.',
  supportsTerminateThreadsRequest: 'Ends single threads.',
  supportsANSIStyling: 'Colours in the console.',
};

function debuggerPage() {
  const announced = Object.entries(capabilities()).filter(([, value]) => value === true);
  const rows = announced.map(([name]) => {
    if (!CAPABILITIES[name]) throw new Error(`tools/generate-docs.mjs: describe the capability ${name}`);
    return [code(name), CAPABILITIES[name]];
  });
  const filters = FILTERS.map(({ id, label, description, isDefault, example }) => [
    code(id), label, isDefault ? 'yes' : '', description, code(example),
  ]); // prettier-ignore
  const commands = COMMANDS.map(({ name, aliases = [], operands, doc }) => [
    code(`${name} ${operands}`.trimEnd()), aliases.map(code).join(', '), doc,
  ]); // prettier-ignore
  return page(
    'The debugger',
    'What the debug adapter can do, for every client that speaks the Debug Adapter Protocol: VS Code, `gmap dap`, and the [editors](../editors/README.md) that start it.',
    `## Capabilities\n\n${table(['capability', 'what it is good for'], rows)}`,
    `## Filters\n\nThe checkboxes of the Breakpoints view: the protocol’s exception filters. \`catch FILTER if CONDITION\` does the same in the console.\n\n${table(['filter', 'label', 'on by default', 'where it stops', 'a condition'], filters)}`,
    `## The debug console\n\nEverything that the debugger can do has a command here, for clients that offer no other way. An expression alone shows its value; a statement of the scenario language is run, as a step of its own; an expectation is checked.\n\n${table(['command', 'short', 'what it does'], commands)}`,
  );
}

// ---- all files --------------------------------------------------------------------------------------------------

const reference = 'docs/reference';

/** Texts of all files by path. */
function generatedFiles() {
  return new Map([
    [`${reference}/bits.md`, bits()],
    [`${reference}/functions.md`, functions()],
    [`${reference}/words.md`, wordsPage()],
    [`${reference}/operations.md`, operations()],
    [`${reference}/settings.md`, settings()],
    [`${reference}/debugger.md`, debuggerPage()],
    ['editors/vim/syntax/gmap.vim', vimSyntax()],
  ]);
}

/** Paths of files that are not what they should be, or that nothing writes any more. */
export function staleFiles() {
  const fresh = generatedFiles();
  const read = (path) =>
    existsSync(fromRoot(path)) ? readFileSync(fromRoot(path), 'utf8').replaceAll('\r\n', '\n') : '';
  const there = existsSync(fromRoot(reference))
    ? readdirSync(fromRoot(reference)).map((name) => `${reference}/${name}`)
    : [];
  return [...new Set([...fresh.keys(), ...there])].filter((path) => read(path) !== fresh.get(path));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--check')) {
    const stale = staleFiles();
    if (stale.length) {
      console.error(`${stale.join(', ')} differ from the code: run npm run docs`);
      process.exitCode = 1;
    }
  } else {
    for (const [path, text] of generatedFiles()) {
      mkdirSync(dirname(fromRoot(path)), { recursive: true });
      writeFileSync(fromRoot(path), text);
    }
  }
}
