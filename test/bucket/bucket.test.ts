import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type S3Options, type S3Server, SECRET, s3Server } from '../../fixtures/s3-server.ts';
import { meaningOf } from '../../src/bucket/answer.ts';
import { Bucket, type BucketDeps, findCredentials, parseBucket } from '../../src/bucket/mod.ts';
import { TrawlError } from '../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'imgtrawl-bucket-'));
afterAll(() => rmSync(folder, { recursive: true }));

function image(size: number): { name: string; path: string; sha256: string; bytes: Buffer } {
  const bytes = randomBytes(size);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const name = `${sha256}.jpg`;
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { name, path, sha256, bytes };
}

type More = Partial<BucketDeps> & { target?: string; env?: Record<string, string> };

/** Without waits between tries. */
async function bucketAt(server: Pick<S3Server, 'env'>, more: More = {}): Promise<Bucket> {
  const { target = 's3://photos/p', env, ...deps } = more;
  const all = { ...server.env, ...env };
  const address = parseBucket({ target, endpoint: undefined, region: undefined, env: all });
  const network = { timeout: 30 };
  return new Bucket(address, await findCredentials(all), { network, random: () => 0, ...deps });
}

const put = (bucket: Bucket, { name, path, sha256 }: ReturnType<typeof image>) =>
  bucket.putFile(name, path, sha256);

describe('a bucket', () => {
  test('takes each object once, whole, with its type', async () => {
    await using server = await s3Server();
    await using bucket = await bucketAt(server);
    const one = image(3_000_000);
    expect(await put(bucket, one)).toBe(true);
    expect(await put(bucket, one)).toBe(false);
    expect(server).toMatchObject({ puts: 2, refused: 1 });
    const object = server.objects.get(`p/${one.name}`);
    expect(object?.type).toBe('image/jpeg');
    expect(object?.body.equals(one.bytes)).toBe(true);
    expect(await bucket.putLines('.imgtrawl/shards/x.jsonl', [{ a: 1 }, { b: 'ü' }])).toBe(true);
    const lines = server.objects.get('p/.imgtrawl/shards/x.jsonl')?.body.toString();
    expect(lines).toBe('{"a":1}\n{"b":"ü"}\n');
    expect(await bucket.putLines('empty.jsonl', [])).toBe(true);
  });

  test("is signed as AWS's own signer does it, whatever the prefix and the keys are", async () => {
    const identity: S3Options = {
      region: 'eu-central-1',
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: "s/+=e'c&r%e<t",
      sessionToken: 'FwoGZXIvYXdzE/+==',
    };
    await using server = await s3Server(identity);
    for (const prefix of ['', 'a', "ü +(x)!*'~/=&?#;:@$,/%2F %zz", '日本/…']) {
      await using bucket = await bucketAt(server, { target: `s3://photos/${prefix}` });
      const one = image(10);
      await put(bucket, one);
      expect([...server.objects.keys()]).toContain(`${prefix && `${prefix}/`}${one.name}`);
    }
    expect(server.errors).toEqual([]);
  });

  test.each([
    ['busy', 3],
    ['internal', 3],
    ['conflict', 3],
    ['cut', 3],
    // The second finds the object of the first.
    ['lost', 2],
  ] as const)('gets over %s', async (fate, puts) => {
    await using server = await s3Server({ fate: (_, n) => (n <= 2 ? fate : undefined) });
    const told: string[] = [];
    const onRetry = (error: TrawlError) => told.push(error.message);
    await using bucket = await bucketAt(server, { onRetry });
    const one = image(500_000);
    expect(await put(bucket, one)).toBe(fate !== 'lost');
    expect(server.objects.get(`p/${one.name}`)?.body.equals(one.bytes)).toBe(true);
    expect(server.puts).toBe(puts);
    expect(told).toHaveLength(puts - 1);
  });

  test('gets over a server that does not answer', async () => {
    await using server = await s3Server({ fate: (_, n) => (n === 1 ? 'stall' : undefined) });
    await using bucket = await bucketAt(server, { network: { timeout: 1 } });
    const one = image(1000);
    await put(bucket, one);
    expect(server.objects.has(`p/${one.name}`)).toBe(true);
  });

  test('gets a bounded number of puts at once', async () => {
    await using server = await s3Server({ latencyMs: 20 });
    await using bucket = await bucketAt(server);
    await Promise.all(Array.from({ length: 80 }, () => put(bucket, image(1000))));
    expect(server.objects.size).toBe(80);
    expect(server.mostAtOnce).toBeGreaterThan(1);
    expect(server.mostAtOnce).toBeLessThanOrEqual(16);
  });

  test.each([
    ['denied', { fate: () => 'denied' }, {}, 's3:PutObject'],
    ['another secret', {}, { AWS_SECRET_ACCESS_KEY: `${SECRET}x` }, 'the secret access key is not'],
    ['another key', {}, { AWS_ACCESS_KEY_ID: 'AKIAOTHER' }, 'does not know the access key id'],
    ['another region', { region: 'eu-west-3' }, { AWS_REGION: 'x' }, '--s3-region eu-west-3'],
    ['no such bucket', { bucket: 'other' }, {}, 'no such bucket'],
    ['a token', {}, { AWS_SESSION_TOKEN: 'hidden' }, 'session token is not valid'],
  ] as const)('that refuses (%s) is asked no more, and says why', async (_, options, env, why) => {
    await using server = await s3Server(options);
    await using bucket = await bucketAt(server, { env });
    const error = await put(bucket, image(100)).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'bucket-refused', exitCode: 2 });
    expect(error.message).toContain(why);
    expect(error.message).toContain('s3://photos/p/');
    expect(error.message).not.toMatch(/hidden|AKIA/);
    await expect(put(bucket, image(100))).rejects.toBe(error);
    expect(server.puts).toBe(1);
  });

  test('that stays busy is given up, and so is what waits for it', async () => {
    await using server = await s3Server({ fate: () => 'busy' });
    await using bucket = await bucketAt(server);
    const all = Array.from({ length: 40 }, () => put(bucket, image(100)).catch((thrown) => thrown));
    const [error, ...others] = await Promise.all(all);
    expect(error).toMatchObject({ code: 'bucket-unreachable', exitCode: 3 });
    expect(error.message).toMatch(/after 17 tries: .*503 SlowDown$/);
    for (const other of others) expect(other.code).toBe('bucket-unreachable');
    expect(server.puts).toBeLessThan(40 * 17);
  });

  test('that is not there is given up', async () => {
    const server = await s3Server();
    await server[Symbol.asyncDispose]();
    await using bucket = await bucketAt(server);
    await expect(put(bucket, image(100))).rejects.toMatchObject({
      code: 'bucket-unreachable',
      message: expect.stringContaining('refused the connection'),
    });
  });

  test('is left at once when the run ends', async () => {
    await using server = await s3Server({ fate: () => 'stall' });
    const ending = new AbortController();
    const network = { timeout: 600 };
    await using bucket = await bucketAt(server, { signal: ending.signal, network });
    const putting = put(bucket, image(100));
    putting.catch(() => {});
    while (server.puts === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const reason = new TrawlError('interrupted', 'Ctrl-C');
    ending.abort(reason);
    await expect(putting).rejects.toBe(reason);
  });
});

