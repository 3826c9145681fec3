/** The names under which records usually hold an address, and what else is worth taking. */

/**
 * Keys and columns, best first: those that say "image" before those that may be a page. Compared
 * without case, `_`, `-` and spaces, so `image_url`, `imageUrl` and `Image URL` are one.
 */
export const URL_NAMES: readonly string[] = [
  'imageurl',
  'imageuri',
  'imagelink',
  'imagesrc',
  'imagehref',
  'imgurl',
  'imgsrc',
  'originalurl',
  'originalimageurl',
  'fullurl',
  'fullsizeurl',
  'photourl',
  'photoimageurl',
  'pictureurl',
  'contenturl',
  'mediaurl',
  'downloadurl',
  'fileurl',
  'image',
  'images',
  'imageurls',
  'img',
  'photo',
  'photos',
  'picture',
  'pictures',
  'src',
  'source',
  'url',
  'urls',
  'uri',
  'uris',
  'href',
  'link',
  'links',
  'address',
  'thumbnailurl',
  'thumbnail',
];

const RANK = new Map(URL_NAMES.map((name, rank) => [name, rank]));

/** Names of the sizes of one picture in the answers of photo services, largest first. */
export const SIZE_NAMES: readonly string[] = [
  'raw',
  'original',
  'full',
  'large2x',
  'large',
  'regular',
  'medium',
  'portrait',
  'landscape',
  'small',
  'thumb',
  'thumbnail',
  'tiny',
];

/** Position in `URL_NAMES`, or -1. */
export function urlRank(name: string): number {
  return RANK.get(plain(name)) ?? -1;
}

export function isUrlName(name: string): boolean {
  return urlRank(name) !== -1;
}

const ALT_NAMES = ['alt', 'alttext', 'caption', 'text', 'description'];
const TITLE_NAMES = ['title', 'name', 'label'];
const WIDTH_NAMES = ['width', 'imagewidth', 'originalwidth', 'w'];

/** What a column or key says beside the address. */
export function roleOf(name: string): 'alt' | 'title' | 'width' | undefined {
  const key = plain(name);
  if (ALT_NAMES.includes(key)) return 'alt';
  if (TITLE_NAMES.includes(key)) return 'title';
  return WIDTH_NAMES.includes(key) ? 'width' : undefined;
}

/** Without case and separators. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_\-.]+/g, '');
}
