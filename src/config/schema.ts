/**
 * Every option once. Flags, help, the config file, its JSON Schema, environment variables and the
 * reference in docs/ are all made from this table; an option without a description does not compile.
 */
import * as z from 'zod';
import { LOG_LEVELS } from '../monitor/levels.ts';
import { positive, seconds, size, webUrl, whole } from './units.ts';
import { bool, list, oneOf, optional, type Value, withDefault } from './value.ts';

/** Headings under which `--help` and the reference list the options. */
export type Group = 'Output' | 'What to take' | 'Network' | 'Images' | 'Sources' | 'Run' | 'Queue';

export type CommandName =
  | 'get'
  | 'list'
  | 'hash'
  | 'dedupe'
  | 'verify'
  | 'enqueue'
  | 'worker'
  | 'merge'
  | 'queue';

interface Option<Out> {
  readonly takes: Value<Out>;
  /** One line for `--help`, with the unit. */
  readonly describe: string;
  readonly group: Group;
  /** Commands that take it. */
  readonly on: readonly CommandName[];
  /** One-letter flag. */
  readonly alias?: string;
  /** Only a flag: makes no sense in a file of jobs. */
  readonly flagOnly?: true;
  /** A file or folder; in a config file it is relative to that. */
  readonly path?: true;
  /** Name of the value in help. */
  readonly value?: string;
}

const option = <Out>(takes: Value<Out>, about: Omit<Option<Out>, 'takes'>) => ({ takes, ...about });

const text = () => z.string();
const filled = () => z.string().min(1);
const part = () => z.string().regex(/^\d{1,6}\/\d{1,6}$/, 'expected i/N such as 2/8');

const GET = ['get', 'worker'] as const;
const FIND = ['get', 'list', 'enqueue', 'worker'] as const;
const INSPECT = ['get', 'hash', 'dedupe', 'verify', 'worker'] as const;
const ALL = [
  'get',
  'list',
  'hash',
  'dedupe',
  'verify',
  'enqueue',
  'worker',
  'merge',
  'queue',
] as const;
/** Sources are read by these. */
const READ = ['get', 'list', 'enqueue'] as const;
const QUEUE = ['enqueue', 'worker', 'queue'] as const;

