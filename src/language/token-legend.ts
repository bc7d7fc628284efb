/** The kinds of semantic tokens: their numbers are places in these lists. */
export const TOKEN_TYPES = [
  'keyword',
  'class',
  'event',
  'variable',
  'function',
  'label',
  'enumMember',
  'property',
  'number',
  'string',
  'operator',
] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

export const TOKEN_MODIFIERS = ['declaration', 'readonly', 'defaultLibrary'] as const;
export type Modifier = (typeof TOKEN_MODIFIERS)[number];
