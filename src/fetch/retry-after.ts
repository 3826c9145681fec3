/** Retry-After (RFC 9110 10.2.3): seconds, or a date in one of the three forms of HTTP (5.6.7). */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const TIME = String.raw`(?<h>\d\d):(?<m>\d\d):(?<s>\d\d)`;
const FORMS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(
    `^(?:sun|mon|tue|wed|thu|fri|sat), (?<day>\\d\\d) (?<mon>[a-z]{3}) (?<year>\\d{4}) ${TIME} gmt$`,
    'i',
  ),
  // Sunday, 06-Nov-94 08:49:37 GMT (RFC 850)
  new RegExp(
    `^(?:sun|mon|tues|wednes|thurs|fri|satur)day, (?<day>\\d\\d)-(?<mon>[a-z]{3})-(?<year>\\d\\d) ${TIME} gmt$`,
    'i',
  ),
  // Sun Nov  6 08:49:37 1994 (asctime)
  new RegExp(
    `^(?:sun|mon|tue|wed|thu|fri|sat) (?<mon>[a-z]{3}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`,
    'i',
  ),
];

/**
 * Milliseconds to wait, 0 for a date that has passed; undefined for anything else, so that a
 * server's nonsense is no request to wait.
 *
 * @param nowEpochMs wall clock, because dates are
 */
export function parseRetryAfter(value: string, nowEpochMs: number): number | undefined {
  const text = value.trim();
  // Larger numbers of seconds than this are no longer exact; nobody waits that long either way.
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(text, nowEpochMs);
  return date === undefined ? undefined : Math.max(0, date - nowEpochMs);
}

/**
 * Milliseconds since 1970. The day of the week is not compared with the date.
 *
 * @param nowEpochMs decides the century of two-digit years
 */
export function parseHttpDate(text: string, nowEpochMs: number): number | undefined {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const month = MONTHS.indexOf(parts.mon!.toLowerCase());
    const [day, h, m, s] = [parts.day, parts.h, parts.m, parts.s].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const year = fullYear(parts.year!, nowEpochMs);
    // 60 is a leap second.
    if (month === -1 || h > 23 || m > 59 || s > 60) return undefined;
    const midnight = new Date(0);
    midnight.setUTCFullYear(year, month, day);
    if (midnight.getUTCMonth() !== month || midnight.getUTCDate() !== day) return undefined;
    return midnight.getTime() + ((h * 60 + m) * 60 + s) * 1000;
  }
  return undefined;
}

/** RFC 9110 5.6.7: two digits that seem more than 50 years ahead are in the past. */
function fullYear(digits: string, nowEpochMs: number): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  const now = new Date(nowEpochMs).getUTCFullYear();
  const candidate = now - (now % 100) + year;
  return candidate > now + 50 ? candidate - 100 : candidate;
}
