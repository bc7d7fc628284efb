/** From an edit to its diagnostics, in the language server as the editor runs it. */
import type { Position } from 'vscode-languageserver-types';
import { LanguageServer } from '../src/language/server.js';
import { median, row, type Row } from './measure.js';

const URI = 'untitled:bench.gmap';
/** Edits that are measured; as many before them warm up. */
const EDITS = 15;
/** Statements of a scenario; the fifth is the one that is edited. */
const STATEMENTS = [
  '  mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0',
  '  host reclaim 0x10002000',
  '  expect notified kvm vm 0x2000..0x2fff once',
  '  expect pte vm 0x2000 swapped, pgste without IN',
  '  fault vm 0x5000 write -> 0',
  '  expect visits gmap_pte_op_fixup 2 times  # one for each page',
];
const EDITED = 4;

/** A text of so many statements, in scenarios of six. */
function textOf(statements: number): string {
  const lines = [
    'host mmap 0x10000000 len 16M rw',
    'gmap vm limit 4G',
    'notifier kvm',
    'map vm 0x0 len 16M to 0x10000000',
  ];
  for (let scenario = 0; (scenario + 1) * STATEMENTS.length <= statements; scenario++) {
    lines.push(`scenario "number ${scenario}" {`, ...STATEMENTS, '}');
  }
  return `${lines.join('\n')}\n`;
}

/** An address in the middle of a text, behind its last digit. */
function middleOf(text: string): Position {
  const lines = text.split('\n');
  const line = lines.indexOf(STATEMENTS[EDITED]!, lines.length >> 1);
  return { line, character: lines[line]!.indexOf('0x5000') + '0x5000'.length };
}

/** Milliseconds from each of some edits to the diagnostics of the version that it made. */
async function edits(statements: number, count: number): Promise<number[]> {
  let told: (version: number | undefined) => void = () => undefined;
  const server = new LanguageServer({ publishDiagnostics: ({ version }) => told(version) });
  const diagnostics = (version: number) =>
    new Promise<void>((done) => (told = (found) => (found === version ? done() : undefined)));
  const text = textOf(statements);
  const { line, character } = middleOf(text);
  const digit = { start: { line, character }, end: { line, character: character + 1 } };
  const times: number[] = [];
  server.open(URI, 1, text);
  await diagnostics(1);
  for (let version = 2; version < count + 2; version++) {
    const change = version % 2 ? { range: digit, text: '' } : { range: { ...digit, end: digit.start }, text: '0' };
    const start = performance.now();
    const done = diagnostics(version);
    server.change(URI, version, [change]);
    await done;
    times.push(performance.now() - start);
  }
  server.dispose();
  return times;
}

export async function measureLanguage(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [statements, aim] of [
    [100, 20],
    [1000, 100],
    [10_000, 500],
  ] as const) {
    const times = (await edits(statements, 2 * EDITS)).slice(EDITS);
    const name = `edit to diagnostics, ${statements.toLocaleString('en')} statements`;
    rows.push(row(name, 'ms', median(times), aim, true));
  }
  return rows;
}
