/** What compiling knows while it walks the tree: names, constants, and what was found wrong. */
import type { AstNode } from 'langium';
import type { Generation } from '../engine/operation.js';
import { ExpressionError, constantNamed, evaluate } from './expression/evaluate.js';
import { toExpression } from './expression/parse.js';
import type { ExpressionScope, Value } from './expression/scope.js';
import { asNumber } from './expression/scope.js';
import type { Expression } from './expression/tree.js';
import { partsOf } from './expression/tree.js';
import type * as ast from './generated/ast.js';
import type { Name, NameKind, Names } from './names.js';
import { EXPRESSION_KINDS, slotNamed } from './names.js';
import { nearest, orList } from './nearest.js';
import { U64_MAX, formatAddress, isMistake, parseNumber } from './numbers.js';
import type { SlotName } from './program.js';
import type { Diagnostic, Severity, SourceRange } from './source.js';
import { rangeOf } from './source.js';
import { CONSTANTS, isWord } from './words.js';
import type { Words } from './words.js';

export interface NumberBounds {
  readonly min?: bigint;
  readonly max?: bigint;
}

const KIND_NAMES: Readonly<Record<NameKind, string>> = {
  gmap: 'gmap',
  notifier: 'notifier',
  constant: 'constant',
  vcpu: 'vCPU',
  thread: 'thread',
  mark: 'mark',
};

export class Context {
  readonly diagnostics: Diagnostic[] = [];
  /** The scenario being compiled; undefined in the set-up. */
  scenario: ast.Scenario | undefined;
  /** Constants known so far. */
  constants = new Map<string, bigint>();
  /** The generations that what is being compiled will run in: one, or for a set-up those of all scenarios. */
  generations: readonly Generation[] = ['after'];
  private readonly missing = new Set<string>();
  /** Constants that were used. */
  readonly used = new Set<Name>();

  constructor(
    readonly text: string,
    readonly names: Names,
    /** Lines with a syntax error: nothing more is said about them. */
    private readonly silent: ReadonlySet<number>,
  ) {}

  report(severity: Severity, code: string, message: string, range: SourceRange, replacement?: string): void {
    if (this.silent.has(range.start.line)) return;
    const diagnostic = { severity, code, message, range };
    this.diagnostics.push(replacement === undefined ? diagnostic : { ...diagnostic, replacement });
  }

  error(code: string, message: string, node: AstNode, property?: string): void {
    this.report('error', code, message, rangeOf(node, property));
  }

  warn(code: string, message: string, node: AstNode, property?: string, replacement?: string): void {
    this.report('warning', code, message, rangeOf(node, property), replacement);
  }

  /** `found` is none of `known`: says so, with the one that was meant if that can be told. */
  unknown(what: string, found: string, known: Iterable<string>, range: SourceRange, listing = false): undefined {
    const words = [...known].filter((word) => word !== found);
    const meant = nearest(found, words);
    // A name that resembles nothing is missing its declaration: that is one mistake, wherever the name is used.
    const mistake = `${what} ${found}`;
    if (meant === undefined && this.missing.has(mistake)) return undefined;
    this.missing.add(mistake);
    const hint = meant ? `; did you mean '${meant}'?` : listing && words.length ? `: write ${orList(words)}` : '';
    this.report('error', 'unknown-name', `there is no ${what} '${found}'${hint}`, range, meant);
    return undefined;
  }

  /** A word that must be in a table. */
  word<K extends string>(node: AstNode, property: string, what: string, words: Words<K>): K | undefined {
    const found = (node as unknown as Record<string, unknown>)[property];
    if (typeof found !== 'string') return undefined;
    if (isWord(words, found)) return found;
    return this.unknown(what, found, Object.keys(words), rangeOf(node, property), true);
  }

  /** The slot a gmap's or notifier's name stands for. */
  slot(kind: 'gmap' | 'notifier', node: AstNode, property: 'g' | 'nb'): SlotName | undefined {
    const name = (node as unknown as Record<string, unknown>)[property];
    if (typeof name !== 'string') return undefined;
    const found = this.names.at(node, property);
    if (found?.kind === kind && found.slot !== undefined) return { name, slot: found.slot };
    // A name that got no slot was told where it is declared.
    if (found?.kind === kind) return undefined;
    return this.unknownName([kind], name, rangeOf(node, property));
  }

  unknownName(kinds: readonly NameKind[], name: string, range: SourceRange): undefined {
    const what = KIND_NAMES[kinds[0]!];
    const other = this.names.find(['gmap', 'notifier', 'constant', 'vcpu', 'thread'], name, this.scenario);
    if (other) {
      this.report('error', 'unknown-name', `'${name}' is a ${KIND_NAMES[other.kind]}, not a ${what}`, range);
      return undefined;
    }
    const known = this.names.visible(kinds, this.scenario);
    if (known.length || !/^(gmap|notifier)$/.test(what)) return this.unknown(what, name, known, range);
    if (this.missing.has(name)) return undefined;
    this.missing.add(name);
    const declare = what === 'gmap' ? `gmap ${name} limit 4G` : `notifier ${name}`;
    this.report('error', 'unknown-name', `there is no ${what} '${name}'; '${declare}' makes one`, range);
    return undefined;
  }

