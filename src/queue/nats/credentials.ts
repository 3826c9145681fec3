/** Who we are to NATS, and what of it is kept secret. */
import { readFileSync } from 'node:fs';
import type { Authenticator } from '@nats-io/transport-node';
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

/** Who we say we are. */
export interface Identity {
  /** None for a server that asks for nothing. */
  readonly authenticator?: Authenticator;
  /** For messages; nothing secret. */
  readonly shown: string;
}

type Nats = typeof import('@nats-io/transport-node');

/** Throws TrawlError `usage`. */
export function identityOf(nats: Nats, { user }: QueueAddress, auth: NatsAuth): Identity {
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
  const text = () => current().toString('utf8').trim();
  const authenticator = /^SU[A-Z2-7]{56}$/.test(text())
    ? nats.nkeyAuthenticator(() => new TextEncoder().encode(text()))
    : nats.credsAuthenticator(current);
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
  let last = readSecret(flag, path);
  return () => {
    try {
      last = readSecret(flag, path);
    } catch {
      // It is being replaced, or we may not read it any more: what it said may still hold.
    }
    return last;
  };
}

/** Throws TrawlError `usage`. */
export function readSecret(flag: string, path: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TrawlError('usage', `${flag}: ${path} cannot be read (${why})`, { cause });
  }
}
