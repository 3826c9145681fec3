/**
 * One error type for the whole program. Its code is stable (it appears in `--json`, in the catalog
 * and in the docs); the code's kind says what to do about it, so nobody decides that twice.
 */

/**
 * - `retry`: the same request may succeed later;
 * - `skip`: this image, page or row is lost, the run goes on;
 * - `abort`: the run cannot go on.
 */
export type ErrorKind = 'retry' | 'skip' | 'abort';

interface CodeEntry {
  readonly kind: ErrorKind;
  /** What happened, for people. */
  readonly meaning: string;
  /** What the user can do about it. */
  readonly advice: string;
  /** Exit code of a run that this error ended. Only for `abort`. */
  readonly exit?: 1 | 2 | 3 | 4 | 130;
}

/** Every code the program can report. The docs' troubleshooting page is made from this table. */
export const ERROR_CODES = {
  // Wrong usage
  usage: {
    kind: 'abort',
    exit: 2,
    meaning: 'The command line is wrong.',
    advice: 'See imgtrawl --help.',
  },
  'invalid-url': {
    kind: 'abort',
    exit: 2,
    meaning: 'A source is not a usable address.',
    advice: 'Give an http(s) address, a file or a glob.',
  },
  config: {
    kind: 'abort',
    exit: 2,
    meaning: 'The config file is wrong.',
    advice: 'Run imgtrawl config check.',
  },
  'too-many-files': {
    kind: 'abort',
    exit: 1,
    meaning: 'The system lets this program open no more files.',
    advice: 'Raise the limit (ulimit -n), or lower --concurrency.',
  },
  'output-not-writable': {
    kind: 'abort',
    exit: 2,
    meaning: 'The output folder cannot be written.',
    advice: 'Choose another folder with -o or change its permissions.',
  },
  'output-not-a-folder': {
    kind: 'abort',
    exit: 2,
    meaning: 'The output path is a file.',
    advice: 'Choose another folder with -o.',
  },
  locked: {
    kind: 'abort',
    exit: 4,
    meaning: 'Another run holds the output folder.',
    advice: 'Wait for it to end, or use --wait.',
  },
  catalog: {
    kind: 'abort',
    exit: 2,
    meaning: 'The catalog of the output folder is damaged or from a newer version.',
    advice: 'Run imgtrawl verify --repair on the folder.',
  },
  'disk-full': {
    kind: 'abort',
    exit: 1,
    meaning: 'There is no space left on the disk.',
    advice: 'Free some space and run again; what was saved is kept.',
  },
  'run-limit': {
    kind: 'abort',
    exit: 1,
    meaning: 'A limit of the whole run was reached (--max-total-bytes or --max-time).',
    advice: 'Run again to go on, or raise the limit.',
  },
  interrupted: {
    kind: 'abort',
    exit: 130,
    meaning: 'The run was interrupted.',
    advice: 'Run again to go on; what was saved is kept.',
  },
  queue: {
    kind: 'abort',
    exit: 3,
    meaning: 'The queue cannot be reached, or refused what was asked.',
    advice: 'Check the address, the credentials and that JetStream is enabled.',
  },
  'bucket-refused': {
    kind: 'abort',
    exit: 2,
    meaning: 'The bucket refused an object.',
    advice: 'Check --s3, --s3-region, --s3-endpoint, the credentials and their rights.',
  },
  'bucket-unreachable': {
    kind: 'abort',
    exit: 3,
    meaning: 'The bucket cannot be reached, or was too busy for too long.',
    advice: 'Check --s3-endpoint, or run again later; what was not done goes to others.',
  },
  'bad-shard': {
    kind: 'skip',
    meaning: 'A message of the queue is no shard that this version understands.',
    advice: 'Use the same version of imgtrawl on all machines.',
  },
  'source-unreadable': {
    kind: 'skip',
    meaning: 'A source could not be read or understood.',
    advice: 'Check that the file exists and is a page, a list or a manifest.',
  },
  'no-images': {
    kind: 'skip',
    meaning: 'No image address was found in any source.',
    advice: 'Try --from all, or check that the page shows images without scripts.',
  },
  'bad-row': {
    kind: 'skip',
    meaning: 'A row of a manifest could not be understood.',
    advice: 'Correct the row that is named; the others were read.',
  },
  // Network
  dns: {
    kind: 'retry',
    meaning: 'The host name could not be resolved.',
    advice: 'Check the spelling of the host and the network.',
  },
  connect: {
    kind: 'retry',
    meaning: 'The connection failed.',
    advice: 'Check that the server runs and is reachable.',
  },
  tls: {
    kind: 'skip',
    meaning: 'The TLS certificate or handshake is not acceptable.',
    advice: 'Use --ca for a private authority.',
  },
  timeout: {
    kind: 'retry',
    meaning: 'The server did not connect, answer or send on within the time limit.',
    advice: 'Raise --timeout.',
  },
  reset: {
    kind: 'retry',
    meaning: 'The connection was closed before the answer was complete.',
    advice: 'Run again later.',
  },
  'short-body': {
    kind: 'retry',
    meaning: 'Fewer bytes arrived than were announced.',
    advice: 'Run again later; what arrived is continued.',
  },
  'http-status': {
    kind: 'skip',
    meaning: 'The server refused the request.',
    advice: 'Check the address; some sites need --header or --cookies.',
  },
  'http-busy': {
    kind: 'retry',
    meaning: 'The server asked to come back later (408, 425, 429, 5xx).',
    advice: 'Lower --per-host or raise --max-wait.',
  },
  'bad-response': {
    kind: 'skip',
    meaning: 'The answer breaks HTTP (headers, encoding, range).',
    advice: 'The server is at fault.',
  },
  'redirect-loop': {
    kind: 'skip',
    meaning: 'Too many redirects, or a loop.',
    advice: 'Check the address; some sites need --cookies.',
  },
  'redirect-scheme': {
    kind: 'skip',
    meaning: 'A redirect led to an address that is not http or https.',
    advice: 'Check the address.',
  },
  'blocked-address': {
    kind: 'skip',
    meaning: 'A public document named an address in a private network.',
    advice: 'Use --allow-private if you trust the source.',
  },
  robots: {
    kind: 'skip',
    meaning: 'The site asks robots not to fetch this.',
    advice: 'Use --no-robots if you have permission.',
  },
  'wait-too-long': {
    kind: 'skip',
    meaning: 'The server asked for a longer wait than --max-wait.',
    advice: 'Run again later, or raise --max-wait.',
  },
  'too-large': {
    kind: 'skip',
    meaning: 'The body is larger than the limit.',
    advice: 'Raise --max-bytes (images) or --max-page-bytes (pages).',
  },
  // Content
  'empty-body': {
    kind: 'retry',
    meaning: 'The server sent no bytes.',
    advice: 'Run again later.',
  },
  'not-an-image': {
    kind: 'skip',
    meaning: 'What arrived is no image.',
    advice: 'Open the address in a browser; it may be an error page.',
  },
  truncated: {
    kind: 'retry',
    meaning: 'The image ends before its own end.',
    advice: 'Run again later, or use --keep-damaged.',
  },
  damaged: {
    kind: 'skip',
    meaning: 'The image cannot be decoded.',
    advice: 'The file is broken at its source; see --keep-damaged.',
  },
  'too-many-pixels': {
    kind: 'skip',
    meaning: 'The image has more pixels than --max-pixels.',
    advice: 'Raise --max-pixels if you trust the source.',
  },
  'decode-timeout': {
    kind: 'skip',
    meaning: 'Decoding took longer than --decode-timeout.',
    advice: 'Raise --decode-timeout.',
  },
  'decode-crash': {
    kind: 'skip',
    meaning: 'The decoder crashed on this image; only this image is lost.',
    advice: 'Report the image.',
  },
  'decoder-start': {
    kind: 'abort',
    exit: 1,
    meaning: 'No decoder can be started on this machine.',
    advice: 'Give it more memory, or try --workers 1.',
  },
  internal: {
    kind: 'abort',
    exit: 1,
    meaning: 'A fault of imgtrawl itself.',
    advice: 'Report it with the output of -v.',
  },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface TrawlErrorOptions {
  readonly cause?: unknown;
  /** HTTP status that led here. */
  readonly status?: number;
  /** Milliseconds the server asked to wait before the next try. */
  readonly retryAfterMs?: number;
}

/** An error a user can act on. `message` names what and where; it never holds credentials. */
export class TrawlError extends Error {
  override readonly name = 'TrawlError';
  readonly code: ErrorCode;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** How often the request was tried, where it was. Set by who retried. */
  attempts = 0;

  constructor(code: ErrorCode, message: string, options: TrawlErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }

  get exitCode(): number {
    return (ERROR_CODES[this.code] as CodeEntry).exit ?? 1;
  }
}

/** Wraps whatever was thrown, so that callers handle one type. */
export function toTrawlError(error: unknown, code: ErrorCode = 'internal'): TrawlError {
  if (error instanceof TrawlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TrawlError(code, message, { cause: error });
}
