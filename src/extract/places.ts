/**
 * The names of the places an address is found in (`from` in `list --json`), and the kind each is of
 * (`--from`).
 *
 * | place | where | kind |
 * | --- | --- | --- |
 * | `img.src`, `img.srcset` | `<img>`, `<amp-img>` and other elements that stand for one | content |
 * | `source.srcset` | `<source>` of a `<picture>` | content |
 * | `input.src` | `<input type=image>` | content |
 * | `video.poster` | `<video poster>` | content |
 * | `svg.image`, `svg.feImage` | `href` or `xlink:href` of these | content |
 * | `object.data`, `embed.src` | those that are images | content |
 * | `background` | the legacy attribute of `body`, `table`, `td` … | content |
 * | `link.preload` | `href` and `imagesrcset` of `<link rel=preload as=image>` | content |
 * | `lazy.<attribute>` | attributes of lazy-loading libraries, see lazy.ts | content |
 * | `attribute.<attribute>` | an image's address in any other attribute | content |
 * | `json.<attribute>` | the same inside JSON in an attribute | content |
 * | `noscript.<place>`, `template.<place>` | the place, inside such an element | that of the place |
 * | `a.href` | a link to an image | links |
 * | `meta.<name>` | `og:image`, `twitter:image`, `thumbnail` … | meta |
 * | `link.image_src` | `<link rel=image_src>` | meta |
 * | `microdata.<itemprop>` | `itemprop=image`, `thumbnailUrl` … | meta |
 * | `json-ld.<key>` | `image`, `thumbnailUrl`, `contentUrl`, `logo` … | meta |
 * | `css` | `style` attributes, `<style>`, linked sheets | css |
 * | `css.variable` | `url()` in a custom property | css |
 * | `link.icon`, `link.apple-touch-icon`, `link.mask-icon` … | icons of the site | icons |
 * | `meta.msapplication-TileImage` … | the same for Windows tiles | icons |
 */

/** Kinds of places for `--from`. */
export type PlaceKind = 'content' | 'links' | 'meta' | 'css' | 'icons';

const WRAPPERS = /^(?:noscript\.|template\.)+/;

export function kindOf(place: string): PlaceKind {
  const inner = place.replace(WRAPPERS, '');
  if (inner === 'a.href') return 'links';
  if (inner === 'css' || inner === 'css.variable') return 'css';
  if (inner.startsWith('meta.msapplication-')) return 'icons';
  if (inner.startsWith('meta.') || inner === 'link.image_src') return 'meta';
  if (inner.startsWith('microdata.') || inner.startsWith('json-ld.')) return 'meta';
  if (inner.startsWith('link.') && inner !== 'link.preload') return 'icons';
  return 'content';
}
