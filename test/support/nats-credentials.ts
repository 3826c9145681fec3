/**
 * Credentials of NATS without its tools: an operator that signs an account that signs a user. The server
 * holds the accounts in memory. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt
 */
import { randomUUID } from 'node:crypto';
import { nkeys } from '@nats-io/transport-node';

type Pair = ReturnType<typeof nkeys.createUser>;

export interface Authority {
  /** Lines of the server's configuration. */
  readonly config: string;
  /** Text of a credentials file; `seconds` from now until it ends. */
  userCredentials(name: string, seconds?: number): string;
}

/** An account that may use JetStream without limits, and the account of the system that the server asks for. */
export function natsAuthority(): Authority {
  const operator = nkeys.createOperator();
  const [system, account] = [nkeys.createAccount(), nkeys.createAccount()];
  const none = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, conn: -1, leaf: -1 };
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const accountToken = (of: Pair, name: string, limits: object) =>
    token(operator, of, name, { type: 'account', limits: { ...none, wildcards: true, ...limits } });
  const keyOf = (of: Pair) => of.getPublicKey();
  return {
    config: `
      operator: ${token(operator, operator, 'operator', { type: 'operator', system_account: keyOf(system) })}
      system_account: ${keyOf(system)}
      resolver: MEMORY
      resolver_preload: {
        ${keyOf(system)}: ${accountToken(system, 'SYS', {})}
        ${keyOf(account)}: ${accountToken(account, 'photos', storage)}
      }`,
    userCredentials(name, seconds) {
      const user = nkeys.createUser();
      const limits = { subs: -1, data: -1, payload: -1, pub: {}, sub: {} };
      const jwt = token(account, user, name, { type: 'user', ...limits }, seconds);
      return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seedOf(user)}
------END USER NKEY SEED------
`;
    },
  };
}

export const seedOf = (pair: Pair): string => new TextDecoder().decode(pair.getSeed());

function token(by: Pair, of: Pair, name: string, nats: object, seconds?: number): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    jti: randomUUID(),
    iat: now,
    ...(seconds !== undefined && { exp: now + seconds }),
    iss: by.getPublicKey(),
    sub: of.getPublicKey(),
    name,
    nats: { ...nats, version: 2 },
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', alg: 'ed25519-nkey' })}.${part(claims)}`;
  return `${text}.${Buffer.from(by.sign(new TextEncoder().encode(text))).toString('base64url')}`;
}
