/** What came of each address, where several folders know of it. */
import type { AddressRow, Catalog } from '../store/mod.ts';
import type { Input } from './inputs.ts';

/** Copies the addresses; of several rows for one address the one that tells most. */
export function copyAddresses(inputs: readonly Input[], out: Catalog, run: number): number {
  let addresses = 0;
  for (const { catalog } of inputs) {
    for (const row of catalog.addresses()) {
      const { file: _file, ...rest } = row;
      const known = out.address(row.url);
      // A row of an earlier merge may tell of folders that are not merged this time.
      if (known?.run !== run) addresses++;
      else if (compareRows(known, row) <= 0) continue;
      out.recordAddress({ ...rest, run });
    }
  }
  return addresses;
}

/** The one to take first: a result before a failure, then the newer one. A total order. */
function compareRows(a: AddressRow, b: AddressRow): number {
  return (
    rankOf(b) - rankOf(a) || b.fetched - a.fetched || ((a.sha256 ?? '') < (b.sha256 ?? '') ? -1 : 1)
  );
}

function rankOf({ status, sha256 }: AddressRow): number {
  if (status === 'failed') return 0;
  return sha256 === undefined || status === 'filtered' ? 1 : 2;
}

/**
 * Says of each address what is so in the merged folder: of those that gave a kept image the first by
 * its text has saved it, the others gave duplicates. Returns the number of addresses whose image is
 * in none of the folders.
 */
export function settleAddresses(out: Catalog, run: number): number {
  for (const { sha256, file } of out.images()) {
    let first = file !== undefined;
    for (const row of out.addressesOf(sha256)) {
      if (row.status === 'filtered' || row.status === 'failed') continue;
      const status = first ? 'saved' : 'duplicate';
      first = false;
      if (row.status !== status) out.recordAddress({ ...row, status });
    }
  }
  let elsewhere = 0;
  for (const { sha256, run: of, status } of out.addresses()) {
    if (of !== run || sha256 === undefined || status === 'filtered') continue;
    if (out.imageBySha(sha256) === undefined) elsewhere++;
  }
  return elsewhere;
}