describe('what an answer means', () => {
  const xml = (code: string, more = '') =>
    `<?xml version="1.0"?><Error><Code>${code}</Code>${more}`;
  test.each([
    [200, {}, '', 'stored'],
    [412, {}, xml('PreconditionFailed'), 'there'],
    [304, {}, '', 'there'],
    [409, {}, xml('ConditionalRequestConflict'), 'http-busy'],
    [400, {}, xml('RequestTimeout'), 'http-busy'],
    [429, {}, 'slow', 'http-busy'],
    [502, {}, '<html>', 'http-busy'],
    [409, {}, xml('InvalidBucketState'), 'bucket-refused'],
    [301, { 'x-amz-bucket-region': 'ap-south-1' }, '', '--s3-region ap-south-1'],
    [307, { location: 'https://evil.example' }, xml('TemporaryRedirect'), '--s3-endpoint'],
    [400, {}, xml('AuthorizationHeaderMalformed', '<Region>\u001b[2J</Region>'), '--s3-endpoint'],
    [501, {}, xml('NotImplemented'), 'If-None-Match'],
    [400, {}, xml('ExpiredToken'), 'has expired'],
    [403, {}, xml('RequestTimeTooSkewed'), 'clock'],
    [404, {}, xml('<script>'), 'answered 404'],
    [418, {}, `<Code>${'A'.repeat(1e5)}`, 'answered 418'],
  ])('%i (%#)', (status, headers, text, meaning) => {
    const found = meaningOf({ status, headers, text }, 's3://b/k');
    if (typeof found === 'string') expect(found).toBe(meaning);
    else expect(`${found.code} ${found.message}`).toContain(meaning);
  });

  test('and when to come again', () => {
    const headers = { 'retry-after': '7' };
    const found = meaningOf({ status: 503, headers, text: '' }, 's3://b/k');
    expect(found).toMatchObject({ retryAfterMs: 7000 });
  });
});
