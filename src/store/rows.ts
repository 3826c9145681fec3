/** Rows of the catalog as the program sees them, and how they are told from SQLite's. Pure. */
import type { AddressSpace, ImageFormat, ImageStatus } from '../model.ts';

/** What was known of an address after it was last asked for. Times in ms since 1970. */
export interface AddressRow {
  readonly url: string;
  readonly page?: string;
  /** How public the document is that named it; absent when the user did. */
  readonly space?: AddressSpace;
  readonly alt?: string;
  readonly status: ImageStatus;
  readonly sha256?: string;
  /** Where it is not the image's: a second copy of the same bytes, or a link to what is kept for them. */
  readonly file?: string;
  /** Code. */
  readonly error?: string;
  readonly message?: string;
  readonly attempts: number;
  /** How long it took. */
  readonly ms: number;
  /** When the first request was sent. */
  readonly sent?: number;
  /** From there to the last byte. */
  readonly wireMs?: number;
  /** Status of the response. */
  readonly http?: number;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly contentType?: string;
  readonly run: number;
  readonly fetched: number;
}

/** Distinct bytes. */
export interface ImageRow {
  readonly sha256: string;
  /** Relative to the folder; absent when it is not on the disk. */
  readonly file?: string;
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly orientation?: number;
  readonly frames?: number;
  readonly bytes: number;
  readonly pdq?: string;
  readonly quality?: number;
  /** sha256 of the copy that was kept instead. */
  readonly kept?: string;
  readonly kind?: 'exact' | 'near';
  readonly distance?: number;
  readonly run: number;
}

/** A page or a style sheet. */
export interface PageRow {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly fetched: number;
  readonly sha256?: string;
  /** What it was read with: `found` holds for the same options only. */
  readonly signature?: string;
  /** JSON of what it was found to name. */
  readonly found?: string;
  readonly run: number;
}

export interface RunRow {
  readonly id: number;
  readonly started: number;
  readonly ended?: number;
  readonly command: string;
  readonly sources: readonly string[];
  readonly outcome?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

export const ADDRESS_COLUMNS = [
  'url',
  'digest',
  'page',
  'space',
  'alt',
  'status',
  'sha256',
  'file',
  'error',
  'message',
  'attempts',
  'ms',
  'sent',
  'wire_ms',
  'http',
  'etag',
  'last_modified',
  'content_type',
  'run',
  'fetched',
] as const;

/** All but the digest, which is for finding only, and too large for a number. */
export const STORED_COLUMNS = ADDRESS_COLUMNS.filter((column) => column !== 'digest');

export const IMAGE_COLUMNS = [
  'sha256',
  'file',
  'format',
  'width',
  'height',
  'orientation',
  'frames',
  'bytes',
  'pdq',
  'quality',
  'kept',
  'kind',
  'distance',
  'run',
] as const;

export const PAGE_COLUMNS = [
  'url',
  'etag',
  'last_modified',
  'fetched',
  'sha256',
  'signature',
  'found',
  'run',
] as const;

export type Cell = string | number | bigint | null | Uint8Array;
export type Cells = Record<string, Cell>;

/** Column names as keys, and absent instead of null. */
export function fromCells<Row>(cells: object): Row {
  const row: Record<string, unknown> = {};
  for (const column in cells) {
    const cell = (cells as Cells)[column];
    if (cell !== null) row[camel(column)] = cell;
  }
  return row as Row;
}

/** One cell for each of the columns, in their order. */
export function toCells(row: object, columns: readonly string[]): Cell[] {
  const values = row as Readonly<Record<string, Cell | undefined>>;
  return columns.map((column) => values[camel(column)] ?? null);
}

const camels = new Map<string, string>();

function camel(column: string): string {
  let name = camels.get(column);
  if (name === undefined) {
    name = column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    camels.set(column, name);
  }
  return name;
}

export function runFromCells(cells: Cells): RunRow {
  const { sources, counts, ...rest } = fromCells<RunRow & { sources: string; counts?: string }>(
    cells,
  );
  return {
    ...rest,
    sources: JSON.parse(sources),
    ...(counts !== undefined && { counts: JSON.parse(counts) }),
  };
}