  /** The number an expression of the tree stands for, while nothing runs yet. */
  number(node: ast.Expression | undefined, bounds: NumberBounds = {}): bigint | undefined {
    const value = this.plainNumber(node) ?? this.valueOf(node);
    if (!node || value === undefined) return undefined;
    const { min = 0n, max = U64_MAX } = bounds;
    const found = node.$type === 'NumberLiteral' ? '' : ` (it is ${formatAddress(value)})`;
    if (value < min) {
      const least = min === 0n ? 'a number that is not negative is' : `at least ${min} is`;
      this.error('range', `${least} needed here${found}`, node);
      return undefined;
    }
    if (value > max) {
      const most = max === U64_MAX ? 'the value does not fit into 64 bits' : `at most ${max} is possible here`;
      this.error('range', `${most}${found}`, node);
      return undefined;
    }
    return value;
  }

  /** A sound number that stands alone, as most do: it needs no more than to be read. */
  private plainNumber(node: ast.Expression | undefined): bigint | undefined {
    if (node?.$type !== 'NumberLiteral' || this.isBroken(node)) return undefined;
    const value = parseNumber(node.text);
    return isMistake(value) ? undefined : value;
  }

  private valueOf(node: ast.Expression | undefined): bigint | undefined {
    const expression = this.expression(node);
    return node && expression && this.constant(expression, node);
  }

  /** An expression as data; numbers that are none are told. */
  expression(node: ast.Expression | undefined): Expression | undefined {
    if (!node || this.isBroken(node)) return undefined;
    try {
      return toExpression(node);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.report('error', 'number', error.message, this.rangeBetween(error.offset, error.end), error.replacement);
      return undefined;
    }
  }

  /** Checks the names of an expression that is evaluated while the scenario runs. */
  dynamic(
    node: ast.Expression | undefined,
    functions: ReadonlySet<string>,
    names: readonly string[],
  ): Expression | undefined {
    const expression = this.expression(node);
    if (!expression) return undefined;
    let sound = true;
    const unknown = (what: string, name: string, known: Iterable<string>, at: Expression) => {
      sound = false;
      this.unknown(what, name, known, this.rangeBetween(at.offset, at.offset + name.length));
    };
    for (const part of partsOf(expression)) {
      if (part.kind === 'call' && !functions.has(part.name)) unknown('function', part.name, functions, part);
      if (part.kind !== 'name') continue;
      const { name } = part;
      const found = this.names.find(EXPRESSION_KINDS, name, this.scenario);
      if (found) this.used.add(found);
      const known =
        (found && (found.kind !== 'constant' || this.constants.has(name))) ||
        slotNamed(name) !== undefined ||
        constantNamed(name) !== undefined ||
        names.includes(name);
      if (known) continue;
      const visible = [...this.names.visible(EXPRESSION_KINDS, this.scenario), ...names, ...CONSTANTS.keys()];
      unknown('name', name, visible, part);
    }
    return sound ? expression : undefined;
  }

  private constant(expression: Expression, node: ast.Expression): bigint | undefined {
    let sound = true;
    for (const part of partsOf(expression)) {
      if (part.kind === 'name') sound = this.constantName(part.name, part) && sound;
      else if (part.kind === 'call' || part.kind === 'member' || part.kind === 'string') {
        this.report(
          'error',
          'constant',
          'a number is needed here, known before anything runs',
          this.rangeBetween(part.offset, part.end),
        );
        return undefined;
      }
    }
    if (!sound) return undefined;
    try {
      const value = asNumber(evaluate(expression, this.constantScope));
      if (value === undefined) this.error('constant', 'a number is needed here', node);
      return value;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.report('error', 'constant', error.message, this.rangeBetween(error.offset, error.end));
      return undefined;
    }
  }

  private constantName(name: string, { offset, end }: Expression): boolean {
    const found = this.names.find(['constant'], name, this.scenario);
    if (found) this.used.add(found);
    if (this.constants.has(name) || CONSTANTS.has(name)) return true;
    const range = this.rangeBetween(offset, end);
    if (found) {
      // A constant whose own value is wrong was told there.
      if (!this.failed.has(found)) this.report('error', 'order', `'${name}' is used before its 'let'`, range);
    } else {
      const other = this.names.find(EXPRESSION_KINDS, name, this.scenario);
      if (other) {
        const what = KIND_NAMES[other.kind];
        this.report('error', 'constant', `'${name}' is a ${what}; a number is needed here`, range);
      } else {
        this.unknown('constant', name, [...this.constants.keys(), ...CONSTANTS.keys()], range);
      }
    }
    return false;
  }

  /** Constants whose value could not be found. */
  readonly failed = new Set<Name>();

  private readonly constantScope: ExpressionScope = {
    name: (id): Value | undefined => this.constants.get(id),
    call: () => undefined,
    member: () => undefined,
    names: () => [],
  };

  rangeBetween(offset: number, end: number): SourceRange {
    return { start: this.positionAt(offset), end: this.positionAt(end) };
  }

  private lineStarts: number[] | undefined;

  private positionAt(offset: number): { line: number; column: number } {
    this.lineStarts ??= [0, ...Array.from(this.text.matchAll(/\r\n?|\n/g), (m) => m.index + m[0].length)];
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.lineStarts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - this.lineStarts[low]! + 1 };
  }

  /** Whether a line of the node has a syntax error, so that the tree may have holes there. */
  isBroken(node: AstNode): boolean {
    return this.silent.size > 0 && this.silent.has(rangeOf(node).start.line);
  }
}
