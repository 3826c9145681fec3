/** The end of the way: what deduplication says of an image, and what the folder makes of it. */
import type { Options } from '../config/schema.ts';
import type { Deduper } from '../dedupe/mod.ts';
import type { Fetched, ImageRecord, Inspection } from '../model.ts';
import { freeBody } from './body.ts';
import type { Claim, Claims } from './claims.ts';
import type { Found } from './context.ts';
import type { EventStream } from './events.ts';
import type { Held } from './holdings.ts';
import type { Putting, Shelf } from './shelf.ts';
import { tooSmall } from './too-small.ts';

export interface Arrived {
  readonly fetched: Fetched;
  readonly inspection: Inspection;
  readonly about: Pick<ImageRecord, 'url' | 'page' | 'attempts' | 'ms'>;
  readonly found: Found;
  /** What the folder held of this address before. */
  readonly known: Held | undefined;
}

export interface KeepContext {
  readonly options: Options;
  /** Loads what earlier runs kept when it is first asked for. */
  readonly deduper: () => Deduper;
  readonly shelf: Shelf;
  readonly events: EventStream;
  readonly claims?: Claims;
}

export async function keepImage(arrived: Arrived, context: KeepContext): Promise<ImageRecord> {
  const { fetched, found } = arrived;
  const { shelf, options, claims } = context;
  let record = await decide(arrived, context);
  await freeBody(fetched);
  const settled = options.dedupe === 'off' || options.onDuplicate === 'keep' || claims;
  // In one turn with the record: who comes after finds this address in the catalog.
  while (!settled) {
    const overtaken = overtakenBy(record, shelf);
    if (overtaken === undefined) break;
    const { file: old, ...rest } = record;
    const file = await shelf.duplicates.linkDuplicate(record.url, fetched.sha256, old);
    record = { ...rest, ...(file !== undefined && { file }), ...overtaken };
  }
  shelf.record(record, { fetched, found });
  return record;
}

/** A better copy may have come between the saving, or the dropping, of an image and its report. */
function overtakenBy(
  { status, sha256, file, duplicateOf }: ImageRecord,
  shelf: Shelf,
): Pick<ImageRecord, 'status' | 'duplicateOf' | 'distance'> | undefined {
  if (sha256 === undefined || (status !== 'saved' && status !== 'duplicate')) return undefined;
  const kept = shelf.duplicates.keptFor(sha256);
  const told = status === 'saved' ? file : duplicateOf;
  if (kept.file === undefined || kept.file === told) return undefined;
  return { status: 'duplicate', duplicateOf: kept.file, distance: kept.distance };
}

async function decide(arrived: Arrived, context: KeepContext): Promise<ImageRecord> {
  const { fetched, inspection, about, known } = arrived;
  const { options, shelf } = context;
  const { sha256, bytes } = fetched;
  const { format, width, height, pdq, quality } = inspection;
  const facts = { sha256, bytes, inspection };
  const record = {
    ...about,
    ...{ sha256, format, width, height, bytes },
    ...(pdq !== undefined && { pdq }),
    ...(quality !== undefined && { quality }),
  };

  if (known?.record.sha256 === sha256) {
    const file = await shelf.duplicates.linkUnchanged(about.url, sha256);
    return {
      ...known.record,
      ...record,
      ...(file !== undefined && { file }),
      status: 'unchanged',
    };
  }
  const small = tooSmall(inspection, options);
  if (small !== undefined) {
    shelf.leaveOut(facts);
    return { ...record, status: 'filtered', error: { code: 'too-small', message: small } };
  }

  const deduper = context.deduper();
  // What the address held before gives way, unless another address gave the same.
  // What was claimed stays: other folders count on it.
  const outdated =
    context.claims === undefined
      ? known && shelf.soleFile(known.record.sha256, about.url)
      : undefined;
  if (outdated !== undefined) deduper.forget(outdated);
  const name = shelf.nameFor(about.url, format, sha256);
  const candidate = { ...inspection, sha256, bytes, name };
  let verdict = deduper.add(candidate);
  while (!verdict.keep) {
    await shelf.fileOf(verdict.of);
    // In one turn with the next `add`: of two copies that come at once, one is kept.
    if (!shelf.noticeLoss(verdict.of)) break;
    deduper.forget(verdict.of);
    verdict = deduper.add(candidate);
  }
  if (verdict.keep && context.claims !== undefined) {
    const { claims } = context;
    const claim = (path: string) => claims.claim(sha256, name, path);
    const held = await shelf.putClaimed(name, fetched, facts, claim).catch((error) => {
      deduper.forget(sha256);
      throw error;
    });
    if (held.mine) return { ...record, status: 'saved', file: held.file };
    deduper.forget(sha256);
    return keptElsewhere(about, fetched, held);
  }
  // Where every copy stays, a better one takes nobody's place.
  const replaces = options.onDuplicate === 'keep' ? [] : verdict.replaces;
  if (verdict.keep) {
    const move = replaces.some((old) => old.sha256 === sha256);
    const file = await putOrForget(about.url, arrived, { move, outdated }, context);
    for (const old of replaces) await replace(old, sha256, about.url, context);
    return { ...record, status: 'saved', file };
  }
  for (const old of replaces) await replace(old, verdict.of, about.url, context);
  const { of, distance } = verdict;
  if (options.onDuplicate === 'keep') {
    return {
      ...record,
      status: 'saved',
      file: await shelf.put(about.url, fetched, facts, { move: false, outdated }),
    };
  }
  if (outdated !== undefined) await shelf.remove(outdated);
  shelf.duplicates.drop(facts, verdict);
  const duplicateOf = (await shelf.fileOf(of)) ?? of;
  if (of === sha256 && duplicateOf === name && options.names === 'url') {
    // Its own file: the run that put it there was killed before it said so.
    return { ...record, status: 'saved', file: name };
  }
  // After that of `duplicateOf`, or a change in between would not be seen.
  const file = await shelf.duplicates.linkDuplicate(about.url, sha256);
  return {
    ...record,
    status: 'duplicate',
    ...(file !== undefined && { file }),
    duplicateOf,
    distance,
  };
}

/** The record of an address whose bytes another folder keeps. */
export function keptElsewhere(
  about: Pick<ImageRecord, 'url' | 'page' | 'attempts' | 'ms'>,
  { sha256, bytes }: Fetched,
  { file }: Claim,
): ImageRecord {
  return { ...about, status: 'duplicate', sha256, bytes, duplicateOf: file, distance: 0 };
}

/** An image that could not be saved must not stand in the way of another copy. */
async function putOrForget(
  url: string,
  { fetched, inspection }: Arrived,
  how: Putting,
  context: KeepContext,
): Promise<string> {
  const { sha256, bytes } = fetched;
  try {
    return await context.shelf.put(url, fetched, { sha256, bytes, inspection }, how);
  } catch (error) {
    context.deduper().forget(sha256);
    throw error;
  }
}

async function replace(
  old: { readonly sha256: string; readonly distance: number },
  by: string,
  url: string,
  { shelf, events }: KeepContext,
): Promise<void> {
  // The same bytes under a better name: `put` has moved the file.
  const demoted =
    old.sha256 === by ? shelf.duplicates.renamed(by, url) : shelf.duplicates.giveWay(old, by, url);
  for (const record of await demoted) {
    events.emit({ type: 'replaced', record });
  }
}
