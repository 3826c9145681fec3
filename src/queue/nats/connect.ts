/** The connection to NATS. */
import { createSecureContext } from 'node:tls';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { systemClock } from '../../concurrency/mod.ts';
import { TrawlError } from '../../errors.ts';
import type { QueueAddress } from '../address.ts';
import { identityOf, type NatsAuth, readSecret } from './credentials.ts';

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

function tlsOf({ tls }: QueueAddress, { ca, cert, key }: NatsAuth) {
  if (!tls && ca === undefined && cert === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TrawlError('usage', '--nats-cert and --nats-key belong together');
  }
  const files = {
    ...(ca !== undefined && { ca: readSecret('--nats-ca', ca).toString('utf8') }),
    ...(cert !== undefined && { cert: readSecret('--nats-cert', cert).toString('utf8') }),
    ...(key !== undefined && { key: readSecret('--nats-key', key).toString('utf8') }),
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
