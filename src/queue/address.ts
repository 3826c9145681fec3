/** Where a queue is: `nats://HOST[:PORT][,HOST..]/NAME`, and `tls://` where TLS is required. */
import { TrawlError } from '../errors.ts';

export interface QueueAddress {
  /** `host:port`, never empty. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly name: string;
  /** From the environment or a file only. */
  readonly user?: { readonly name: string; readonly password: string };
}

export interface GivenAddress {
  /** What --queue, or the argument of `queue`, says. */
  readonly text: string | undefined;
  /** It stood on the command line, where every user of the machine can read it. */
  readonly onCommandLine: boolean;
}

const DEFAULT_PORT = 4222;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const FORM = 'expected nats://HOST/NAME, such as nats://queue.example:4222/photos';

/**
 * Throws TrawlError `usage`; its message never repeats what stands before an `@`.
 */
export function parseQueueAddress({ text, onCommandLine }: GivenAddress): QueueAddress {
  if (text === undefined || text === '') {
    throw new TrawlError('usage', `--queue (or IMGTRAWL_QUEUE) is missing; ${FORM}`);
  }
  const match = /^(nats|tls):\/\/(?:([^@/]*)@)?([^@/]+)\/([^/]*)\/?$/i.exec(text.trim());
  if (match === null) throw new TrawlError('usage', `--queue: ${FORM}`);
  const [, scheme = '', secret, hosts = '', name = ''] = match;
  if (!NAME.test(name)) {
    const rule = 'letters, digits, - and _, at most 64, beginning with a letter or digit';
    throw new TrawlError('usage', `--queue: ${JSON.stringify(name)} is no name (${rule})`);
  }
  if (secret !== undefined && onCommandLine) {
    const rule =
      'shows in the list of processes; use --nats-creds, --nats-token-file or NATS_TOKEN';
    throw new TrawlError('usage', `--queue: a user or token in the address ${rule}`);
  }
  return {
    servers: hosts.split(',').map(hostAndPort),
    tls: scheme.toLowerCase() === 'tls',
    name,
    ...(secret !== undefined && { user: userOf(secret) }),
  };
}

/** A bare name means a queue on the server of IMGTRAWL_QUEUE, else on this machine. */
export function queueNamed(name: string, environment: string | undefined): string {
  if (name.includes('://')) return name;
  const base = /^[a-z]+:\/\/[^/]+/i.exec(environment ?? '')?.[0] ?? 'nats://127.0.0.1';
  return `${base}/${name}`;
}

function hostAndPort(text: string): string {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(text.trim());
  if (match === null || Number(match[2] ?? 1) > 65_535) {
    throw new TrawlError('usage', `--queue: ${JSON.stringify(text)} is no host; ${FORM}`);
  }
  return `${match[1]}:${match[2] ?? DEFAULT_PORT}`;
}

function userOf(secret: string): { name: string; password: string } {
  const colon = secret.indexOf(':');
  const [name, password] =
    colon < 0 ? [secret, ''] : [secret.slice(0, colon), secret.slice(colon + 1)];
  try {
    return { name: decodeURIComponent(name), password: decodeURIComponent(password) };
  } catch {
    throw new TrawlError('usage', '--queue: the user and password must be percent-encoded');
  }
}
