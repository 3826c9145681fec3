/**
 * Finds the links and images of Markdown text (CommonMark, sections 6.3 and 6.4) in one pass over
 * its brackets: what a `]` closes is known when it comes, so nothing is looked at twice.
 */

export interface MarkdownLink {
  /** Address of the image; absent for a plain link. */
  readonly image?: string;
  /** Address of the link, which may be around the image. */
  readonly target?: string;
  /** The text between the brackets: of an image its description. */
  readonly text: string;
  readonly title?: string;
  /** From 1. */
  readonly line: number;
}

/** Brackets inside each other; more are dropped from the outside. */
const MAX_OPEN = 100;
const MAX_TEXT = 1000;

interface Destination {
  readonly url: string;
  readonly title?: string;
  /** Behind the closing bracket. */
  readonly end: number;
}

type Found = { -readonly [K in keyof MarkdownLink]: MarkdownLink[K] } & { at: number };

export function markdownLinks(text: string): MarkdownLink[] {
  const definitions = definitionsOf(text);
  const found: Found[] = [];
  let open: number[] = [];
  let line = 1;
  const marks = /[\\[\]]|\n(?:[ \t]*\n)?/g;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const at = mark.index;
    const char = mark[0];
    if (char === '\\') {
      if (text[at + 1] !== '\n') marks.lastIndex = at + 2;
    } else if (char === '[') {
      open.push(at);
      if (open.length > MAX_OPEN) open.shift();
    } else if (char === ']') {
      const start = open.pop();
      if (start === undefined) continue;
      const destination = destinationAt(text, start, at, definitions);
      if (destination === undefined) continue;
      line += count(text, at, destination.end);
      marks.lastIndex = destination.end;
      take(text, start, at, destination, line, found);
    } else {
      line += char.split('\n').length - 1;
      // A blank line ends the paragraph, and with it every bracket.
      if (char.length > 1) open = [];
      // The second line end may begin another blank line.
      if (char.length > 1) marks.lastIndex--;
      if (char.length > 1) line--;
    }
  }
  return found.map(({ at: _, ...link }) => link);
}

function take(
  text: string,
  start: number,
  end: number,
  { url, title }: Destination,
  line: number,
  found: Found[],
): void {
  const last = found.at(-1);
  if (text[start - 1] === '!' && text[start - 2] !== '\\') {
    const alt = text.slice(start + 1, Math.min(end, start + MAX_TEXT)).replace(/\s+/g, ' ');
    const named = title === undefined ? {} : { title };
    found.push({ image: url, text: alt.trim(), ...named, line, at: start });
  } else if (last?.image !== undefined && last.at > start) {
    // The images inside this link's text: all of them show what it leads to.
    for (let i = found.length - 1; i >= 0 && found[i]!.at > start; i--) found[i]!.target ??= url;
  } else {
    const label = text.slice(start + 1, Math.min(end, start + MAX_TEXT)).replace(/\s+/g, ' ');
    found.push({ target: url, text: label.trim(), line, at: start });
  }
}

/** What follows the bracket closed at `close`: `(address "title")`, `[label]`, or the text is the label. */
function destinationAt(
  text: string,
  open: number,
  close: number,
  definitions: ReadonlyMap<string, Destination>,
): Destination | undefined {
  const next = text[close + 1];
  if (next === '(') {
    const inline = inlineAt(text, close + 2);
    if (inline !== undefined) return inline;
  }
  let label = text.slice(open + 1, Math.min(close, open + MAX_TEXT));
  let end = close + 1;
  if (next === '[') {
    const full = /\[([^[\]]{0,1000})\]/y;
    full.lastIndex = close + 1;
    const match = full.exec(text);
    if (match !== null) {
      end = full.lastIndex;
      if (match[1]!.trim() !== '') label = match[1]!;
    }
  } else if (next === ':') return undefined;
  const definition = definitions.get(labelKey(label));
  return definition === undefined ? undefined : { ...definition, end };
}

/** `address "title")` behind the opening parenthesis. */
function inlineAt(text: string, from: number): Destination | undefined {
  const address = addressAt(text, from);
  if (address === undefined) return undefined;
  const rest =
    /\s*(?:\s(?:"((?:[^"\\]|\\.){0,1000})"|'((?:[^'\\]|\\.){0,1000})'|\(([^()]{0,1000})\)))?\s{0,100}\)/y;
  rest.lastIndex = address.end;
  const match = rest.exec(text);
  if (match === null) return undefined;
  const title = match[1] ?? match[2] ?? match[3];
  return { url: address.url, ...(title === undefined ? {} : { title }), end: rest.lastIndex };
}

/** `<address>`, or characters without spaces and with balanced parentheses. */
function addressAt(text: string, from: number): { url: string; end: number } | undefined {
  // Every repetition is bounded, or a text of brackets alone would be quadratic.
  const angled = /\s{0,100}<([^<>\n]{0,4000})>/y;
  angled.lastIndex = from;
  const inAngles = angled.exec(text);
  if (inAngles !== null) return { url: unescaped(inAngles[1]!), end: angled.lastIndex };
  const bare =
    /\s{0,100}(data:image\/[\w.+-]{1,50};base64,[\w+/=]*|(?:[^\s()<>\\]|\\.|\((?:[^\s()\\]|\\.|\([^\s()]{0,500}\)){0,1000}\)){1,4000})/y;
  bare.lastIndex = from;
  const match = bare.exec(text);
  return match === null ? undefined : { url: unescaped(match[1]!), end: bare.lastIndex };
}

/** `[label]: address "title"` lines. The first of a label counts. */
function definitionsOf(text: string): Map<string, Destination> {
  const definitions = new Map<string, Destination>();
  const line = /^ {0,3}\[([^[\]\n]{1,1000})\]:[ \t]*\n?[ \t]*/gm;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const address = addressAt(text, line.lastIndex);
    const key = labelKey(match[1]!);
    if (address === undefined || definitions.has(key)) continue;
    const title = /[ \t]{1,100}(?:"([^"\n]{0,1000})"|'([^'\n]{0,1000})'|\(([^()\n]{0,1000})\))/y;
    title.lastIndex = address.end;
    const named = title.exec(text);
    const words = named?.[1] ?? named?.[2] ?? named?.[3];
    definitions.set(key, {
      url: address.url,
      ...(words === undefined ? {} : { title: words }),
      end: 0,
    });
  }
  return definitions;
}

function labelKey(label: string): string {
  return label.trim().replace(/\s+/g, ' ').toLowerCase();
}

function unescaped(url: string): string {
  return url.replace(/\\([!-/:-@[-`{-~])/g, '$1').replaceAll('&amp;', '&');
}

function count(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) {
    lines++;
  }
  return lines;
}
