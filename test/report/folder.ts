/** Output folders with a catalog, made without a run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { THUMBNAIL_BYTES } from '../../src/inspect/thumbnail.ts';
import { type AddressRow, Catalog, type ImageRow, makeFolder } from '../../src/store/mod.ts';

/** A grey PNG of 4 × 3 pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAAAAACRn/EaAAAAD0lEQVR4nGNITk5OZoATACLdBKX5LqufAAAAAElFTkSuQmCC',
  'base64',
);

export interface Given {
  readonly url: string;
  readonly file?: string;
  readonly status?: AddressRow['status'];
  readonly row?: Partial<AddressRow>;
  readonly image?: Partial<ImageRow>;
  /** Number of the image (from 0) that was kept instead of this one. */
  readonly near?: number;
}

export const shaOf = (at: number): string => at.toString(16).padStart(64, '0');

/** Path of a new folder that holds these; removed after the test. */
export function folderWith(
  list: Iterable<Given>,
  run = { started: 1_000_000, ended: 1_002_000 },
): string {
  const root = mkdtempSync(join(tmpdir(), 'imgtrawl-report-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const { catalog: file } = makeFolder(root);
  using catalog = Catalog.open(file);
  const id = catalog.beginRun({ command: 'get', sources: ['https://a.test/'] }, run.started);
  let at = 0;
  for (const given of list) {
    add(catalog, root, at, id, given);
    at++;
  }
  catalog.endRun(id, 'done', {}, run.ended);
  return root;
}

function add(catalog: Catalog, root: string, at: number, run: number, given: Given): void {
  const { url, file, status = 'saved', row, image, near } = given;
  const sha256 = shaOf(at);
  if (status !== 'failed') {
    if (file !== undefined) writeFileSync(join(root, file), PNG);
    const dropped = { kept: shaOf(near ?? 0), kind: 'near' as const, distance: 12 };
    catalog.recordImage(
      {
        ...{ sha256, format: 'png', width: 4, height: 3, bytes: PNG.length, run },
        ...(file !== undefined && { file }),
        ...(near !== undefined && dropped),
        ...image,
      },
      new Uint8Array(THUMBNAIL_BYTES).fill(128),
    );
  }
  catalog.recordAddress({
    ...{ url, status, attempts: 1, ms: 500, run, fetched: 1_001_000 },
    ...(status !== 'failed' && { sha256 }),
    ...row,
  });
}
