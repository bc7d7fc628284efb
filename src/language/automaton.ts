/**
 * The grammar as an automaton that reads tokens and tells what may come next, and for what.
 *
 * Completion and signature help ask it. It follows all readings at the same time, so that ambiguities do no harm, and
 * knows for each word that may come the rules and the property it would belong to.
 */
import { GrammarAST } from 'langium';
import { gmapServices } from '../scenario/language.js';

/** A state of a rule. */
interface Node {
  readonly id: number;
  readonly free: Node[];
  readonly tokens: { readonly token: TokenWanted; readonly property: string | undefined; readonly to: Node }[];
  readonly calls: { readonly rule: string; readonly property: string | undefined; readonly to: Node }[];
}

/** A keyword, or a kind of token such as ID. */
interface TokenWanted {
  readonly keyword: boolean;
  readonly name: string;
}

interface Rule {
  readonly name: string;
  readonly start: Node;
  readonly end: Node;
}

/** The rules that are being read, innermost first. */
interface Frame {
  readonly id: number;
  readonly rule: Rule;
  readonly property: string | undefined;
  readonly back: Node | undefined;
  readonly outer: Frame | undefined;
}

/** Something that may come next. */
export interface Expected extends TokenWanted {
  /** The rules it would belong to, innermost first. */
  readonly rules: readonly string[];
  /** The properties it would be (part of), innermost first. */
  readonly properties: readonly string[];
}

interface Place {
  readonly node: Node;
  readonly frame: Frame;
}

/** Where reading stands: all readings that are possible. */
export type Reading = readonly Place[];

export interface ReadToken {
  readonly image: string;
  readonly tokenType: { readonly name: string };
}

export class Automaton {
  private readonly rules = new Map<string, Rule>();
  private readonly frames = new Map<string, Frame>();
  private count = 0;

  constructor(private readonly grammar: GrammarAST.Grammar) {
    for (const rule of grammar.rules) {
      if (!GrammarAST.isTerminalRule(rule)) {
        this.rules.set(rule.name, { name: rule.name, start: this.node(), end: this.node() });
      }
    }
    for (const rule of grammar.rules) this.define(rule);
  }

  /** Before the first token of a rule. */
  begin(rule: string): Reading {
    const { start } = this.rules.get(rule)!;
    return this.closure([{ node: start, frame: this.frame(this.rules.get(rule)!, undefined, undefined, undefined) }]);
  }

  /** After one more token; empty if it cannot come here. */
  read(reading: Reading, token: ReadToken): Reading {
    const { name } = token.tokenType;
    const next = reading.flatMap(({ node, frame }) =>
      node.tokens.filter((wanted) => wanted.token.name === name).map(({ to }) => ({ node: to, frame })),
    );
    return next.length ? this.closure(next) : [];
  }

  /** What may come next. */
  expected(reading: Reading): Expected[] {
    const found = new Map<string, Expected>();
    for (const { node, frame } of reading) {
      for (const { token, property } of node.tokens) {
        const rules: string[] = [];
        const properties: string[] = property === undefined ? [] : [property];
        for (let at: Frame | undefined = frame; at; at = at.outer) {
          rules.push(at.rule.name);
          if (at.property !== undefined) properties.push(at.property);
        }
        const key = `${token.name} ${rules.join()} ${properties.join()}`;
        if (!found.has(key)) found.set(key, { ...token, rules, properties });
      }
    }
    return [...found.values()];
  }

  /** Whether a rule could end here: with it, everything around it that is no more than its frame. */
  private closure(places: readonly Place[]): Reading {
    const seen = new Set<string>();
    const result: Place[] = [];
    const todo = [...places];
    for (let place = todo.pop(); place; place = todo.pop()) {
      const { node, frame } = place;
      const key = `${node.id} ${frame.id}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (node.tokens.length) result.push(place);
      for (const to of node.free) todo.push({ node: to, frame });
      for (const { rule, property, to } of node.calls) {
        const called = this.rules.get(rule)!;
        todo.push({ node: called.start, frame: this.frame(called, property, to, frame) });
      }
      if (node === frame.rule.end && frame.back && frame.outer) todo.push({ node: frame.back, frame: frame.outer });
    }
    return result;
  }

  /** The same call from the same place is the same frame: so readings that meet are told to be one. */
  private frame(rule: Rule, property: string | undefined, back: Node | undefined, outer: Frame | undefined): Frame {
    const key = `${rule.name} ${property ?? ''} ${back?.id ?? ''} ${outer?.id ?? ''}`;
    let frame = this.frames.get(key);
    if (!frame) this.frames.set(key, (frame = { id: this.frames.size, rule, property, back, outer }));
    return frame;
  }

  private node(): Node {
    return { id: this.count++, free: [], tokens: [], calls: [] };
  }

  private define(rule: GrammarAST.AbstractRule): void {
    const own = this.rules.get(rule.name);
    if (!own) return;
    if (GrammarAST.isParserRule(rule)) this.element(rule.definition, own.start, own.end, undefined);
    else if (GrammarAST.isInfixRule(rule)) {
      // An operand, then any number of operators with operands.
      const after = this.node();
      const operator = this.node();
      this.once(rule.call, own.start, after, undefined);
      after.free.push(own.end);
      for (const { value } of rule.operators.precedences.flatMap(({ operators }) => operators)) {
        after.tokens.push({ token: { keyword: true, name: value }, property: undefined, to: operator });
      }
      this.once(rule.call, operator, after, undefined);
    }
  }

  private element(element: GrammarAST.AbstractElement, from: Node, to: Node, property: string | undefined): void {
    const { cardinality } = element;
    if (cardinality === undefined) {
      this.once(element, from, to, property);
      return;
    }
    const start = this.node();
    const end = this.node();
    from.free.push(start);
    end.free.push(to);
    if (cardinality !== '+') start.free.push(to);
    if (cardinality !== '?') end.free.push(start);
    this.once(element, start, end, property);
  }

  private once(element: GrammarAST.AbstractElement, from: Node, to: Node, property: string | undefined): void {
    if (GrammarAST.isAssignment(element)) this.element(element.terminal, from, to, element.feature);
    else if (GrammarAST.isAlternatives(element)) {
      for (const choice of element.elements) this.element(choice, from, to, property);
    } else if (GrammarAST.isGroup(element)) {
      let at = from;
      for (const part of element.elements) {
        const next = this.node();
        this.element(part, at, next, property);
        at = next;
      }
      at.free.push(to);
    } else if (GrammarAST.isKeyword(element)) {
      from.tokens.push({ token: { keyword: true, name: element.value }, property, to });
    } else if (GrammarAST.isRuleCall(element)) {
      const rule = element.rule.$refText;
      if (this.rules.has(rule)) from.calls.push({ rule, property, to });
      else from.tokens.push({ token: { keyword: false, name: rule }, property, to });
    } else {
      // Actions change the tree only.
      from.free.push(to);
    }
  }
}

let shared: Automaton | undefined;

/** The automaton of the language, made at the first use. */
export function automaton(): Automaton {
  shared ??= new Automaton(gmapServices().gmap.Grammar);
  return shared;
}
