/** Blanks what Markdown shows as code, so that examples are not taken for images. */

/** Characters between the backticks of a code span; a lost backtick must not cost a search of everything. */
const MAX_SPAN = 10_000;

/** The same length and line ends, code replaced by spaces. */
export function withoutCode(text: string): string {
  return withoutSpans(withoutBlocks(text));
}

function withoutBlocks(text: string): string {
  let fence: string | undefined;
  let inList = false;
  let afterBlank = true;
  let inIndented = false;
  const lines = text.split('\n').map((line) => {
    const mark = /^\s{0,3}(?:[-*+>]\s+|\d+[.)]\s+)*(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== undefined) {
      if (line.trimStart().startsWith(fence) && /^[`~\s]*$/.test(line)) fence = undefined;
      return blank(line);
    }
    if (mark !== null && !(mark[1]![0] === '`' && mark[2]!.includes('`'))) {
      fence = mark[1];
      return blank(line);
    }
    if (line.trim() === '') {
      afterBlank = true;
      return line;
    }
    // Indented by four after a blank line: code, unless it continues a list item.
    const indented = /^(?: {4}|\t)/.test(line);
    inIndented = indented && !inList && (afterBlank || inIndented);
    if (!indented) inList = /^\s{0,3}(?:[-*+]|\d+[.)])\s/.test(line);
    afterBlank = false;
    return inIndented ? blank(line) : line;
  });
  return lines.join('\n');
}

function withoutSpans(text: string): string {
  const parts: string[] = [];
  let from = 0;
  const ticks = /`+/g;
  for (let open = ticks.exec(text); open !== null; open = ticks.exec(text)) {
    if (text[open.index - 1] === '\\') continue;
    const start = ticks.lastIndex;
    const close = closing(text, start, open[0].length);
    if (close === undefined) continue;
    parts.push(text.slice(from, start), blank(text.slice(start, close)));
    from = close;
    ticks.lastIndex = close + open[0].length;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from);
}

/** Where a run of exactly `length` backticks begins, within the same paragraph. */
function closing(text: string, from: number, length: number): number | undefined {
  const window = text.slice(from, from + MAX_SPAN);
  const end = window.search(/\n[ \t]*\n/);
  const paragraph = end === -1 ? window : window.slice(0, end);
  for (const run of paragraph.matchAll(/`+/g)) {
    if (run[0].length === length) return from + run.index;
  }
  return undefined;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
