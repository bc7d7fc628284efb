/** What a table says of a word; the words that every object has are none of it. */
export function lookup<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** `**word**: what the table says of it.` */
export function sentence(table: Readonly<Record<string, string>>, word: string, title = word): string | undefined {
  const doc = lookup(table, word);
  return doc === undefined ? undefined : `**${title}**: ${doc}`;
}
