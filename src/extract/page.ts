import { type CheerioAPI, load } from 'cheerio';
import { decodeBuffer } from 'encoding-sniffer';
import type { Candidate, ImageRef } from '../model.ts';
import { resolveAddress } from './address.ts';
import type { ExtractOptions } from './options.ts';
import { parseSrcset } from './srcset.ts';

export interface PageInput {
  /** The body as it arrived; bytes are decoded by BOM, `contentType` and `<meta charset>`. */
  readonly html: string | Uint8Array;
  /** Address of the page after redirects. */
  readonly url: string;
  /** Value of the Content-Type header. */
  readonly contentType?: string;
}

export interface PageLink {
  /** Absolute, without fragment. */
  readonly url: string;
  /** Lower-case tokens of `rel`. */
  readonly rel: readonly string[];
}

export interface PageImages {
  /** In document order, `group` from 1. */
  readonly images: ImageRef[];
  /** `a[href]`, `area[href]` and `link[rel=next]`, for crawling. */
  readonly links: PageLink[];
  /** Linked style sheets, absolute, each once. */
  readonly sheets: string[];
  /** What relative addresses are resolved against. */
  readonly base: string;
  readonly canonical?: string;
  /** `content` of every `meta[name=robots]`, joined with commas, lower case. */
  readonly robots: string;
  readonly referrerPolicy?: string;
  readonly title?: string;
}

export function extractPage(input: PageInput, _options: ExtractOptions = {}): PageImages {
  const $ = load(toText(input), { scriptingEnabled: false });
  const base = baseOf($, input.url);
  const images: ImageRef[] = [];
  $('img').each((_, img) => {
    const candidates: Candidate[] = [];
    const add = (raw: string | undefined, from: string, extra: Partial<Candidate> = {}) => {
      const url = raw === undefined ? undefined : resolveAddress(raw, base);
      if (url !== undefined && !candidates.some((c) => c.url === url))
        candidates.push({ url, from, ...extra });
    };
    const addSet = (set: string | undefined, from: string) => {
      for (const { url, width, density } of parseSrcset(set ?? ''))
        add(url, from, {
          ...(width === undefined ? {} : { width }),
          ...(density === undefined ? {} : { density }),
        });
    };
    $(img)
      .parent('picture')
      .children('source')
      .each((_i, source) => addSet($(source).attr('srcset'), 'source.srcset'));
    addSet($(img).attr('srcset'), 'img.srcset');
    add($(img).attr('src'), 'img.src');
    candidates.sort(
      (a, b) => (b.width ?? 0) - (a.width ?? 0) || (b.density ?? 1) - (a.density ?? 1),
    );
    const [first, ...rest] = candidates;
    if (first === undefined) return;
    const alt = $(img).attr('alt');
    images.push({
      group: images.length + 1,
      candidates: [first, ...rest],
      page: input.url,
      ...(alt ? { alt } : {}),
    });
  });
  return { images, links: [], sheets: [], base, robots: '' };
}

function toText({ html, contentType }: PageInput): string {
  if (typeof html === 'string') return html;
  const charset = /charset=["']?([^\s;"']+)/i.exec(contentType ?? '')?.[1];
  return decodeBuffer(
    html as Buffer,
    charset === undefined ? {} : { transportLayerEncodingLabel: charset },
  );
}

function baseOf($: CheerioAPI, url: string): string {
  const href = $('base[href]').attr('href');
  return (href === undefined ? undefined : resolveAddress(href, url)) ?? url;
}
