import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../fixtures/host-pictures.ts';
import { ByteBudget } from '../../src/concurrency/mod.ts';
import { resolveOptions } from '../../src/config/load.ts';
import { Deduper } from '../../src/dedupe/mod.ts';
import type { FetchPool } from '../../src/fetch/mod.ts';
import type { Inspector } from '../../src/inspect/mod.ts';
import { mergeFolders } from '../../src/merge/mod.ts';
import { asFetched } from '../../src/pipeline/body.ts';
import { EventStream } from '../../src/pipeline/events.ts';
import type { Finder } from '../../src/pipeline/find.ts';
import { Shelf } from '../../src/pipeline/shelf.ts';
import { ImageTaker } from '../../src/pipeline/take-image.ts';
import { folderIdentity } from '../../src/queue/identity.ts';
import { recover } from '../../src/queue/recover.ts';
import { SharedClaims } from '../../src/queue/shared-claims.ts';
import { Catalog } from '../../src/store/mod.ts';
import { scratch } from '../e2e/run.ts';
import { png } from '../support/png.ts';
import { generator, Steps } from '../support/steps.ts';

const bodies = Array.from({ length: 3 }, (_, n) => new Uint8Array(png(8, n)));
/** Shards of addresses `address:body`: the same bytes are in several, and twice in one. */
const SHARDS = ['a:0 b:1 c:0', 'd:1 e:2', 'a:0 f:2'].map((text) => text.split(' '));
const ADDRESSES = new Map(
  SHARDS.flat().map((item) => [`http://h.example/${item[0]}`, Number(item[2])]),
);

/** In memory where Linux has it: what a disk would be waited for is most of the time otherwise. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface Kill {
  readonly at: number;
  /** Whether a worker starts on the folder again. */
  readonly restart: boolean;
}

/**
 * Two workers take shards until all are done. Whoever is about to take the step that a kill names, or has
 * just taken it, is killed; its shard goes back. Returns the number of steps.
 */
async function play(seed: number, kills: readonly Kill[]): Promise<number> {
  const root = scratch(PARENT);
  const claims = new Map<string, string>();
  const waiting = [...SHARDS];
  const held = new Map<string, string[]>();
  const folders = new Map<string, string>();
  const killed = new Map<string, Kill>();
  let steps = 0;

  using order = new Steps(seed, (count, owner) => {
    steps = count;
    const kill = kills.find(({ at }) => at === count);
    if (kill === undefined) return;
    order.kill(owner);
    killed.set(owner, kill);
    endings.get(owner)?.resolve();
  });
  order.watch((path) => [...folders].find(([, folder]) => path.startsWith(`${folder}/`))?.[0]);
  const endings = new Map<string, PromiseWithResolvers<void>>();

  /** Works on one folder until nothing waits, or until it is killed. */
  const worker = async (owner: string, folder: string): Promise<void> => {
    const ending = Promise.withResolvers<void>();
    endings.set(owner, ending);
    folders.set(owner, folder);
    work(owner, folder).then(ending.resolve, ending.reject);
    await ending.promise;
    folders.delete(owner);
    const kill = killed.get(owner);
    if (kill === undefined) return;
    // What a killed process leaves is what lies there now.
    const left = join(root, `${owner}+`);
    cpSync(folder, left, { recursive: true });
    rmSync(join(left, '.imgtrawl/lock'));
    const shard = held.get(owner);
    if (shard) waiting.push(shard);
    held.delete(owner);
    remains.delete(folder);
    remains.add(left);
    if (kill.restart) await worker(`${owner}+`, left);
  };

  const work = async (owner: string, folder: string): Promise<void> => {
    const { signal } = new AbortController();
    const raw = { out: folder, dedupe: 'exact', names: 'sha256', onDuplicate: 'skip' };
    const options = resolveOptions(raw);
    const shared = new SharedClaims(
      {
        claim: (key, value) =>
          order.take(owner, async () => {
            if (!claims.has(key)) claims.set(key, value);
            return claims.get(key) as string;
          }),
        claimed: (key) => order.take(owner, async () => claims.get(key)),
      },
      folderIdentity(folder),
    );
    const shelving = { names: 'sha256', sources: [], wait: false, signal } as const;
    await using shelf = await Shelf.open(folder, { ...shelving, onLost: () => {} });
    await recover(shelf, shared);
    const deduper = new Deduper({ mode: 'exact' });
    deduper.load(shelf.knownImages());
    const submit = ({ url }: { url: string }) =>
      order.take(owner, async () => {
        const bytes = bodies[ADDRESSES.get(url) as number] as Uint8Array<ArrayBuffer>;
        // Whoever is done with a body gives its memory back.
        return asFetched(url, bytes.slice(), { space: 'public', attempts: 1 });
      });
    const taker = new ImageTaker({
      ...{ options, shelf, signal, events: new EventStream(), claims: shared },
      budget: new ByteBudget(1e6),
      deduper: () => deduper,
      pool: { submit } as unknown as FetchPool,
      // Not asked without near duplicates, and for lists of images.
      inspector: {} as Inspector,
      finder: {} as Finder,
    });
    for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
      held.set(owner, shard);
      await Promise.all(
        shard.map(async (item) => {
          const url = `http://h.example/${item[0]}`;
          const candidates = [{ url, from: 'list' }] as const;
          const found = { ref: { group: 1, candidates }, named: true, mayBePage: false };
          const record = await taker.take(found);
          expect(record?.error).toBeUndefined();
        }),
      );
      await shelf.settle();
      await order.take(owner, async () => held.delete(owner));
    }
  };

  const remains = new Set(['x', 'y'].map((name) => join(root, name)));
  await order.run(
    Promise.all([...remains].map((folder) => worker(folder.slice(-1), folder))).then(async () => {
      // Everybody was killed, or had ended, before a shard came back: one more machine.
      for (let more = 0; waiting.length > 0; more++) {
        const folder = join(root, `more${more}`);
        remains.add(folder);
        await worker(`more${more}`, folder);
      }
    }),
  );
  await check([...remains], join(root, 'merged'));
  rmSync(root, { recursive: true });
  return steps;
}

