import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Fetched } from '../../src/model.ts';
import type { Claim } from '../../src/pipeline/claims.ts';
import { Shelf } from '../../src/pipeline/shelf.ts';

test('the same bytes under two names, both on their way, leave one file', async () => {
  const out = mkdtempSync(join(tmpdir(), 'imgtrawl-shelf-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const signal = new AbortController().signal;
  const options = { names: 'url', sources: [], wait: false, signal, onLost: () => {} } as const;
  await using shelf = await Shelf.open(out, options);
  for (let round = 0; round < 20; round++) {
    const bytes = new TextEncoder().encode(`picture ${round}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const fetched = {
      body: { in: 'memory', bytes },
      sha256,
      bytes: bytes.length,
    } as unknown as Fetched;
    const inspection = { format: 'jpeg', width: 4, height: 3 } as const;
    const facts = { sha256, bytes: bytes.length, inspection };
    const put = (name: string, move: boolean) =>
      shelf.put(`https://a.example/${name}`, fetched, facts, { move, outdated: undefined });
    await Promise.all([put(`copy-of-${round}.jpg`, false), put(`${round}.jpg`, true)]);
    expect(await shelf.fileOf(sha256)).toBe(`${round}.jpg`);
  }
  const files = readdirSync(out).filter((name) => name !== '.imgtrawl');
  expect(files).toHaveLength(20);
});

test('whoever counts on an image that is on its way waits for it, and fails with it', async () => {
  const { out, options } = emptyFolder();
  await using shelf = await Shelf.open(out, options);
  const { sha256, name, fetched, facts } = picture();

  const failing = shelf.putClaimed(name, fetched, facts, async () => {
    throw new Error('the bucket is full');
  });
  const counting = Promise.allSettled([failing, shelf.fileOf(sha256)]);
  for (const { status } of await counting) expect(status).toBe('rejected');
  expect(existsSync(join(out, name))).toBe(false);

  const claim = Promise.withResolvers<Claim>();
  const paths: string[] = [];
  const keeping = shelf.putClaimed(name, fetched, facts, (path) => {
    paths.push(path);
    return claim.promise;
  });
  let file: string | undefined;
  const waiting = shelf.fileOf(sha256).then((found) => {
    file = found;
  });
  while (paths.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(readFileSync(paths[0] as string, 'utf8')).toBe('picture');
  expect(file).toBeUndefined();
  claim.resolve({ file: name, mine: true });
  await Promise.all([keeping, waiting]);
  expect(file).toBe(name);
  expect(existsSync(join(out, name))).toBe(true);
});

test('an image on its way to its name is not taken for lost', async () => {
  const { out, options } = emptyFolder();
  await using shelf = await Shelf.open(out, options);
  const { sha256, name, fetched, facts } = picture();
  // An earlier run got the same bytes from this address, and another folder had them.
  const url = 'http://h.example/1';
  const candidates = [{ url, from: 'list' }] as const;
  const found = { ref: { group: 1, candidates }, named: true, mayBePage: false };
  const elsewhere = { status: 'duplicate', sha256, duplicateOf: name, attempts: 1, ms: 1 } as const;
  await shelf.putClaimed(name, fetched, facts, async () => ({ file: name, mine: false }));
  shelf.record({ url, ...elsewhere }, { found });

  const claim = Promise.withResolvers<Claim>();
  const asked = Promise.withResolvers<void>();
  const keeping = shelf.putClaimed(name, fetched, facts, () => {
    asked.resolve();
    return claim.promise;
  });
  await asked.promise;
  const looking = shelf.holdings.of(url);
  claim.resolve({ file: name, mine: true });
  await keeping;
  expect((await looking).held?.record.file).toBe(name);
  expect(await shelf.fileOf(sha256)).toBe(name);
});

function emptyFolder() {
  const out = mkdtempSync(join(tmpdir(), 'imgtrawl-shelf-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const signal = new AbortController().signal;
  const options = { names: 'sha256', sources: [], wait: false, signal, onLost: () => {} } as const;
  return { out, options };
}

function picture() {
  const bytes = new TextEncoder().encode('picture');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const name = `${sha256}.jpg`;
  const fetched = { body: { in: 'memory', bytes }, sha256, bytes: 7 } as unknown as Fetched;
  const facts = { sha256, bytes: 7, inspection: { format: 'jpeg', width: 4, height: 3 } } as const;
  return { sha256, name, fetched, facts };
}
