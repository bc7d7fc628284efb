import assert from 'node:assert/strict';
import { code, SourceText } from '../../src/kernel-source/scan.js';

const lines = (...parts: string[]): SourceText => new SourceText(parts.join('\n'));
const ranges = (text: SourceText, name: string): number[][] =>
  text.definitions(name).map(({ line, end }) => [line, end]);

describe('scanning C', () => {
  it('keeps the place of everything, and drops comments, strings and the preprocessor', () => {
    const text = 'a /* b\n "c */ d = "e\\"f // g"; // h\n#define i \\\n  j\n k = \'"\'; l';
    const left = code(text);
    assert.equal(left.length, text.length);
    assert.deepEqual(left.split('\n').map((line) => line.trim().replace(/\s+/g, ' ')), ['a', 'd = ;', '', '', 'k = ; l']); // prettier-ignore
  });

  it('finds definitions, not declarations and calls', () => {
    const text = lines(
      'int walk(int a);',
      'static int other(void)',
      '{',
      '\twalk(1);',
      '\tif (walk(2)) {',
      '\t\tother();',
      '\t}',
      '}',
      'static int',
      'walk(int a,',
      '     int b) __must_hold(lock)',
      '{',
      '\treturn a;',
      '}',
      'EXPORT(walk);',
    );
    assert.deepEqual(ranges(text, 'walk'), [[10, 14]]);
    assert.deepEqual(ranges(text, 'other'), [[2, 8]]);
    assert.deepEqual(ranges(text, 'walk_on'), []);
  });

  it('a name is a whole word', () => {
    const text = lines('int my_walk(int a)', '{', '}', 'int walk_on(int a)', '{', '}');
    assert.deepEqual(ranges(text, 'walk'), []);
  });

  it('both branches of an #ifdef are definitions, and one that opens a block twice still ends', () => {
    const text = lines(
      '#ifdef A',
      'void f(void) { one(); }',
      '#else',
      'void f(void)',
      '{',
      '#ifdef B',
      '\tif (b) {',
      '#else',
      '\tif (c) {',
      '#endif',
      '\t}',
      '}',
      '#endif',
      'void g(void)',
      '{',
      '}',
    );
    assert.deepEqual(ranges(text, 'f'), [
      [2, 2],
      [4, 12],
    ]);
    assert.deepEqual(ranges(text, 'g'), [[14, 16]]);
  });

  it('tokens know their lines, whatever ends a line', () => {
    const text = new SourceText('int f(void)\r\n{\r\n\ta += b->c;\r\n}\r\n');
    const [definition] = text.definitions('f');
    assert.deepEqual(
      definition!.tokens.map((token) => `${token.line} ${token.text}`),
      ['2 {', '3 a', '3 +=', '3 b', '3 ->', '3 c', '3 ;', '4 }'],
    );
  });

  it('a file that ends in the middle of a function', () => {
    assert.deepEqual(ranges(lines('int f(void)', '{', '\tif (a) {'), 'f'), [[1, 3]]);
    assert.deepEqual(ranges(lines('int f(void'), 'f'), []);
  });
});
