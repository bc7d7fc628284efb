import assert from 'node:assert/strict';
import { checkedAs, count, flag, hex64, list, object, optional, text, variants, word } from '../../src/debug/shape.js';
import { FromHost, FromPanel, PanelState } from '../../src/panel/messages.js';
import { picture } from '../../src/debug/picture.js';
import { timeline } from '../../src/debug/timeline.js';
import { ARMED, finished } from './support.js';

describe('shapes', () => {
  const person = object({ name: text(5), age: optional(count), tags: list(word('a', 'b'), 2) });

  it('take what fits', () => {
    assert.equal(person.check({ name: 'x', tags: [] }), undefined);
    assert.equal(person.check({ name: 'x', age: 0, tags: ['a', 'b'] }), undefined);
    assert.equal(person.check({ name: 'x', age: undefined, tags: [] }), undefined);
  });

  const wrong: [string, unknown, string][] = [
    ['no object', 7, 'message: an object is needed'],
    ['null', null, 'message: an object is needed'],
    ['a list', [], 'message: an object is needed'],
    ['something missing', { tags: [] }, 'name: a text of at most 5 characters is needed'],
    ['a text that is too long', { name: 'abcdef', tags: [] }, 'name: a text of at most 5 characters is needed'],
    ['a negative count', { name: '', age: -1, tags: [] }, 'age: a whole number is needed'],
    ['a broken count', { name: '', age: 0.5, tags: [] }, 'age: a whole number is needed'],
    ['not a number', { name: '', age: NaN, tags: [] }, 'age: a whole number is needed'],
    ['a wrong word', { name: '', tags: ['a', 'c'] }, 'tags[1]: one of a, b is needed'],
    ['a list that is too long', { name: '', tags: ['a', 'a', 'a'] }, 'tags: a list of at most 2 is needed'],
    ['something else besides', { name: '', tags: [], __proto: 1 }, '__proto: no such property'],
  ];
  for (const [what, value, message] of wrong) {
    it(`refuse ${what}`, () => assert.equal(person.check(value), message));
  }

  it('tell variants apart by a word', () => {
    const shape = variants('type', { on: object({ since: count }), off: object({}) });
    assert.equal(shape.check({ type: 'on', since: 3 }), undefined);
    assert.equal(shape.check({ type: 'off' }), undefined);
    assert.equal(shape.check({ type: 'off', since: 3 }), 'since: no such property');
    assert.equal(shape.check({ type: 'constructor' }), 'type: one of on, off is needed');
    assert.equal(shape.check({ since: 3 }), 'type: one of on, off is needed');
    assert.equal(shape.check(undefined), 'message: an object is needed');
  });

  it('know 64-bit numbers and flags', () => {
    for (const good of ['0x0', '0xffffffffffffffff']) assert.equal(hex64.check(good), undefined);
    for (const bad of ['0x', '0x10000000000000000', '12', '0xG', 12, '0xAB']) assert.ok(hex64.check(bad));
    assert.equal(flag.check(false), undefined);
    assert.ok(flag.check(0));
  });

  it('give a value its type, or say what is wrong with it', () => {
    assert.equal(checkedAs(count, 3), 3);
    assert.throws(() => checkedAs(count, '3'), /^TypeError: message: a whole number is needed$/);
  });
});

describe('messages of the panel', () => {
  const run = finished(ARMED);

  it('carry real pictures and time lines', () => {
    assert.equal(FromHost.check({ type: 'picture', request: 1, picture: picture(run, { step: 150 }) }), undefined);
    assert.equal(FromHost.check({ type: 'timeline', request: 1, timeline: timeline(run) }), undefined);
  });

  it('are refused where one word in them is wrong', () => {
    const view = structuredClone(picture(run, { step: 150 })) as unknown as Record<string, Record<string, unknown>>;
    view['place']!['next'] = 5;
    assert.match(FromHost.check({ type: 'picture', request: 1, picture: view })!, /^picture\.place\.next: a text/);
  });

  const bad: unknown[] = [
    undefined,
    'ready',
    { type: 'evaluate' },
    { type: 'goTo', step: '1' },
    { type: 'goTo', step: 1 },
    { type: 'goTo', step: 1, keyboard: true, then: 2 },
    { type: 'history', memoryReference: 'javascript:1' },
    { type: 'breakOnChange', expression: 'x'.repeat(201) },
    { type: 'save', svg: 5, name: 'a' },
    { type: 'picture', request: 1, args: { gaddr: 4096 } },
  ];
  for (const message of bad) {
    it(`refuse ${JSON.stringify(message)?.slice(0, 60)}`, () => assert.ok(FromPanel.check(message)));
  }

  it('know the state of another version as none', () => {
    assert.equal(PanelState.check({ version: '1', gmap: 0, unfold: [{ table: '0xc000', index: 2 }] }), undefined);
    assert.ok(PanelState.check({ version: '2' }));
    assert.ok(PanelState.check(undefined));
  });
});
