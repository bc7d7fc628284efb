// The syntax file for Vim and neovim, from the lists of words of the scenario language.
import { readFileSync } from 'node:fs';
import { EXPRESSION_FUNCTIONS } from '../../src/scenario/expression/builtins.ts';
import * as words from '../../src/scenario/words.ts';
import { fromRoot } from './root.mjs';

/** `syn keyword` lines of a readable length. */
function keywords(group, list) {
  const lines = [];
  let line = '';
  for (const word of [...new Set(list)].filter((text) => /^\w+$/.test(text)).sort()) {
    if (line.length + word.length > 100) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].map((text) => `syn keyword ${group}${text}`).join('\n');
}

const alternatives = (list) => list.join('\\|');

export function vimSyntax() {
  const statements = Object.keys(words.STATEMENTS);
  const grammar = readFileSync(fromRoot('src/scenario/gmap.langium'), 'utf8');
  const inGrammar = [...grammar.matchAll(/'([a-z_]\w*)'/g)].map(([, word]) => word);
  const states = Object.keys(words.ENTRY_LEVELS).flatMap((level) => Object.keys(words.entryStates(level)));
  const values = [
    words.FACILITIES,
    words.PROTECTIONS,
    words.SHARES,
    words.USAGES,
    words.ADVICES,
    words.GENERATIONS,
    words.LOCKS,
  ];
  const named = new Set([...states.flatMap((state) => state.split(' ')), ...values.flatMap(Object.keys)]);
  // Keywords win over matches: what means one thing at the beginning of a statement and another inside is no keyword.
  const actions = Object.keys(words.HOST_ACTIONS);
  const calls = EXPRESSION_FUNCTIONS.map(({ name }) => name);
  const ambiguous = new Set([...statements, ...actions, ...calls]);
  const clear = (list) => [...list].filter((word) => !ambiguous.has(word));
  const connecting = inGrammar.filter((word) => !named.has(word));
  return `" Vim syntax file. Written by \`npm run docs\` from the lists of words in the code. Changes made here are lost.
" Language: scenarios of Gmap Debugger (.gmap)

if exists('b:current_syntax')
  finish
endif

syn case match
syn iskeyword @,48-57,_

${keywords('gmapWord', clear(connecting))}
${keywords('gmapValue', clear(named))}
${keywords('gmapFunction', clear(words.KERNEL_FUNCTIONS))}
${keywords('gmapConstant', [...words.CONSTANTS.keys(), 'true', 'false', 'absent', 'BUG', 'NA', 'rc'])}

syn match gmapWord /\\<\\%(${alternatives([...ambiguous])}\\)\\>/
syn match gmapFunction /\\<\\%(${alternatives(calls)}\\)\\ze(/
syn match gmapStatement /\\%(^\\|{\\)\\s*\\zs\\%(${alternatives(statements)}\\)\\>/
syn match gmapAction /\\%(\\<host\\s\\+\\)\\@<=\\%(${alternatives(actions)}\\)\\>/
syn match gmapAction /\\%(\\<guest\\s\\+\\)\\@<=\\%(read\\|write\\)\\>/
syn match gmapFunction /\\<walk:\\w\\+/
syn match gmapOperator /->/
syn match gmapNumber /\\<0[xX]\\x\\+\\%(_\\x\\+\\)*[KMGTP]\\=\\>/
syn match gmapNumber /\\<\\d\\+\\%(_\\d\\+\\)*[KMGTP]\\=\\>/
syn region gmapString start=/"/ skip=/\\\\./ end=/"/ oneline
syn match gmapHeading /^\\s*---.*$/
syn match gmapComment /#.*$/ contains=@Spell

hi def link gmapStatement Statement
hi def link gmapAction Function
hi def link gmapWord Keyword
hi def link gmapValue Type
hi def link gmapFunction Identifier
hi def link gmapConstant Constant
hi def link gmapOperator Operator
hi def link gmapNumber Number
hi def link gmapString String
hi def link gmapHeading Title
hi def link gmapComment Comment

let b:current_syntax = 'gmap'
`;
}
