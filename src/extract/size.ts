/** Sizes that resizing services and CMSs write into addresses. */

import { pathOf } from './address.ts';

/** Group 1 is the width; each is anchored by a literal, so that all are linear. */
const IN_PATH: readonly RegExp[] = [
  // WordPress photo-1024x683.jpg, Shopify photo_1024x683.jpg, photo_1024x.jpg
  /[-_](\d{2,5})x\d{0,5}(?:_crop_[a-z]+)?(?:@\dx)?(?=\.[a-z]{3,4}(?:$|[!:]))/i,
  // Wikimedia 640px-photo.jpg
  /\/(\d{2,5})px-/,
  // A segment of its own: /640x480/, /w640/, /s1600/, /s1600-c/, /w640-h480/
  /\/(\d{2,5})x\d{2,5}(?=[/,])/,
  /\/[ws](\d{2,5})(?:-[a-z0-9-]+)?(?=\/)/,
  // Cloudinary w_640, Cloudflare width=640, Akamai w-640, imaginary w:640
  /[/,;](?:w|width|rw|max-?w(?:idth)?)[_=:-](\d{2,5})(?=[/,;.]|$)/i,
  // Wikia scale-to-width-down/400, width/1280; Medium max/640, resize:fit:640
  /\/(?:scale-to-width(?:-down)?|width|max|resize:fit[:a-z]*)[/:](\d{2,5})(?=\/|$)/i,
  // Google photo=w640-h480, =s640
  /=[ws](\d{2,5})(?:-[a-z0-9-]+)?$/,
];

const IN_QUERY: readonly RegExp[] = [
  /[?&](?:w|width|imwidth|wid|sw|mw|maxwidth|max-w|rw|resize_w)=(\d{2,5})(?=&|$|px)/i,
  /[?&](?:resize|fit|size|dim|thumbnail|crop_to)=(\d{2,5})(?:,|x|\*|%2c)\d{2,5}/i,
];

/** Undefined when the address shows no size. */
export function widthInAddress(url: string): number | undefined {
  const path = pathOf(url);
  if (/\d\d/.test(path)) {
    for (const pattern of IN_PATH) {
      const found = pattern.exec(path);
      if (found !== null) return Number(found[1]);
    }
  }
  const query = url.indexOf('?');
  if (query < 0) return undefined;
  for (const pattern of IN_QUERY) {
    const found = pattern.exec(url.slice(query));
    if (found !== null) return Number(found[1]);
  }
  return undefined;
}

const SIZE_WORDS =
  /[-_.](?:thumb(?:nail)?|small|medium|large|big|full|original|orig|xs|sm|md|lg|xl|s|m|l|preview|scaled|\d)(?=\.[a-z]{3,4}$)/i;

/**
 * The file's name without its size and format: what two copies of a picture have in common. Two
 * addresses with the same stem are taken for the same picture where the document already suggests it.
 */
export function stemOf(url: string): string {
  const path = pathOf(url);
  // The last segment that is a file; services append sizes as segments behind it.
  const segments = path.split('/').filter((segment) => segment !== '');
  const file = segments.findLast((segment) => /\.[a-z]{3,4}(?:$|[!:@])/i.test(segment));
  let name = file ?? segments.at(-1) ?? '';
  name = name.replace(/[!:@].*$/, '').replace(/^\d{2,5}px-/, '');
  name = name.replace(/[-_](?:\d{2,5}x\d{0,5}|\d{2,4}[wp]?)(?=\.[a-z]{3,4}$)/i, '');
  name = name.replace(/[-_]\d{2,5}-\d{1,3}(?=\.[a-z]{3,4})/i, '').replace(SIZE_WORDS, '');
  name = name.replace(/(?:\.[a-z]{3,4}){1,2}$/i, '');
  return name === '' ? url : name.toLowerCase();
}

/** The address shows no size although a sized copy of the same name has one: the original. */
export function isUnsizedTwin(url: string, sized: string): boolean {
  const stem = stemOf(url);
  return (
    widthInAddress(url) === undefined &&
    widthInAddress(sized) !== undefined &&
    stem.length >= 3 &&
    stem === stemOf(sized)
  );
}
