import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, gmap, MIXED } from './support.js';
import { parseXml, type Element } from './xml.js';

const CONTROL = 'scenario "\u0001 <&> # \\\\ \\"quoted\\"" {\n  expect machine.esop == 2\n}\n';

describe('gmap run: reports', function () {
  this.timeout(120_000);

  const cwd = folder({ 'mixed.gmap': MIXED, 'odd.gmap': CONTROL, 'broken.gmap': 'frobnicate "<&>"\n' });
  const files = ['mixed.gmap', 'odd.gmap', 'broken.gmap', 'nowhere.gmap'];

  describe('--junit', () => {
    let root: Element;

    before(async () => {
      const { code, stdout } = await gmap(['run', ...files, '--junit', 'report.xml'], { cwd });
      assert.equal(code, 2);
      assert.match(stdout, /✓ holds/);
      root = parseXml(readFileSync(join(cwd, 'report.xml'), 'utf8'));
    });

    const cases = (): Element[] => root.children.flatMap(({ children }) => children);

    it('is well-formed, and counts right', () => {
      assert.equal(root.name, 'testsuites');
      assert.deepEqual(
        root.children.map(({ attributes }) => [
          attributes['name'],
          attributes['tests'],
          attributes['failures'],
          attributes['errors'],
        ]),
        [
          ['gmap', '1', '0', '1'],
          ['mixed.gmap', '3', '1', '0'],
          ['odd.gmap', '1', '1', '0'],
          ['broken.gmap', '1', '0', '1'],
        ],
      );
      assert.equal(root.attributes['tests'], String(cases().length));
      assert.equal(root.attributes['failures'], '2');
      assert.equal(root.attributes['errors'], '2');
    });

    it('holds expected and found, and what was printed', () => {
      const failing = cases().find(({ attributes }) => attributes['name'] === "fails <twice> & 'more'")!;
      assert.equal(failing.attributes['line'], '12');
      const [first] = failing.children;
      assert.equal(first!.name, 'failure');
      assert.equal(first!.attributes['message'], 'expected result 0, found result -EFAULT (-14)');
      assert.match(first!.text, /^mixed\.gmap:13:3: mprotect_notify .*\nexpected result 0\nfound {4}result -EFAULT/);
      const printing = cases().find(({ attributes }) => attributes['name'] === 'prints')!;
      assert.match(printing.children[0]!.text, /mixed\.gmap:19:3: pte\(vm, 0x2000\) = /);
    });

    it('has a place for every character of a name', () => {
      assert.ok(cases().some(({ attributes }) => attributes['name'] === '? <&> # \\ "quoted"'));
    });

    it('has the errors of files', () => {
      const errors = cases().flatMap(({ children }) => children.filter(({ name }) => name === 'error'));
      assert.equal(errors.length, 2);
      assert.match(errors[1]!.text, /^broken\.gmap:1:1: error: /);
    });
  });

  it('--tap is TAP 14', async () => {
    const { code, stdout } = await gmap(['run', '--tap', ...files], { cwd });
    assert.equal(code, 2);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines[0], 'TAP version 14');
    assert.equal(lines.at(-1), '1..6');
    const points = lines.filter((line) => /^(not )?ok /.test(line));
    assert.deepEqual(
      points.map((line) => /^(not )?ok (\d+) - /.exec(line)!.slice(1)),
      [
        ['not ', '1'],
        [undefined, '2'],
        ['not ', '3'],
        [undefined, '4'],
        ['not ', '5'],
        ['not ', '6'],
      ],
    );
    // '#' would begin a directive, '\' an escape.
    assert.match(points[4]!, / <&> \\# \\\\ "quoted"$/);
    assert.match(
      stdout,
      /^ {2}---\n {2}failures:\n {4}- at: "mixed\.gmap:13:3"\n {6}statement: ".*"\n {6}expected: "result 0"\n/m,
    );
    for (const line of lines) assert.match(line, /^(TAP version 14|(not )?ok \d+ - .*|1\.\.\d+|# .*| {2}.*)$/);
  });
});
