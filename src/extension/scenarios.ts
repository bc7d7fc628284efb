/** Which scenarios a text holds, and where: found without the parser, so that a file with mistakes has them too. */

export interface ScenarioBlock {
  readonly name: string;
  /** First and last line, from 0. */
  readonly start: number;
  readonly end: number;
  readonly threads: boolean;
}

const head = /^\s*scenario\s+("(?:\\.|[^"\\])*")/;

export function scenarioBlocks(text: string): ScenarioBlock[] {
  const blocks: ScenarioBlock[] = [];
  let open: { name: string; start: number } | undefined;
  let depth = 0;
  const lines = text.split(/\r\n?|\n/);
  const close = (end: number): void => {
    if (open) blocks.push({ ...open, end, threads: hasThreads(lines.slice(open.start, end + 1).join('\n')) });
    open = undefined;
  };
  lines.forEach((line, number) => {
    const found = head.exec(line);
    if (found) {
      // A block that was never closed ends where the next one begins.
      close(number - 1);
      open = { name: unquote(found[1]!), start: number };
      depth = 0;
    }
    if (!open) return;
    for (const brace of withoutTexts(line).match(/[{}]/g) ?? []) depth += brace === '{' ? 1 : -1;
    if (depth <= 0 && line.includes('}')) close(number);
  });
  close(lines.length - 1);
  return blocks;
}

/** Does a text have a line on which a thread begins? */
export function hasThreads(text: string): boolean {
  return /^\s*thread\s+\w/m.test(text);
}

/** The scenario that a line (from 0) belongs to. */
export function scenarioAt(blocks: readonly ScenarioBlock[], line: number): ScenarioBlock | undefined {
  return blocks.find(({ start, end }) => start <= line && line <= end);
}

/** A line with its texts and its comment blanked out: what is left stands where it stood. */
export function withoutTexts(line: string): string {
  return line.replace(/"(?:\\.|[^"\\])*"|#.*$/g, (part) => ' '.repeat(part.length));
}

function unquote(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal.slice(1, -1);
  }
}
