import assert from 'node:assert/strict';
import type { CompletionItem } from 'vscode-languageserver-types';
import { completion } from '../../src/language/completion.js';
import { Document } from '../../src/language/document.js';

const SETUP = [
  'host mmap 0x10000000 len 16M rw',
  'gmap vm limit 4G',
  'notifier kvm',
  'map vm 0x0 len 16M to 0x10000000',
  'let size = 8K',
  'vcpu v0 of vm prefix 0x4000',
  'scenario "other" {',
  '  let elsewhere = 1',
  '  mark away',
  '}',
  'scenario "here" {',
  '  mark start',
];

/** What is offered at the end of a line in the last scenario; `¦` puts the cursor elsewhere. */
function offered(line: string, snippets = false): CompletionItem[] {
  const character = line.includes('¦') ? line.indexOf('¦') : line.length;
  const text = [...SETUP, line.replace('¦', ''), '}', ''].join('\n');
  const { analysis } = new Document('untitled:test.gmap', 1, text);
  return completion(analysis, { line: SETUP.length, character }, { snippets });
}

const labels = (line: string): string[] => offered(line).map(({ label }) => label);

function offers(line: string, ...wanted: string[]): void {
  const found = labels(line);
  assert.deepEqual(
    wanted.filter((label) => !found.includes(label)),
    [],
    `${line}: ${found.join()}`,
  );
}

function offersOnly(line: string, ...wanted: string[]): void {
  assert.deepEqual(labels(line).sort(), [...wanted].sort(), line);
}

describe('completion', () => {
  it('begins a statement', () => {
    offers('  ', 'host', 'mprotect_notify', 'expect', 'fault', 'thread', 'let');
    offers('  mpr', 'mprotect_notify');
    assert.ok(!labels('  ').includes('scenario'), 'no scenario in a scenario');
  });

  it('goes on with what the statement needs', () => {
    offersOnly('  fault ', 'vm');
    offersOnly('  fault vm 0x2000 ', 'read', 'write');
    offersOnly('  fault vm 0x2000 read ', '->');
    offersOnly('  host mmap 0x2000 ', 'len');
    offersOnly('  host mmap 0x2000 len 4K ', 'rw', 'ro', 'none');
    offers('  host ', 'reclaim', 'mmap', 'age');
    offersOnly('  unregister ', 'kvm');
    offersOnly('  enter ', 'v0');
    offersOnly('  down_read ', 'mmap_sem');
    offersOnly('  thread ', 'v0');
    offersOnly('  schedule ', 'written', 'round_robin', 'random', 'pct', 'file', 'steps');
  });

  it('knows the errors that can be expected', () => {
    offers('  fault vm 0x2000 read -> ', '-EFAULT', '0', 'BUG', 'NA');
    offers('  fault vm 0x2000 read -> -', 'EFAULT');
  });

  it('knows constants where numbers stand, and addresses that are mapped', () => {
    offersOnly('  fault vm ', '0x0', 'size', 'PAGE_SIZE', 'PMD_SIZE');
    offers('  host reclaim ', '0x10000000', 'size');
    offersOnly('  mprotect_notify vm 0 len 4K ', 'PROT_NONE', 'PROT_READ', 'PROT_WRITE', 'PROT_EXEC', 'size');
    assert.ok(!labels('  fault vm ').includes('elsewhere'), 'constants of other scenarios');
  });

  it('goes through expectations', () => {
    offers('  expect ', 'notified', 'pte', 'visits', 'always', 'no', 'rc');
    offersOnly('  expect pte ', 'vm');
    offers('  expect pte vm 0x2000 ', 'valid', 'swapped', 'zero page', 'with', 'not', '=');
    offers('  expect pte vm 0x2000 valid, ', 'pgste', 'writable');
    offers('  expect pte vm 0x2000 valid, pgste with ', 'IN', 'UC');
    offers('  expect segment vm 0 ', 'linked', 'unlinked');
    offersOnly('  expect notified ', 'kvm');
    offers('  expect notified kvm vm 0x2000 ', 'once', 'never', 'at', 'since', 'then');
    offersOnly('  expect notified kvm since ', 'start');
    offers('  expect visits ', 'gmap_fault', 'walk:segment');
    offers('  expect visits walk:se', 'walk:segment');
    offers('  expect held ', 'guest_table_lock');
    offersOnly('  expect held mmap_sem by ');
  });

  it('goes through expressions', () => {
    offers('  print ', 'pte', 'calls', 'rc', 'vm', 'size');
    offers('  print pte(vm, 0).', 'I', 'dirty', 'value');
    offers('  print pgste(vm, 0).', 'IN', 'PCL');
    offers('  print machine.', 'esop');
    offers('  print vm.', 'asce_end');
    offersOnly('  print calls(', 'kvm');
    offers('  print visits(', 'gmap_fault', 'walk:region1');
    offers('  print entry(vm, 0, ', 'segment', 'page');
  });

  it('offers facilities once', () => {
    offers('  machine { ', 'esop', 'idte', 'pgste');
    offersOnly('  machine { esop ', 'on', 'off');
    assert.ok(!labels('  machine { esop on ').includes('esop'));
  });

  it('has nothing to say in comments, texts and headings, and on lines that are wrong', () => {
    for (const line of ['  # fau', '  print "fau', '--- fau', '  fault fault ', '  frobnicate ']) offersOnly(line);
  });

  it('replaces the word that the cursor is in', () => {
    const item = offered('  fau¦lt vm 0 read').find(({ label }) => label === 'fault');
    assert.deepEqual(item?.textEdit, {
      range: { start: { line: SETUP.length, character: 2 }, end: { line: SETUP.length, character: 7 } },
      newText: 'fault',
    });
  });

  it('has a sentence on everything', () => {
    for (const line of [
      '  ',
      '  host ',
      '  expect ',
      '  expect pte vm 0 ',
      '  expect pgste vm 0 with ',
      '  print ',
      '  machine { ',
      '  inject ',
      '  fault vm 0 read -> ',
      '  expect notified kvm ',
      '  expect visits ',
    ]) {
      assert.deepEqual(
        offered(line)
          .filter(({ documentation }) => !documentation)
          .map(({ label }) => label),
        [],
        line,
      );
    }
  });

  it('opens a block where the editor knows snippets', () => {
    const thread = (snippets: boolean) => offered('  ', snippets).find(({ label }) => label === 'thread');
    assert.match(JSON.stringify(thread(true)?.textEdit), /thread \$\{1:name\}/);
    assert.match(JSON.stringify(thread(false)?.textEdit), /"thread"/);
  });

  it('reads blocks of several lines', () => {
    const text = 'machine {\n  esop on\n  \n}\nnotifier kvm calls {\n  \n}\n';
    const { analysis } = new Document('untitled:test.gmap', 1, text);
    const at = (line: number) =>
      completion(analysis, { line, character: 2 }, { snippets: false }).map(({ label }) => label);
    assert.ok(at(2).includes('idte') && !at(2).includes('fault'));
    assert.ok(at(5).includes('fault') && !at(5).includes('expect'));
  });
});