const named = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.imgtrawl') : [];

/** Files that the catalog of a folder tells of, and that are neither there nor ready to be. */
function withoutBytes(folder: string): string[] {
  if (!existsSync(join(folder, '.imgtrawl/catalog.sqlite'))) return [];
  using catalog = Catalog.open(join(folder, '.imgtrawl/catalog.sqlite'), { readOnly: true });
  const files = [...catalog.images()].flatMap(({ file }) => file ?? []);
  const places = [folder, join(folder, '.imgtrawl/staged')];
  return files.filter((file) => !places.some((place) => existsSync(join(place, file))));
}

/** Nothing is missing, nothing has two names, nobody has less than it says. */
async function check(folders: readonly string[], out: string): Promise<void> {
  const wanted = bodies.map((body) => `${sha256(body)}.png`).sort();
  const names = folders.flatMap(named);
  expect(new Set(names).size, 'an image has a name in two folders').toBe(names.length);
  for (const folder of folders) expect(withoutBytes(folder)).toEqual([]);
  const missing: string[] = [];
  const merged = await mergeFolders(
    folders.filter((folder) => existsSync(join(folder, '.imgtrawl/catalog.sqlite'))),
    {
      ...{ out, mode: 'exact', nearThreshold: 31, wait: false },
      signal: new AbortController().signal,
      onMissing: (image, folder) => missing.push(`${image} in ${folder}`),
    },
  );
  expect(missing).toEqual([]);
  expect(merged).toMatchObject({ addresses: ADDRESSES.size, kept: bodies.length, elsewhere: 0 });
  expect(named(out).sort()).toEqual(wanted);
  for (const name of wanted) expect(`${sha256(readFileSync(join(out, name)))}.png`).toBe(name);
}

describe('workers that are killed', () => {
  test('at any step, and never start again, leave everything to the others', async () => {
    const steps = await play(1, []);
    expect(steps).toBeGreaterThan(50);
    for (let at = 0; at < steps; at++) await play(1, [{ at, restart: false }]);
  }, 300_000);

  test('at any step, and start again, go on', async () => {
    const steps = await play(2, []);
    for (let at = 0; at < steps; at++) await play(2, [{ at, restart: true }]);
  }, 300_000);

  test('several times, in whatever order, even while they recover', async () => {
    for (let seed = 100; seed < 130; seed++) {
      const random = generator(seed);
      const kills = Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({
        at: Math.floor(random() * 90),
        restart: random() < 0.7,
      }));
      await play(seed, kills);
    }
  }, 300_000);
});
