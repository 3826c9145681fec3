/** HTML as values: what is put into a template is escaped unless it is HTML already. */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** `false`, `undefined` and '' leave nothing; a list is joined. */
export type Part = Html | string | number | false | undefined | readonly Part[];

/** Good for text and for attributes in quotes; never for the inside of `<script>` or `<style>`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const pieces = [strings[0] as string];
  for (const [at, part] of parts.entries()) {
    pieces.push(render(part), strings[at + 1] as string);
  }
  return new Html(pieces.join(''));
}

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeHtml(part);
  return part.map(render).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Lone surrogates and NUL, which no HTML can hold, become U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\0', '\ufffd')
    .replace(/[&<>"']/g, (char) => ESCAPES[char] as string);
}

/** JSON for the inside of `<script type="application/json">`, which no text can end or open. */
export function jsonForScript(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

/** The address as a link when it is one that a browser may follow; else only its text. */
export function linkTo(url: string): Html {
  const shown = html`<bdi>${shorten(url)}</bdi>`;
  if (!isWebAddress(url)) return shown;
  return html`<a href="${url}" rel="noreferrer noopener">${shown}</a>`;
}

export function isWebAddress(url: string): boolean {
  const protocol = URL.parse(url)?.protocol;
  return protocol === 'https:' || protocol === 'http:';
}

/** Longest address shown; longer ones lose their middle. */
const MOST_SHOWN = 300;

function shorten(url: string): string {
  if (url.length <= MOST_SHOWN) return url;
  return `${url.slice(0, MOST_SHOWN - 60)}…${url.slice(-59)}`;
}
