/** Just enough XML to see whether a report is well-formed, and what is in it. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescape(text: string): string {
  if (/<|&(?!(?:lt|gt|amp|quot|apos|#\d+|#x[0-9a-f]+);)/i.test(text)) throw new Error(`not escaped: ${text}`);
  // eslint-disable-next-line no-control-regex
  if (/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text)) throw new Error(`no character of XML: ${JSON.stringify(text)}`);
  return text.replace(/&(#x?)?(\w+);/g, (_, number: string | undefined, name: string) =>
    number ? String.fromCodePoint(parseInt(name, number === '#x' ? 16 : 10)) : ENTITIES[name]!,
  );
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  const rest = text.replace(/\s+([\w:-]+)="([^"]*)"/g, (_, name: string, value: string) => {
    if (name in attributes) throw new Error(`attribute ${name} is given twice`);
    attributes[name] = unescape(value);
    return '';
  });
  if (rest.trim() !== '') throw new Error(`these are no attributes: ${rest}`);
  return attributes;
}

/** @throws Error where the text is not well-formed */
export function parseXml(text: string): Element {
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  if (body === text) throw new Error('the declaration is missing');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [root];
  for (const part of body.match(/<[^>]*>|[^<]+/g) ?? []) {
    const parent = open.at(-1)!;
    if (!part.startsWith('<')) {
      parent.text += unescape(part);
      continue;
    }
    const end = /^<\/([\w:-]+)\s*>$/.exec(part);
    if (end) {
      if (end[1] !== parent.name) throw new Error(`</${end[1]!}> ends <${parent.name}>`);
      open.pop();
      continue;
    }
    const begin = /^<([\w:-]+)((?:\s+[^"\s]+="[^"]*")*)\s*(\/?)>$/.exec(part);
    if (!begin) throw new Error(`this is no tag: ${part}`);
    const element: Element = { name: begin[1]!, attributes: attributesOf(begin[2]!), children: [], text: '' };
    parent.children.push(element);
    if (!begin[3]) open.push(element);
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)!.name}> has no end`);
  if (root.children.length !== 1 || root.text.trim() !== '') throw new Error('there is not one root');
  return root.children[0]!;
}