export const OPTIONS = {
  // Output
  out: option(withDefault(filled, 'images'), {
    describe: 'Folder for the images',
    group: 'Output',
    on: ['get', 'worker', 'merge'],
    alias: 'o',
    path: true,
    value: 'DIR',
  }),
  names: option(oneOf(['url', 'sha256'], 'url'), {
    describe: "File names from the address's last segment, or from the content's SHA-256",
    group: 'Output',
    on: ['get'],
  }),
  order: option(oneOf(['completed', 'submitted'], 'completed'), {
    describe: 'Report images as they finish, or in the order in which they were found',
    group: 'Output',
    on: ['get'],
  }),
  json: option(bool(false), {
    describe: 'JSON lines on standard output, and nothing else there',
    group: 'Output',
    on: ALL,
    flagOnly: true,
  }),
  quiet: option(bool(false), {
    describe: 'Print failures only',
    group: 'Output',
    on: ALL,
    alias: 'q',
  }),
  verbose: option(bool(false), {
    describe: 'Say more: requests, retries, workers',
    group: 'Output',
    on: ALL,
    alias: 'v',
  }),
  progress: option(bool(true), {
    describe: 'Show on a terminal how far the run is (--no-progress: do not)',
    group: 'Output',
    on: ['get'],
  }),
  all: option(bool(false), {
    describe: 'List every candidate of each image, not only the chosen one',
    group: 'Output',
    on: ['list'],
    flagOnly: true,
  }),

  refresh: option(bool(false), {
    describe: 'Ask for everything anew, as if nothing were known of it',
    group: 'Run',
    on: GET,
  }),
  maxAge: option(optional(seconds), {
    describe: 'Do not ask again for so long where the server gives no validators (12h, 7d)',
    group: 'Run',
    on: GET,
    value: 'TIME',
  }),
  retryFailed: option(bool(false), {
    describe: 'Only the images that failed when they were last asked for',
    group: 'Run',
    on: ['get'],
  }),
  prune: option(bool(false), {
    describe: 'Remove images that the sources no longer name (asks, or needs --yes)',
    group: 'Run',
    on: ['get'],
  }),
  yes: option(bool(false), {
    describe: 'Do not ask before removing anything',
    group: 'Run',
    on: ['get', 'dedupe'],
    flagOnly: true,
  }),
  logFile: option(optional(filled), {
    describe: 'Keep a log, JSON lines; at 10 MB it becomes FILE.1, and five old ones are kept',
    group: 'Run',
    on: ['get'],
    path: true,
    value: 'FILE',
  }),
  logLevel: option(oneOf(LOG_LEVELS, 'info'), {
    describe: 'Least important lines of the log file',
    group: 'Run',
    on: ['get'],
  }),
  metricsFile: option(optional(filled), {
    describe: "Metrics of the last run of each job for Prometheus' textfile collector (NAME.prom)",
    group: 'Run',
    on: ['get'],
    path: true,
    value: 'FILE',
  }),
  ping: option(optional(webUrl), {
    describe: 'Health check to tell of the start (URL/start), success (URL) and failure (URL/fail)',
    group: 'Run',
    on: ['get'],
    value: 'URL',
  }),
  report: option(bool(false), {
    describe: 'Write an HTML report to .imgtrawl/report.html in the folder when the run ends',
    group: 'Run',
    on: GET,
  }),
  trace: option(optional(filled), {
    describe: 'Write a trace of the run (requests, workers, files) that ui.perfetto.dev opens',
    group: 'Run',
    on: GET,
    flagOnly: true,
    value: 'FILE',
  }),
  wait: option(bool(false), {
    describe: 'Wait for another run that holds the folder, instead of ending with 4',
    group: 'Run',
    on: ['get', 'worker', 'merge'],
  }),

  // What to take
  from: option(list(), {
    describe: 'Kinds of places: content, links, meta, css, icons, all (default: all but icons)',
    group: 'What to take',
    on: FIND,
    value: 'KIND',
  }),
  include: option(list(), {
    describe: 'Only addresses that match this glob or /regex/ (repeatable)',
    group: 'What to take',
    on: FIND,
    value: 'PATTERN',
  }),
  exclude: option(list(), {
    describe: 'No addresses that match this glob or /regex/ (repeatable)',
    group: 'What to take',
    on: FIND,
    value: 'PATTERN',
  }),
  selector: option(optional(text), {
    describe: 'Only the part of a page that this CSS selector matches',
    group: 'What to take',
    on: FIND,
    value: 'CSS',
  }),
  css: option(bool(true), {
    describe: 'Read linked style sheets for images (--no-css: do not fetch them)',
    group: 'What to take',
    on: FIND,
  }),
  dataUrls: option(bool(false), {
    describe: 'Take images that are embedded as data: addresses, too',
    group: 'What to take',
    on: FIND,
  }),
  upgrade: option(bool(false), {
    describe: "Try the original's address first where a known site names a resized copy",
    group: 'What to take',
    on: FIND,
  }),
  preferType: option(list(), {
    describe: 'Preferred MIME types among equals, best first (repeatable)',
    group: 'What to take',
    on: FIND,
    value: 'TYPE',
  }),
  minWidth: option(withDefault(whole(0), 0), {
    describe: 'Leave out images narrower than this, in pixels',
    group: 'What to take',
    on: GET,
    value: 'PX',
  }),
  minHeight: option(withDefault(whole(0), 0), {
    describe: 'Leave out images lower than this, in pixels',
    group: 'What to take',
    on: GET,
    value: 'PX',
  }),
  maxBytes: option(withDefault(size, 200e6), {
    describe: 'Refuse images larger than this, in bytes (20MB, 1GiB)',
    group: 'What to take',
    on: GET,
    value: 'SIZE',
  }),

  // Sources
  baseUrl: option(optional(webUrl), {
    describe: 'Address that local HTML files and manifests came from',
    group: 'Sources',
    on: READ,
    value: 'URL',
  }),
  inputFormat: option(
    oneOf(
      [
        'auto',
        'html',
        'image',
        'list',
        'json',
        'jsonl',
        'csv',
        'tsv',
        'sitemap',
        'sitemap-index',
        'rss',
        'atom',
        'json-feed',
        'iiif',
        'har',
        'markdown',
      ],
      'auto',
    ),
    {
      describe: 'Format of the sources, when recognising it by content is wrong',
      group: 'Sources',
      on: READ,
    },
  ),
  urlKey: option(optional(text), {
    describe: 'Key of the address in JSON manifests (default: the usual names)',
    group: 'Sources',
    on: READ,
    value: 'KEY',
  }),
  urlColumn: option(optional(text), {
    describe: 'Column of the address in CSV and TSV manifests (default: the usual names)',
    group: 'Sources',
    on: READ,
    value: 'NAME',
  }),
  depth: option(withDefault(whole(0), 0), {
    describe: 'Follow links to pages this many steps away',
    group: 'Sources',
    on: FIND,
    value: 'N',
  }),
  scope: option(oneOf(['page', 'path', 'host', 'domain', 'any'], 'host'), {
    describe: 'Which linked pages --depth may follow',
    group: 'Sources',
    on: FIND,
  }),
  maxPages: option(withDefault(whole(1), 1000), {
    describe: 'Read at most this many pages in a crawl',
    group: 'Sources',
    on: FIND,
    value: 'N',
  }),
  sitemap: option(bool(false), {
    describe: "Find and read the host's own sitemaps, too",
    group: 'Sources',
    on: READ,
  }),

  shard: option(optional(part), {
    describe: 'Only what is in part i of N, by registrable domain, of what the sources list (2/8)',
    group: 'Sources',
    on: READ,
    value: 'i/N',
  }),

  // Queue
  queue: option(optional(text), {
    describe: 'Queue: nats://HOST[:PORT][,HOST..]/NAME, or tls:// with TLS',
    group: 'Queue',
    on: QUEUE,
    value: 'ADDRESS',
  }),
  natsCreds: option(optional(text), {
    describe: 'Credentials file of NATS (a JWT and its key, or the seed of a key alone)',
    group: 'Queue',
    on: QUEUE,
    path: true,
    value: 'FILE',
  }),
  natsTokenFile: option(optional(text), {
    describe: 'File that holds the token for NATS (or NATS_TOKEN, or NATS_USER and NATS_PASSWORD)',
    group: 'Queue',
    on: QUEUE,
    path: true,
    value: 'FILE',
  }),
  natsCa: option(optional(text), {
    describe: 'PEM file of the authority that signed the certificate of NATS',
    group: 'Queue',
    on: QUEUE,
    path: true,
    value: 'FILE',
  }),
  natsCert: option(optional(text), {
    describe: 'PEM file of our own certificate for NATS',
    group: 'Queue',
    on: QUEUE,
    path: true,
    value: 'FILE',
  }),
  natsKey: option(optional(text), {
    describe: 'PEM file of the key of --nats-cert',
    group: 'Queue',
    on: QUEUE,
    path: true,
    value: 'FILE',
  }),
  shardSize: option(withDefault(whole(1), 1000), {
    describe: 'Addresses in one message of the queue',
    group: 'Queue',
    on: ['enqueue'],
    value: 'N',
  }),
  buckets: option(withDefault(whole(1, 16_384), 256), {
    describe: 'Parts by domain, each on one worker at a time; fixed when the queue is made',
    group: 'Queue',
    on: ['enqueue'],
    value: 'N',
  }),
  replicas: option(withDefault(whole(1, 5), 1), {
    describe: 'Servers that keep a copy of the queue (3 in a cluster); fixed when it is made',
    group: 'Queue',
    on: ['enqueue'],
    value: 'N',
  }),
  ackWait: option(withDefault(seconds, 60), {
    describe:
      'A worker silent for so long has lost its shard, in seconds; fixed when the queue is made',
    group: 'Queue',
    on: ['enqueue'],
    value: 'TIME',
  }),
  maxDeliver: option(withDefault(whole(1), 3), {
    describe: 'A shard that so many workers did not end is put aside with its reasons',
    group: 'Queue',
    on: ['worker'],
    value: 'N',
  }),
  drain: option(bool(false), {
    describe: 'End when the queue is empty, instead of waiting for more',
    group: 'Queue',
    on: ['worker'],
  }),
  s3: option(optional(filled), {
    describe: 'Put each image into this bucket as well, unless it is there: s3://BUCKET[/PREFIX]',
    group: 'Queue',
    on: ['worker'],
    value: 'ADDRESS',
  }),
  s3Endpoint: option(optional(filled), {
    describe: 'Server of the bucket (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; default: that of AWS)',
    group: 'Queue',
    on: ['worker'],
    value: 'URL',
  }),
  s3Region: option(optional(filled), {
    describe: 'Region of the bucket (AWS_REGION, AWS_DEFAULT_REGION; default: us-east-1)',
    group: 'Queue',
    on: ['worker'],
    value: 'NAME',
  }),
  shardsAtOnce: option(withDefault(whole(1), 8), {
    describe: 'Shards worked on at the same time',
    group: 'Queue',
    on: ['worker'],
    value: 'N',
  }),

  // Network
  concurrency: option(
    withDefault(() => z.union([z.literal('auto'), whole(1)()]), 'auto'),
    {
      describe: 'Requests in flight in all; auto adapts to each host',
      group: 'Network',
      on: FIND,
      alias: 'j',
      value: 'N',
    },
  ),
  perHost: option(optional(whole(1)), {
    describe: 'Requests in flight to one host (8; with -j auto as many as the host answers well)',
    group: 'Network',
    on: FIND,
    value: 'N',
  }),
  delay: option(withDefault(seconds, 0), {
    describe: 'Least time between two requests to one host, in seconds',
    group: 'Network',
    on: FIND,
    value: 'TIME',
  }),
  rate: option(optional(positive), {
    describe: 'Most requests a second to one host',
    group: 'Network',
    on: FIND,
    value: 'N',
  }),
  bandwidth: option(optional(size), {
    describe: 'Most bytes a second in all (2MB)',
    group: 'Network',
    on: FIND,
    value: 'SIZE',
  }),
  retries: option(withDefault(whole(0), 3), {
    describe: 'Further tries after a failure that may pass',
    group: 'Network',
    on: FIND,
    value: 'N',
  }),
  timeout: option(withDefault(seconds, 30), {
    describe: 'Longest wait to connect, for an answer, and between two pieces of it, in seconds',
    group: 'Network',
    on: FIND,
    value: 'TIME',
  }),
  maxWait: option(withDefault(seconds, 120), {
    describe: 'Longest wait that a server may ask for (Retry-After), in seconds',
    group: 'Network',
    on: FIND,
    value: 'TIME',
  }),
  maxPageBytes: option(withDefault(size, 20e6), {
    describe: 'Refuse pages and style sheets larger than this, in bytes',
    group: 'Network',
    on: FIND,
    value: 'SIZE',
  }),
  maxTotalBytes: option(optional(size), {
    describe: 'End the run after this many bytes',
    group: 'Network',
    on: ['get'],
    value: 'SIZE',
  }),
  maxTime: option(optional(seconds), {
    describe: 'End the run after this time, in seconds',
    group: 'Network',
    on: ['get'],
    value: 'TIME',
  }),
  robots: option(bool(true), {
    describe: 'Respect robots.txt and robots tags (--no-robots: do not)',
    group: 'Network',
    on: FIND,
  }),
  userAgent: option(optional(text), {
    describe: 'User-Agent to send instead of our own',
    group: 'Network',
    on: FIND,
    value: 'TEXT',
  }),
  header: option(list(), {
    describe: 'Further request header, "Name: value" (repeatable)',
    group: 'Network',
    on: FIND,
    value: 'LINE',
  }),
  cookies: option(optional(text), {
    describe: 'Netscape cookie file to send cookies from',
    group: 'Network',
    on: FIND,
    path: true,
    value: 'FILE',
  }),
  netrc: option(bool(false), {
    describe: 'Send user names and passwords from ~/.netrc',
    group: 'Network',
    on: FIND,
  }),
  netrcFile: option(optional(text), {
    describe: 'Send user names and passwords from this netrc file',
    group: 'Network',
    on: FIND,
    path: true,
    value: 'FILE',
  }),
  proxy: option(optional(text), {
    describe: 'Proxy for all requests (default: HTTP_PROXY, HTTPS_PROXY, NO_PROXY)',
    group: 'Network',
    on: FIND,
    value: 'URL',
  }),
  ca: option(optional(text), {
    describe: 'PEM file of certificate authorities to trust as well',
    group: 'Network',
    on: FIND,
    path: true,
    value: 'FILE',
  }),
  insecure: option(bool(false), {
    describe: 'Do not check TLS certificates',
    group: 'Network',
    on: FIND,
  }),
  allowPrivate: option(bool(false), {
    describe: 'Let public pages name addresses in private networks',
    group: 'Network',
    on: FIND,
  }),
  http2: option(bool(true), {
    describe: 'Use HTTP/2 where the server offers it (--no-http2: do not)',
    group: 'Network',
    on: FIND,
  }),

  // Images
  dedupe: option(oneOf(['off', 'exact', 'near'], 'near'), {
    describe: 'Keep each picture once: off, exact (same bytes), near (same picture)',
    group: 'Images',
    on: ['get', 'worker', 'merge', 'dedupe'],
  }),
  nearThreshold: option(withDefault(whole(0, 128), 31), {
    describe: 'PDQ bits that may differ between copies of one picture',
    group: 'Images',
    on: ['get', 'merge', 'dedupe'],
    value: 'BITS',
  }),
  onDuplicate: option(oneOf(['skip', 'hardlink', 'keep'], 'skip'), {
    describe: 'What becomes of a duplicate',
    group: 'Images',
    on: ['get'],
  }),
  workers: option(optional(whole(1)), {
    describe: 'Workers that decode and hash (default: one a core)',
    group: 'Images',
    on: INSPECT,
    value: 'N',
  }),
  isolate: option(oneOf(['thread', 'process'], 'thread'), {
    describe: 'Decode in threads, or in processes without any permission',
    group: 'Images',
    on: INSPECT,
  }),
  maxPixels: option(withDefault(positive, 100e6), {
    describe: 'Refuse to decode images with more pixels, all frames counted',
    group: 'Images',
    on: INSPECT,
    value: 'N',
  }),
  decodeTimeout: option(withDefault(seconds, 20), {
    describe: 'Longest time to decode one image, in seconds',
    group: 'Images',
    on: INSPECT,
    value: 'TIME',
  }),
  keepDamaged: option(bool(false), {
    describe: 'Keep truncated and damaged images under .imgtrawl/damaged',
    group: 'Images',
    on: GET,
  }),
  dihedral: option(bool(false), {
    describe: 'Print the hashes of all eight orientations, too',
    group: 'Images',
    on: ['hash'],
    flagOnly: true,
  }),
} as const satisfies Record<string, Option<unknown>>;

export type OptionName = keyof typeof OPTIONS;
type Taken<Entry> = Entry extends { readonly takes: Value<infer Out> } ? Out : never;

/** What the program runs on: checked, with defaults filled in and units resolved. */
export type Options = { [K in OptionName]: Taken<(typeof OPTIONS)[K]> };

/** The names and entries, for those who make something from each option. */
export const optionEntries = Object.entries(OPTIONS) as unknown as readonly [
  OptionName,
  Option<unknown>,
][];

/** `maxBytes` → `max-bytes`. */
export const flagName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
