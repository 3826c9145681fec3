/** `bytes 0-99/200`; positions are inclusive. */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
  /** Length of the whole body; undefined for `*`. */
  readonly total: number | undefined;
}

const RANGE = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)\s*$/i;
const UNSATISFIED = /^\s*bytes\s+\*\/(\d{1,15})\s*$/i;

/** Parses the Content-Range of a 206 (RFC 9110, 14.4). Undefined when it is malformed or contradicts itself. */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const match = value === undefined ? null : RANGE.exec(value);
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2]);
  const total = match[3] === undefined ? undefined : Number(match[3]);
  if (last < first || (total !== undefined && last >= total)) return undefined;
  return { first, last, total };
}

/** The length in the Content-Range of a 416 (an asterisk in the place of the positions). */
export function parseUnsatisfiedRange(value: string | undefined): number | undefined {
  const match = value === undefined ? null : UNSATISFIED.exec(value);
  return match ? Number(match[1]) : undefined;
}
