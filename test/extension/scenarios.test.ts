import assert from 'node:assert/strict';
import { scenarioAt, scenarioBlocks, withoutTexts } from '../../src/extension/scenarios.js';

describe('the scenarios of a text', () => {
  const text = [
    'gmap vm limit 4G',
    'scenario "one" {',
    '  inject unlocked 1 then {',
    '    host reclaim 0x1000',
    '  }',
    '  print "}" # }',
    '}',
    '',
    '  scenario "two \\"2\\"" { }',
    '# scenario "three" {',
    'scenario "open" {',
    '  zap vm 0',
  ].join('\n');

  it('are found with the lines they take', () => {
    assert.deepEqual(scenarioBlocks(text), [
      { name: 'one', start: 1, end: 6, threads: false },
      { name: 'two "2"', start: 8, end: 8, threads: false },
      { name: 'open', start: 10, end: 11, threads: false },
    ]);
  });

  it('end where the next begins if a brace is missing', () => {
    assert.deepEqual(scenarioBlocks('scenario "a" {\n zap vm 0\nscenario "b" {\n}'), [
      { name: 'a', start: 0, end: 1, threads: false },
      { name: 'b', start: 2, end: 3, threads: false },
    ]);
  });

  it('say whether they have threads', () => {
    const two = 'scenario "a" {\n  thread t {\n  }\n}\nscenario "b" {\n  # thread t {\n}\n';
    assert.deepEqual(
      scenarioBlocks(two).map(({ threads }) => threads),
      [true, false],
    );
  });

  it('are found at a line', () => {
    const blocks = scenarioBlocks(text);
    assert.equal(scenarioAt(blocks, 3)?.name, 'one');
    assert.equal(scenarioAt(blocks, 0), undefined);
    assert.equal(scenarioAt(blocks, 7), undefined);
  });

  it('may be none', () => {
    assert.deepEqual(scenarioBlocks(''), []);
    assert.deepEqual(scenarioBlocks('gmap vm limit 4G\r\n'), []);
  });

  it('are told from texts and comments', () => {
    assert.equal(withoutTexts('print "a # b" # c'), `print ${' '.repeat(11)}`);
  });
});
