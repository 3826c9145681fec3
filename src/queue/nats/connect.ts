/** The connection to NATS: who we are, and what is kept secret. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
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
  const identity = identityOf(nats, address, auth);
  const tls = tlsOf(address, auth);
  const options: NodeConnectionOptions = {
    servers: [...address.servers],
    name: 'imgtrawl',
    ...(identity.authenticator && { authenticator: identity.authenticator }),
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
      if (!refused && !isUntrusted(cause) && systemClock.now() + RETRY_MS < until) {
        await systemClock.sleep(RETRY_MS, signal);
        continue;
      }
      const why = cause instanceof Error ? cause.message : String(cause);
      const servers = address.servers.join(', ');
      const text = refused
        ? `${servers} does not let us in ${identity.shown}: ${why}`
        : `${servers} could not be reached: ${why}${hintOf(cause, tls !== undefined)}`;
      throw new TrawlError('queue', text, { cause });
    }
  }
}

/** Who we say we are. */
interface Identity {
  /** None for a server that asks for nothing. */
  readonly authenticator?: Authenticator;
  /** For messages; nothing secret. */
  readonly shown: string;
}

type Nats = typeof import('@nats-io/transport-node');

/** Throws TrawlError `usage`. */
function identityOf(nats: Nats, { user }: QueueAddress, auth: NatsAuth): Identity {
  const { creds, tokenFile, env } = auth;
  const { NATS_TOKEN: token, NATS_USER: name, NATS_PASSWORD: password = '' } = env;
  if (creds !== undefined) {
    const shown = `with --nats-creds ${creds}`;
    return { authenticator: credentialsIn(nats, creds), shown };
  }
  if (tokenFile !== undefined) {
    const current = renewed('--nats-token-file', tokenFile);
    const authenticator = nats.tokenAuthenticator(() => current().toString('utf8').trim());
    return { authenticator, shown: `with --nats-token-file ${tokenFile}` };
  }
  if (token) return { authenticator: nats.tokenAuthenticator(token), shown: 'with NATS_TOKEN' };
  if (name) {
    const authenticator = nats.usernamePasswordAuthenticator(name, password);
    return { authenticator, shown: `as NATS_USER ${name}` };
  }
  // `nats://TOKEN@host` and `nats://user:password@host`, as NATS itself reads them.
  if (user) {
    const authenticator =
      user.password === ''
        ? nats.tokenAuthenticator(user.name)
        : nats.usernamePasswordAuthenticator(user.name, user.password);
    return { authenticator, shown: 'with what stands in the address' };
  }
  return { shown: 'without a user, token or credentials' };
}

/** A credentials file, or the seed of a user's key alone. Throws TrawlError `usage`. */
function credentialsIn(nats: Nats, path: string): Authenticator {
  const current = renewed('--nats-creds', path);
  const seed = /^\s*(SU[A-Z2-7]{56})\s*$/.exec(current().toString('utf8'))?.[1];
  const authenticator =
    seed === undefined
      ? nats.credsAuthenticator(current)
      : nats.nkeyAuthenticator(new TextEncoder().encode(seed));
  try {
    // What is wrong with the file is not the server's fault, and no reason to wait for it.
    authenticator('nonce');
  } catch {
    const forms = 'a JWT and its key, or the seed of a key';
    throw new TrawlError('usage', `--nats-creds: ${path} holds no credentials (${forms})`);
  }
  return authenticator;
}

/** A file that is read anew for each connection: secrets are renewed while a worker runs. */
function renewed(flag: string, path: string): () => Buffer<ArrayBuffer> {
  let last = read(flag, path);
  return () => {
    try {
      last = read(flag, path);
    } catch {
      // It is being replaced, or we may not read it any more: what it said may still hold.
    }
    return last;
  };
}

function tlsOf({ tls }: QueueAddress, { ca, cert, key }: NatsAuth) {
  if (!tls && ca === undefined && cert === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TrawlError('usage', '--nats-cert and --nats-key belong together');
  }
  const files = {
    ...(ca !== undefined && { ca: read('--nats-ca', ca).toString('utf8') }),
    ...(cert !== undefined && { cert: read('--nats-cert', cert).toString('utf8') }),
    ...(key !== undefined && { key: read('--nats-key', key).toString('utf8') }),
  };
  // An authority without certificates would be taken for none at all.
  if (files.ca !== undefined && !files.ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new TrawlError('usage', `--nats-ca: ${ca} holds no certificate (PEM)`);
  }
  try {
    createSecureContext(files);
  } catch (error) {
    const why = (error as Error).message;
    const text = `--nats-cert and --nats-key are no certificate and its key: ${why}`;
    throw new TrawlError('usage', text, { cause: error });
  }
  return files;
}

/** The server shows a certificate that we do not accept, which waiting does not change. */
function isUntrusted(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_)/.test(code);
}

function hintOf(error: unknown, tls: boolean): string {
  if (isUntrusted(error)) return ' (--nats-ca names a private authority)';
  // Of TLS 1.3 the client takes the handshake for done before the server has seen its certificate.
  const silent = tls && (error as Error).name === 'TimeoutError';
  return silent ? ' (so ends a server that wants another client certificate, --nats-cert)' : '';
}

function read(flag: string, path: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TrawlError('usage', `${flag}: ${path} cannot be read (${why})`, { cause });
  }
}
