/** Reads a catalog through and puts together what a report tells. */
import { ERROR_CODES } from '../errors.ts';
import type { ImageRecord, ImageStatus } from '../model.ts';
import { type AddressRow, type Catalog, type ImageRow, recordOf } from '../store/mod.ts';
import type { FailureGroup, HostRow, Item, ReportData } from './data.ts';
import { duplicateGroups } from './duplicate-groups.ts';
import { srcOf } from './src-of.ts';
import { TimelineRows } from './timeline-rows.ts';

export interface CollectOptions {
  /** Name of the folder. */
  readonly title: string;
  /** Address of the folder relative to the report, with a slash at its end. */
  readonly base: string;
  /** Most addresses in the gallery. Default 50,000: some 15 MB of the report. */
  readonly mostItems?: number;
  /** ms since 1970. Default: now. */
  readonly made?: number;
}

/** Rows of a table; what is beyond is counted. */
const MOST_FAILURES = 500;
const MOST_HOSTS = 1000;
const MOST_RUNS = 10;

export function collect(catalog: Catalog, options: CollectOptions): ReportData {
  const { title, base, mostItems = 50_000, made = Date.now() } = options;
  const counts: Record<ImageStatus, number> = {
    saved: 0,
    unchanged: 0,
    duplicate: 0,
    filtered: 0,
    failed: 0,
  };
  const items: Item[] = [];
  const failures = new Map<string, Failed>();
  const hosts = new Map<string, HostTally>();
  const timeline = new TimelineRows();
  /** Bytes that also came from an address which has no file for them. */
  const shared = new Set<string>();
  let addresses = 0;
  for (const row of catalog.addresses()) {
    addresses++;
    const image = row.sha256 === undefined ? undefined : catalog.imageBySha(row.sha256);
    const kept = image?.kept === undefined ? undefined : catalog.imageBySha(image.kept);
    const record = recordOf(row, image, kept);
    counts[record.status]++;
    const item = itemOf(record, row, base);
    if (items.length < mostItems) items.push(item);
    if (record.status === 'failed') addFailure(failures, record);
    if (record.status === 'duplicate' && image?.file !== undefined) shared.add(image.sha256);
    addToHost(hosts, item, row, image);
    timeline.add(row);
  }
  const { groups, left } = duplicateGroups(catalog, shared, base);
  const { files, bytes } = catalog.counts();
  const runs = [...catalog.runs()];
  const hostRows = [...hosts].map(([host, tally]) => hostRow(host, tally));
  hostRows.sort((a, b) => b.addresses - a.addresses || (a.host < b.host ? -1 : 1));
  return {
    ...{ title, made, counts, files, bytes, items },
    runs: runs.slice(-MOST_RUNS),
    itemsLeft: addresses - items.length,
    groups,
    groupsLeft: left,
    failures: failureGroups(failures),
    hosts: hostRows.slice(0, MOST_HOSTS),
    hostsLeft: Math.max(0, hostRows.length - MOST_HOSTS),
    timeline: timeline.result(runs),
  };
}

function itemOf(record: ImageRecord, row: AddressRow, base: string): Item {
  const { url, page, status, file, format, width, height, bytes, duplicateOf, distance, error } =
    record;
  return {
    ...{ url, status, host: hostOf(url) },
    ...(page !== undefined && { page }),
    ...(row.alt !== undefined && { alt: row.alt }),
    ...(file !== undefined && { file, src: srcOf(base, file) }),
    ...(format !== undefined && { format }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(bytes !== undefined && { bytes }),
    ...(duplicateOf !== undefined && { duplicateOf }),
    ...(distance !== undefined && { distance }),
    ...(error && { error: error.code, message: error.message }),
  };
}

/** Name and port; `data:` and the like for addresses without a host. */
function hostOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed?.host || parsed?.protocol || 'local files';
}

interface Failed {
  count: number;
  readonly rows: { url: string; page?: string; message: string; attempts: number }[];
}

function addFailure(failures: Map<string, Failed>, record: ImageRecord): void {
  const { url, page, error, attempts } = record;
  const code = error?.code ?? 'internal';
  const failed = failures.get(code) ?? { count: 0, rows: [] };
  failures.set(code, failed);
  failed.count++;
  if (failed.rows.length >= MOST_FAILURES) return;
  const message = error?.message ?? '';
  failed.rows.push({ url, message, attempts, ...(page !== undefined && { page }) });
}

function failureGroups(failures: ReadonlyMap<string, Failed>): FailureGroup[] {
  const groups = [...failures].map(([code, { count, rows }]) => {
    const known = Object.hasOwn(ERROR_CODES, code);
    const { meaning, advice } = known
      ? ERROR_CODES[code as keyof typeof ERROR_CODES]
      : { meaning: 'A failure that this version does not know.', advice: '' };
    return { code, meaning, advice, count, rows };
  });
  return groups.sort((a, b) => b.count - a.count);
}

interface HostTally {
  readonly counts: Record<ImageStatus, number>;
  bytes: number;
  readonly times: number[];
}

function addToHost(
  hosts: Map<string, HostTally>,
  { host, status }: Item,
  row: AddressRow,
  image: ImageRow | undefined,
): void {
  let tally = hosts.get(host);
  if (!tally) {
    const counts = { saved: 0, unchanged: 0, duplicate: 0, filtered: 0, failed: 0 };
    tally = { counts, bytes: 0, times: [] };
    hosts.set(host, tally);
  }
  tally.counts[status]++;
  if (status !== 'failed') tally.bytes += image?.bytes ?? 0;
  if (row.attempts > 0) tally.times.push(row.wireMs ?? row.ms);
}

function hostRow(host: string, { counts, bytes, times }: HostTally): HostRow {
  const { saved, unchanged, duplicate, filtered, failed } = counts;
  times.sort((a, b) => a - b);
  const medianMs = times[Math.floor(times.length / 2)];
  return {
    host,
    addresses: saved + unchanged + duplicate + filtered + failed,
    saved: saved + unchanged,
    duplicates: duplicate,
    ...{ filtered, failed, bytes },
    ...(medianMs !== undefined && { medianMs }),
  };
}
