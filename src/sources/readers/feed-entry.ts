/** What RSS and Atom entries have in common: pictures and content gathered until the entry ends. */

import type { Candidate, Place } from '../../model.ts';
import { refusal, resolveAddress } from '../address.ts';
import type { ImageItem, SourceItem } from '../item.ts';

/** Addresses taken from one entry; an entry with more is no article. */
const MAX_PICTURES = 10_000;

export interface Picture {
  readonly raw: string;
  readonly from: Place;
  readonly line: number;
  readonly type?: string | undefined;
  readonly width?: number | undefined;
  readonly title?: string | undefined;
  readonly alt?: string | undefined;
  /** Pictures of one `media:group` are sizes of one picture. */
  readonly group?: number | undefined;
}

export class FeedEntry {
  link: string | undefined;
  /** `xml:base` in force. */
  base: string | undefined;
  readonly #line: number;
  readonly #pictures: Picture[] = [];
  readonly #fragments: { readonly html: string; readonly line: number }[] = [];

  constructor(line: number, base: string | undefined) {
    this.#line = line;
    this.base = base;
  }

  picture(picture: Picture): void {
    if (this.#pictures.length < MAX_PICTURES) this.#pictures.push(picture);
  }

  content(html: string, line: number): void {
    // Plain text has nothing to find; most summaries are.
    if (/<[a-z!]/i.test(html)) this.#fragments.push({ html, line });
  }

  /** The items of the entry; its own page last, when that is wanted (`linkFrom`). */
  *items(feedBase: string | undefined, linkFrom: Place | undefined): Iterable<SourceItem> {
    const base = this.base ?? feedBase;
    const page = this.link === undefined ? undefined : resolveAddress(this.link, base);
    const where = page === undefined ? {} : { page };
    for (const pictures of grouped(this.#pictures)) {
      const candidates = [...candidatesOf(pictures, base)];
      const [first, ...others] = candidates;
      const { raw, line, title, alt } = pictures[0]!;
      if (first === undefined) {
        yield { kind: 'problem', line, message: refusal(raw, base) };
        continue;
      }
      const item: ImageItem = { kind: 'image', candidates: [first, ...others], ...where, line };
      yield {
        ...item,
        ...(title === undefined ? {} : { title }),
        ...(alt === undefined ? {} : { alt }),
      };
    }
    const contentBase = this.base ?? page ?? feedBase;
    for (const { html, line } of this.#fragments) {
      yield {
        kind: 'html',
        html,
        ...(contentBase === undefined ? {} : { base: contentBase }),
        ...where,
        line,
      };
    }
    if (page !== undefined && linkFrom !== undefined) {
      yield { kind: 'page', url: page, from: linkFrom, line: this.#line };
    }
  }
}

function grouped(pictures: readonly Picture[]): readonly Picture[][] {
  const groups = new Map<number | Picture, Picture[]>();
  for (const picture of pictures) {
    const key = picture.group ?? picture;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [picture]);
    else group.push(picture);
  }
  // Full images before thumbnails, wide before narrow.
  for (const group of groups.values()) {
    group.sort((a, b) => thumb(a) - thumb(b) || (b.width ?? 0) - (a.width ?? 0));
  }
  return [...groups.values()];
}

function thumb({ from }: Picture): number {
  return from.includes('thumbnail') ? 1 : 0;
}

function* candidatesOf(
  pictures: readonly Picture[],
  base: string | undefined,
): Iterable<Candidate> {
  for (const { raw, from, type, width } of pictures) {
    const url = raw === '' ? undefined : resolveAddress(raw, base);
    if (url === undefined) continue;
    yield {
      url,
      from,
      ...(type === undefined ? {} : { type }),
      ...(width === undefined ? {} : { width }),
    };
  }
}

/** A type that is an image, or an address that ends like one where no type is given. */
export function isImage(
  type: string | undefined,
  medium: string | undefined,
  url: string,
): boolean {
  if (medium !== undefined && medium !== '') return medium === 'image';
  if (type !== undefined && type !== '') return /^image\//i.test(type);
  return /\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|jxl|heic)(?:[?#]|$)/i.test(url);
}

export function pixels(raw: string | undefined): number | undefined {
  const width = Number(raw);
  return raw !== undefined && width > 0 && width < 1e6 ? Math.round(width) : undefined;
}
