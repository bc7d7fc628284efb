/**
 * The texts of the panel in the person's language, as `vscode.l10n` for the page, which has no such thing. Not the package
 * @vscode/l10n: that can fetch, and nothing that ships may.
 */
let texts: Readonly<Record<string, string>> = {};

/** @param translated from the English text to that in the language */
export function config(translated: Readonly<Record<string, string>>): void {
  texts = translated;
}

/** @param args what stands at the places `{0}`, `{1}` …; without any, the places stay */
export function t(message: string, ...args: readonly (string | number)[]): string {
  const text = Object.hasOwn(texts, message) ? texts[message]! : message;
  return args.length === 0 ? text : text.replace(/\{(\d)\}/g, (place, n) => String(args[Number(n)] ?? place));
}
