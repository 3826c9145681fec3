import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { natsMissing, natsServer } from '../../fixtures/nats-server.ts';
import {
  TEST_CA,
  TEST_CERTIFICATE,
  TEST_CLIENT_CA,
  TEST_CLIENT_CERTIFICATE,
  TEST_CLIENT_KEY,
  TEST_KEY,
} from '../support/certificates.ts';
import { natsAuthority, seedOf } from '../support/nats-credentials.ts';
import { imgtrawl, scratch } from './run.ts';

const folder = () => {
  const root = scratch();
  return (name: string, text: string): string => {
    writeFileSync(join(root, name), text);
    return join(root, name);
  };
};

interface Asked {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** Must appear nowhere. */
  readonly secrets: readonly string[];
}

/** Enqueues an address; returns what came of it. */
async function ask(queue: string, { args = [], env = {}, secrets }: Asked) {
  const all = { IMGTRAWL_QUEUE: `${queue}/x`, ...env };
  const how = ['enqueue', '-', '-v', '--json', ...args];
  const { code, stdout, stderr } = await imgtrawl(how, {
    env: all,
    stdin: 'http://h.example/1.jpg',
  });
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  return { code, told: stderr };
}

const secretsOf = (credentials: string): string[] =>
  credentials.split('\n').filter((line) => line.length > 20 && !line.startsWith('--'));

const IN = { code: 0 };
const OUT = { code: 3 };
/** What is wrong with our own files is told before a server is asked. */
const NOT_ASKED = { code: 2 };

describe.skipIf(natsMissing)(`NATS lets in${natsMissing ? ` (${natsMissing})` : ''}`, () => {
  test('who has a credentials file, and no other', async () => {
    const file = folder();
    const [ours, others] = [natsAuthority(), natsAuthority()];
    await using nats = await natsServer(['-c', file('nats.conf', ours.config)]);
    const withFile = (text: string) =>
      ask(nats.url, {
        args: ['--nats-creds', file('user.creds', text)],
        secrets: secretsOf(text),
      });
    expect(await withFile(ours.userCredentials('worker'))).toMatchObject(IN);
    const refused = await withFile(others.userCredentials('worker'));
    expect(refused).toMatchObject(OUT);
    expect(refused.told).toContain('does not let us in with --nats-creds');
    expect(await withFile(ours.userCredentials('worker', -60))).toMatchObject(OUT);
    for (const broken of ['', 'hello', ours.userCredentials('worker').slice(0, 300)]) {
      const unread = await withFile(broken);
      expect(unread).toMatchObject(NOT_ASKED);
      expect(unread.told).toContain('holds no credentials');
    }
    expect(await ask(nats.url, { secrets: [] })).toMatchObject(OUT);
  });

  test('who has the key that it knows', async () => {
    const file = folder();
    const [known, stranger] = [nkeys.createUser(), nkeys.createUser()];
    const config = `authorization { users: [{ nkey: ${known.getPublicKey()} }] }`;
    await using nats = await natsServer(['-c', file('nats.conf', config)]);
    const withKey = (pair: typeof known) => {
      const args = ['--nats-creds', file('user.nk', `${seedOf(pair)}\n`)];
      return ask(nats.url, { args, secrets: [seedOf(pair)] });
    };
    expect(await withKey(known)).toMatchObject(IN);
    expect(await withKey(stranger)).toMatchObject(OUT);
  });

  test('users with their password, and those who may too little fail at once', async () => {
    const file = folder();
    const may =
      'permissions: { publish: ["imgtrawl.>", "$JS.API.>", "$JS.ACK.>", "$KV.>"], subscribe: ["_INBOX.>"] }';
    const mayNot = 'permissions: { publish: ["imgtrawl.>"], subscribe: ["_INBOX.>"] }';
    const config = `authorization { users: [
      { user: worker, password: "open:sesame", ${may} }, { user: guest, password: "guest-word", ${mayNot} } ] }`;
    await using nats = await natsServer(['-c', file('nats.conf', config)]);
    const as = (name: string, password: string) =>
      ask(nats.url, { env: { NATS_USER: name, NATS_PASSWORD: password }, secrets: [password] });
    expect(await as('worker', 'open:sesame')).toMatchObject(IN);
    expect(await as('worker', 'close:sesame')).toMatchObject(OUT);
    const guest = await as('guest', 'guest-word');
    expect(guest).toMatchObject(OUT);
    expect(guest.told).toContain('Permissions Violation');
    const inAddress = (secret: string) => {
      const queue = nats.url.replace('//', `//worker:${secret}@`);
      return ask(queue, { secrets: ['sesame'] });
    };
    expect(await inAddress('open%3Asesame')).toMatchObject(IN);
    expect(await inAddress('close%3Asesame')).toMatchObject(OUT);
  });

  test('who has a certificate of its authority, over TLS', async () => {
    const file = folder();
    const ca = file('ca.pem', TEST_CA);
    const [cert, key] = [file('cert.pem', TEST_CERTIFICATE), file('key.pem', TEST_KEY)];
    const clients = file('clients.pem', TEST_CLIENT_CA);
    const own = [file('own.pem', TEST_CLIENT_CERTIFICATE), file('own.key', TEST_CLIENT_KEY)];
    const tls = ['--tlsverify', '--tlscert', cert, '--tlskey', key, '--tlscacert', clients];
    await using nats = await natsServer(tls);
    const secrets = secretsOf(TEST_CLIENT_KEY);
    const show = (authority: string, pair: readonly string[]) => {
      const [c, k] = pair as [string, string];
      const args = ['--nats-ca', authority, '--nats-cert', c, '--nats-key', k];
      return ask(nats.url.replace('nats:', 'tls:'), { args, secrets });
    };
    expect(await show(ca, own)).toMatchObject(IN);
    const untrusted = await show(clients, own);
    expect(untrusted).toMatchObject(OUT);
    expect(untrusted.told).toContain('--nats-ca');
    expect(await show(ca, [own[0] as string, key])).toMatchObject(NOT_ASKED);
    expect(await show(own[1] as string, own)).toMatchObject(NOT_ASKED);
  });
});
