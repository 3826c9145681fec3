/** The page of `dedupe --html`: copies among files, side by side. */
import { access, constants } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { type FileReport, type PictureFile, shownSize, type UnreadFile } from '../dedupe/mod.ts';
import { TrawlError } from '../errors.ts';
import { fileError } from '../store/file-error.ts';
import type { Copy, DuplicateGroup } from './data.ts';
import { type Html, html } from './html.ts';
import { page } from './page.ts';
import { UPGRADE } from './script-upgrade.ts';
import { duplicatesSection } from './sections/duplicates.ts';
import { srcOf } from './src-of.ts';
import { bytesText, countText, dateText, plural, visible } from './text.ts';
import { thumbnailUrl } from './thumbnail-png.ts';
import { baseFrom, replace } from './write.ts';

/** Each is some 24 nodes of the page; 10,000 take 2 s to open. */
const MOST_GROUPS = 20_000;
const MOST_COPIES = 100;
/** Some 3.5 KB of the page each; past them only the files themselves are shown. */
const MOST_LIKENESSES = 10_000;
const MOST_UNREAD = 1000;

export interface FileGroupsOptions {
  /** Of an image by its SHA-256, laid out as inspect/thumbnail.ts says. */
  readonly thumbnailOf: (sha256: string) => Uint8Array | undefined;
  /** When the page was made, in ms since 1970. Default: now. */
  readonly made?: number;
}

/**
 * Tells before a long search whether the page can be written. Throws `usage` for a name that does not end in
 * `.html` (a glob behind `--html` would else cost its first picture) and the file's error for its folder.
 */
export async function checkPagePath(path: string): Promise<void> {
  if (!/^\.html?$/i.test(extname(path))) {
    throw new TrawlError(
      'usage',
      `--html names the page to write, which must end in .html, not "${path}"`,
    );
  }
  try {
    await access(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Writes the page, whole or not at all, and answers its path. Throws TrawlError. */
export async function writeFileGroups(
  path: string,
  report: FileReport,
  options: FileGroupsOptions,
): Promise<string> {
  await checkPagePath(path);
  const out = resolve(path);
  const addressOf = addressesFrom(dirname(out));
  await replace(out, fileGroupsHtml(report, { ...options, addressOf }));
  return out;
}

/** Addresses of files, seen from a page in `folder`. */
function addressesFrom(folder: string): (path: string) => string | undefined {
  const bases = new Map<string, string | undefined>();
  return (path) => {
    const parent = dirname(resolve(path));
    if (!bases.has(parent)) bases.set(parent, baseOf(folder, parent));
    const base = bases.get(parent);
    return base === undefined ? undefined : srcOf(base, basename(path));
  };
}

/** `undefined` when the files' folder is gone. */
function baseOf(folder: string, parent: string): string | undefined {
  try {
    return baseFrom(folder, parent);
  } catch {
    return undefined;
  }
}

function fileGroupsHtml(
  { groups, unread, pictures }: FileReport,
  {
    thumbnailOf,
    addressOf,
    made = Date.now(),
  }: FileGroupsOptions & { readonly addressOf: (path: string) => string | undefined },
): string {
  let likenesses = 0;
  const drawn = ({ path, image }: PictureFile): Copy => {
    const [width, height] = shownSize(image);
    const { format, bytes, sha256, frames = 1 } = image;
    const pixels = likenesses < MOST_LIKENESSES ? thumbnailOf(sha256) : undefined;
    const src = pixels && thumbnailUrl(pixels, { width, height });
    if (src !== undefined) likenesses++;
    const href = addressOf(path);
    return {
      name: visible(path),
      urls: [],
      ...(src === undefined ? href !== undefined && { src: href } : { src, likeness: true }),
      ...(href !== undefined && { href }),
      ...{ format, width, height, bytes, frames },
    };
  };
  const sorted = groups.toSorted(
    (a, b) => b.duplicates.length - a.duplicates.length || freed(b) - freed(a) || a.group - b.group,
  );
  const shown = sorted.slice(0, MOST_GROUPS).map(
    ({ group, keep, duplicates }): DuplicateGroup => ({
      number: group,
      kept: drawn(keep),
      others: duplicates.slice(0, MOST_COPIES).map((file) => ({
        ...drawn(file),
        kind: file.image.sha256 === keep.image.sha256 ? 'exact' : 'near',
        distance: file.distance,
      })),
      left: Math.max(0, duplicates.length - MOST_COPIES),
    }),
  );
  const copies = groups.reduce((sum, { duplicates }) => sum + duplicates.length, 0);
  const bytes = groups.reduce((sum, group) => sum + freed(group), 0);
  const facts: [string, string][] = [
    ['Pictures', countText(pictures)],
    ['Groups', countText(groups.length)],
    ['Duplicates', countText(copies)],
    ['Bytes of duplicates', bytesText(bytes)],
    ['Files that show no picture', countText(unread.length)],
  ];
  const title = 'Duplicates among files';
  const body = html`<a class="skip" href="#duplicates">Skip to the duplicates</a>
<header>
<h1>${title}</h1>
<p class="note">Found on <time datetime="${new Date(made).toISOString()}">${dateText(made)}</time> by imgtrawl. In each group the copy to keep comes first. The groups with the most files come first, then those with the most bytes to spare.</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
<main>
${duplicatesSection(shown, Math.max(0, groups.length - MOST_GROUPS))}
${unread.length > 0 && unreadSection(unread)}
</main>`;
  return page({ title: `${title} – imgtrawl`, body, script: UPGRADE }).text;
}

const freed = ({ duplicates }: FileReport['groups'][number]): number =>
  duplicates.reduce((sum, { image }) => sum + image.bytes, 0);

function unreadSection(unread: readonly UnreadFile[]): Html {
  const left = unread.length - MOST_UNREAD;
  const rows = unread.slice(0, MOST_UNREAD).map(
    ({ path, code, message }) =>
      html`<tr><th scope="row" class="address"><bdi>${visible(path)}</bdi></th><td><code>${code}</code></td><td class="address"><bdi>${visible(message)}</bdi></td></tr>
`,
  );
  return html`<section id="unread" aria-labelledby="unread-title">
<h2 id="unread-title">Files that show no picture</h2>
<details><summary>${plural(unread.length, 'file')}</summary>
<div class="scroll"><table><thead><tr><th scope="col">File</th><th scope="col">Code</th><th scope="col">Why</th></tr></thead><tbody>
${rows}</tbody></table></div>
${left > 0 && html`<p>Another ${plural(left, 'file')} are left out here.</p>`}</details>
</section>`;
}
