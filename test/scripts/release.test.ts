import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Entry, tarGz, zip } from '../../scripts/release/archive.ts';
import { bom } from '../../scripts/release/sbom.ts';

const folder = mkdtempSync(join(tmpdir(), 'imgtrawl-release-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const has = (program: string) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

const date = new Date('2026-01-02T03:04:06Z');
const entries: Entry[] = [
  { name: 'imgtrawl-1/imgtrawl', data: new Uint8Array(100_000).fill(7), mode: 0o755 },
  { name: 'imgtrawl-1/ä.txt', data: new TextEncoder().encode('hello'), mode: 0o644 },
];

describe('an archive', () => {
  test('holds the same bytes when it is made again', async () => {
    for (const [make, name] of [[tarGz, 'a.tar.gz'] as const, [zip, 'a.zip'] as const]) {
      const [one, two] = [join(folder, name), join(folder, `again-${name}`)];
      await make(one, entries, date);
      await make(two, entries, date);
      expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    }
  });

  test('tar.gz is read by tar, with modes', async () => {
    const file = join(folder, 'b.tar.gz');
    await tarGz(file, entries, date);
    const listed = execFileSync('tar', ['-tvzf', file], { env: { ...process.env, TZ: 'UTC' } });
    expect(listed.toString()).toMatch(
      /^-rwxr-xr-x .* 100000 2026-01-02 03:04 imgtrawl-1\/imgtrawl$/m,
    );
  });

  test.runIf(has('unzip'))('zip is read by unzip, with modes and names', async () => {
    const file = join(folder, 'c.zip');
    await zip(file, entries, date);
    execFileSync('unzip', ['-t', file]);
    execFileSync('unzip', ['-q', file, '-d', join(folder, 'out')]);
    expect(readFileSync(join(folder, 'out/imgtrawl-1/ä.txt'), 'utf8')).toBe('hello');
    const mode = execFileSync('stat', ['-c', '%a', join(folder, 'out/imgtrawl-1/imgtrawl')]);
    expect(mode.toString().trim()).toBe('755');
  });
});

describe('the bill of materials', () => {
  const lock = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const vips = { vips: '8.18.7', png: '1.6.58' };
  const compiled = [
    { name: 'dav1d', version: '1.5.1', license: 'BSD-2-Clause' },
    { name: 'libjpeg-turbo', version: '2.1.5', license: 'IJG AND Zlib' },
  ];
  const made = bom({ lock, vips, compiled, version: '1.2.3', node: '26.10.0', date }) as {
    components: {
      'bom-ref': string;
      name: string;
      hashes?: { content: string }[];
      licenses?: unknown;
    }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  const names = made.components.map(({ name }) => name);

  test('names what is inside, and nothing that only builds or tests it', () => {
    for (const name of ['node', 'undici', 'wasm-vips', 'png', 'dav1d', '@nats-io/jetstream'])
      expect(names).toContain(name);
    for (const name of ['vitest', 'typescript', 'esbuild']) expect(names).not.toContain(name);
  });

  test('tells one licence by its id, several as an expression', () => {
    const licenses = (of: string) => made.components.find(({ name }) => name === of)?.licenses;
    expect(licenses('dav1d')).toEqual([{ license: { id: 'BSD-2-Clause' } }]);
    expect(licenses('libjpeg-turbo')).toEqual([{ expression: 'IJG AND Zlib' }]);
  });

  test('names each part once, and no part that is not there', () => {
    const refs = made.components.map((one) => one['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const [own, ...others] = made.dependencies;
    // Ours; cheerio brings an older one of its own.
    expect(own?.dependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^pkg:npm\/undici@8\./)]),
    );
    for (const { ref, dependsOn } of others) {
      expect(refs).toContain(ref);
      for (const part of dependsOn) expect(refs).toContain(part);
    }
  });

  test('gives the hashes of the packages', () => {
    const hash = made.components.find(({ name }) => name === 'undici')?.hashes?.[0]?.content;
    expect(hash).toMatch(/^[0-9a-f]{128}$/);
  });
});
