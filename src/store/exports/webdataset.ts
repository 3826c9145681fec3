/** The kept images as WebDataset shards: tar files with `KEY.ext` and `KEY.json` one after the other. */
import { createWriteStream } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { TrawlError } from '../../errors.ts';
import type { Catalog } from '../catalog.ts';
import { fileError } from '../file-error.ts';
import { type Folder, pathIn } from '../folder.ts';
import { EXTENSIONS } from '../names.ts';
import type { ImageRow } from '../rows.ts';

export interface WebdatasetOptions {
  /** Folder for the shards. */
  readonly out: string;
  /** A shard is closed once it has so many bytes. Default 1,000,000,000. */
  readonly shardBytes?: number;
  /** Shards are named PREFIX-000000.tar. Default `images`. */
  readonly prefix?: string;
  readonly signal?: AbortSignal | undefined;
  /** Called for each image whose file is missing or of another size than the catalog says; it is left out. */
  readonly onSkip?: (file: string) => void;
}

export interface WebdatasetResult {
  readonly shards: readonly string[];
  readonly images: number;
  readonly skipped: number;
}

/** Throws TrawlError when a shard cannot be written. */
export async function writeWebdataset(
  folder: Folder,
  catalog: Catalog,
  options: WebdatasetOptions,
): Promise<WebdatasetResult> {
  const { out, shardBytes = 1e9, prefix = 'images', signal, onSkip } = options;
  const shards: string[] = [];
  let shard: Shard | undefined;
  let images = 0;
  let skipped = 0;
  try {
    await mkdir(out, { recursive: true });
    for (const image of catalog.images()) {
      if (image.file === undefined) continue;
      signal?.throwIfAborted();
      await using file = await openWhole(folder, image.file, image.bytes);
      if (!file) {
        skipped++;
        onSkip?.(image.file);
        continue;
      }
      if (shard && shard.bytes >= shardBytes) shards.push(await shard.close());
      if (!shard || shard.bytes >= shardBytes) {
        const number = String(shards.length).padStart(6, '0');
        shard = await Shard.open(join(out, `${prefix}-${number}.tar`));
      }
      // Everything up to the first dot of a name is the key, so the file's own name would not do.
      const extension = EXTENSIONS[image.format][0];
      await shard.addFile(`${image.sha256}.${extension}`, file, image.bytes);
      await shard.add(`${image.sha256}.json`, Buffer.from(JSON.stringify(about(image, catalog))));
      images++;
    }
    if (shard) shards.push(await shard.close());
    return { shards, images, skipped };
  } catch (error) {
    await shard?.abandon();
    if (signal?.aborted) throw signal.reason;
    throw fileError(error, out);
  }
}

/** What is known of an image, with every address it came from. */
function about(image: ImageRow, catalog: Catalog) {
  const { run: _run, kept: _kept, kind: _kind, ...facts } = image;
  const addresses = catalog.addressesOf(image.sha256);
  const alt = addresses.find((address) => address.alt)?.alt;
  const page = addresses.find((address) => address.page)?.page;
  return {
    url: addresses[0]?.url,
    urls: addresses.map((address) => address.url),
    ...(page !== undefined && { page }),
    ...(alt !== undefined && { alt }),
    ...facts,
  };
}

async function openWhole(
  folder: Folder,
  name: string,
  bytes: number,
): Promise<FileHandle | undefined> {
  const path = pathIn(folder.root, name);
  // Not even a link of that name is followed: it may lead to any file of the machine.
  if (!(await lstat(path).catch(() => undefined))?.isFile()) return undefined;
  const file = await open(path, 'r').catch(() => undefined);
  if ((await file?.stat())?.size === bytes) return file;
  await file?.close();
  return undefined;
}

class Shard {
  bytes = 0;
  readonly #path: string;
  readonly #pack: Pack;
  readonly #written: Promise<void>;

  private constructor(path: string, pack: Pack) {
    this.#path = path;
    this.#pack = pack;
    this.#written = pipeline(pack, createWriteStream(`${path}.part`));
    // Whoever adds the next entry is told; until then it must not end the program.
    this.#written.catch(() => {});
  }

  static async open(path: string): Promise<Shard> {
    const { pack } = await import('tar-stream');
    return new Shard(path, pack());
  }

  async add(name: string, content: Buffer): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pack.entry(header(name, content.length), content, (error) =>
      error ? reject(error) : resolve(),
    );
    this.#count(content.length);
    await Promise.race([promise, this.#failed()]);
  }

  async addFile(name: string, file: FileHandle, size: number): Promise<void> {
    const entry = this.#pack.entry(header(name, size));
    this.#count(size);
    // Not beyond the size that the header tells, should the file grow meanwhile.
    const end = Math.max(0, size - 1);
    const content = size === 0 ? [] : file.createReadStream({ start: 0, end, autoClose: false });
    await Promise.race([pipeline(content, entry), this.#failed()]);
  }

  /** The path under which the shard now is. */
  async close(): Promise<string> {
    this.#pack.finalize();
    await this.#written;
    await rename(`${this.#path}.part`, this.#path);
    return this.#path;
  }

  async abandon(): Promise<void> {
    this.#pack.destroy();
    await this.#written.catch(() => {});
    await rm(`${this.#path}.part`, { force: true });
  }

  /** Rejects when writing fails; an entry alone would wait for room for ever. */
  async #failed(): Promise<never> {
    await this.#written;
    throw new TrawlError('internal', `${this.#path} was closed before its last entry`);
  }

  /** A header and whole blocks of 512 bytes for each entry. */
  #count(size: number): void {
    this.bytes += 512 + Math.ceil(size / 512) * 512;
  }
}

/** Nothing in it depends on when and by whom the export was made. */
const header = (name: string, size: number) => ({ name, size, mode: 0o644, mtime: new Date(0) });
