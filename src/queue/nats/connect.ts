/** The connection to NATS: who we are, and what is kept secret. */
import { readFileSync } from 'node:fs';
import type { Authenticator, NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { systemClock } from '../../concurrency/mod.ts';
import { TrawlError } from '../../errors.ts';
import type { QueueAddress } from '../address.ts';

/** Secrets come from files and the environment only: command lines are public. */
export interface NatsAuth {
  /** Paths. */
  readonly creds?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** NATS_TOKEN, NATS_USER and NATS_PASSWORD are read from here. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ConnectOptions {
  /** Wait so long for a server that does not run yet, in ms. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

const RETRY_MS = 500;

/** Throws TrawlError `queue`, or `usage` for files that cannot be read. */
export async function connectNats(
  address: QueueAddress,
  auth: NatsAuth,
  { waitMs, signal }: ConnectOptions,
): Promise<NatsConnection> {
  const nats = await import('@nats-io/transport-node');
  const authenticator = authenticatorOf(nats, address, auth);
  const tls = tlsOf(address, auth);
  const options: NodeConnectionOptions = {
    servers: [...address.servers],
    name: 'imgtrawl',
    ...(authenticator && { authenticator }),
    ...(tls && { tls }),
    // A restart of the server is sat out; the operations themselves have a limit.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    timeout: 10_000,
  };
  const until = systemClock.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await nats.connect(options);
    } catch (cause) {
      const refused = cause instanceof nats.errors.AuthorizationError;
      if (!refused && systemClock.now() + RETRY_MS < until) {
        await systemClock.sleep(RETRY_MS, signal);
        continue;
      }
      const why = cause instanceof Error ? cause.message : String(cause);
      const text = `${address.servers.join(', ')} could not be reached: ${why}`;
      throw new TrawlError('queue', text, { cause });
    }
  }
}

function authenticatorOf(
  nats: typeof import('@nats-io/transport-node'),
  { user }: QueueAddress,
  { creds, tokenFile, env }: NatsAuth,
): Authenticator | undefined {
  if (creds !== undefined) return nats.credsAuthenticator(read('--nats-creds', creds));
  const token =
    tokenFile === undefined
      ? env['NATS_TOKEN']
      : read('--nats-token-file', tokenFile).toString('utf8').trim();
  if (token) return nats.tokenAuthenticator(token);
  if (env['NATS_USER']) {
    return nats.usernamePasswordAuthenticator(env['NATS_USER'], env['NATS_PASSWORD'] ?? '');
  }
  // `nats://TOKEN@host` and `nats://user:password@host`, as NATS itself reads them.
  if (user) {
    return user.password === ''
      ? nats.tokenAuthenticator(user.name)
      : nats.usernamePasswordAuthenticator(user.name, user.password);
  }
  return undefined;
}

function tlsOf({ tls }: QueueAddress, { ca, cert, key }: NatsAuth) {
  if (!tls && ca === undefined && cert === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TrawlError('usage', '--nats-cert and --nats-key belong together');
  }
  return {
    ...(ca !== undefined && { ca: read('--nats-ca', ca).toString('utf8') }),
    ...(cert !== undefined && { cert: read('--nats-cert', cert).toString('utf8') }),
    ...(key !== undefined && { key: read('--nats-key', key).toString('utf8') }),
  };
}

function read(flag: string, path: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TrawlError('usage', `${flag}: ${path} cannot be read (${why})`, { cause });
  }
}
