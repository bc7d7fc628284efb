/** The page of the panel. Nothing is allowed in it but its own script, by its nonce, and its own style sheets. */

/** In media/panel, in this order. */
export const STYLES = ['theme', 'head', 'walks', 'page-table', 'cards', 'time', 'fit'].map((name) => `${name}.css`);

export interface PanelPage {
  readonly nonce: string;
  /** Addresses inside the webview. */
  readonly script: string;
  readonly styles: readonly string[];
  /** Where the style sheets may come from. */
  readonly cspSource: string;
  readonly language: string;
  readonly title: string;
  /** The texts of the panel in that language; undefined: as they stand in the code. */
  readonly texts: Readonly<Record<string, string>> | undefined;
}

export function panelHtml({ nonce, script, styles, cspSource, language, title, texts }: PanelPage): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="${attribute(language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    ${styles.map((style) => `<link rel="stylesheet" href="${attribute(style)}">`).join('\n    ')}
    <title>${attribute(title)}</title>
  </head>
  <body${texts ? ` data-l10n="${attribute(JSON.stringify(texts))}"` : ''}>
    <div id="panel"></div>
    <div id="live" role="status" aria-live="polite"></div>
    <script nonce="${nonce}" src="${attribute(script)}"></script>
  </body>
</html>
`;
}

const attribute = (text: string): string => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** Fresh for each page. */
export function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
