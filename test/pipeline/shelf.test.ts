import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Fetched } from '../../src/model.ts';
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
