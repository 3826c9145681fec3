/**
 * What is left of broken downloads, and where large bodies lie while they arrive. For each address
 * there are two files, named by a hash of the address: `KEY.part`, the bytes, and `KEY.json`, which
 * says up to where they are known to be good, with their SHA-256, and which version of the body they
 * belong to. The bytes are believed only as far as that hash confirms them, so neither a kill nor a
 * power cut, after which a file may have the right length and wrong contents, leaves anything that a
 * later run would build on.
 */
import { createHash, type Hash, hash } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { redactUrl } from './redact.ts';
import { removeIfThere } from './remove.ts';

/** The beginning of a body, confirmed by its hash. */
export interface Kept {
  readonly bytes: number;
  /** Of those bytes; goes on with what follows. */
  readonly hash: Hash;
  /** Length of the whole, where the server said it. */
  readonly total?: number;
  /** Send this as If-Range. */
  readonly ifRange: string;
  /** SHA-256 of the address after redirects that they came from. */
  readonly final: string;
}

export interface Version {
  readonly ifRange: string;
  readonly total?: number;
  readonly finalUrl: string;
}

interface Sidecar {
  readonly v: 1;
  readonly url: string;
  readonly final: string;
  readonly ifRange: string;
  readonly total?: number;
  readonly bytes: number;
  readonly sha256: string;
}

const READ_BYTES = 1024 * 1024;
const MOST_SIDECAR_BYTES = 16 * 1024;

export class PartialStore {
  readonly #dir: string;
  /** Keys with a sidecar on disk. */
  readonly #known: Set<string>;
  /** Addresses. */
  readonly #busy = new Set<string>();
  #whole = 0;

  private constructor(dir: string, known: Set<string>) {
    this.#dir = dir;
    this.#known = known;
  }

  /** Makes the folder and removes what is too old. Throws the file system's error. */
  static async open(dir: string, nowEpochMs = Date.now()): Promise<PartialStore> {
    await mkdir(dir, { recursive: true });
    await collectPartials(dir, nowEpochMs);
    const names = await readdir(dir);
    const known = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
    return new PartialStore(dir, new Set(known));
  }

  /** The place of one address. A second one at the same time gets a place of its own, which is not kept. */
  claim(url: string): PartialSlot {
    const own = !this.#busy.has(url);
    if (own) this.#busy.add(url);
    // Most bodies are small and whole at once: they need no file, and no digest of their address.
    let digest: string | undefined;
    const key = () => {
      digest ??= sha256(url).slice(0, 40);
      return digest;
    };
    const suffix = own ? '' : `.${++this.#whole}`;
    return new PartialSlot({
      url,
      path: (extension) => join(this.#dir, `${key()}${suffix}.${extension}`),
      own,
      known: own && this.#known.size > 0 && this.#known.has(key()),
      wholePath: () => join(this.#dir, `${key()}.${process.pid}-${++this.#whole}.whole`),
      release: (kept) => {
        if (!own) return;
        this.#busy.delete(url);
        if (kept) this.#known.add(key());
        else if (digest !== undefined) this.#known.delete(digest);
      },
    });
  }
}

interface SlotOptions {
  readonly url: string;
  readonly path: (extension: 'part' | 'json' | 'tmp') => string;
  readonly own: boolean;
  readonly known: boolean;
  readonly wholePath: () => string;
  readonly release: (kept: boolean) => void;
}

/** Where one body is written. Every method throws the file system's error. */
export class PartialSlot implements AsyncDisposable {
  readonly #options: SlotOptions;
  #known: boolean;
  #file: FileHandle | undefined;
  #position = 0;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#known = options.known;
  }

  /** What an earlier try left, read again and confirmed. Undefined when there is nothing to build on. */
  async load(): Promise<Kept | undefined> {
    if (!this.#known) return undefined;
    const sidecar = await readSidecar(this.#options.path('json'));
    const hash = sidecar && (await hashOf(this.#options.path('part'), sidecar.bytes));
    if (!sidecar || hash?.copy().digest('hex') !== sidecar.sha256) {
      await this.discard();
      return undefined;
    }
    return {
      bytes: sidecar.bytes,
      hash,
      ifRange: sidecar.ifRange,
      final: sidecar.final,
      ...(sidecar.total === undefined ? {} : { total: sidecar.total }),
    };
  }

  /** Opens the file to write on after so many bytes; 0 starts afresh. */
  async begin(keptBytes: number): Promise<void> {
    await this.#close();
    // What an old sidecar says does not hold for new bytes.
    if (keptBytes === 0) await this.#forget();
    this.#file = await open(this.#options.path('part'), keptBytes > 0 ? 'r+' : 'w', 0o644);
    if (keptBytes > 0) await this.#file.truncate(keptBytes);
    this.#position = keptBytes;
  }

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const file = this.#file as FileHandle;
    for (let rest = pieces; rest.length > 0; ) {
      const { bytesWritten } = await file.writev(rest, this.#position);
      this.#position += bytesWritten;
      rest = after(rest, bytesWritten);
    }
  }

  /** Notes that what was written so far may be continued. */
  async checkpoint(hash: Hash, version: Version): Promise<void> {
    if (!this.#options.own) return;
    const sidecar: Sidecar = {
      v: 1,
      url: redactUrl(this.#options.url),
      final: sha256(version.finalUrl),
      ifRange: version.ifRange,
      ...(version.total === undefined ? {} : { total: version.total }),
      bytes: this.#position,
      sha256: hash.copy().digest('hex'),
    };
    await writeFile(this.#options.path('tmp'), JSON.stringify(sidecar));
    await rename(this.#options.path('tmp'), this.#options.path('json'));
    this.#known = true;
  }

  /** The body is complete: gives the file to the caller under a name that no later download takes. */
  async finish(): Promise<string> {
    await this.#close();
    const path = this.#options.wholePath();
    await rename(this.#options.path('part'), path);
    await this.#forget();
    return path;
  }

  /** What was written here, or an earlier try left to be continued, goes. */
  async discard(): Promise<void> {
    // For most images there is nothing: a look at the disk for each cost a twentieth of a run.
    if (!this.#known && !this.#file) return;
    await this.#close();
    await this.#forget();
    await removeIfThere(this.#options.path('part'));
  }

  /** Ends the claim; what was noted as good stays, anything else goes. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      const written = this.#file !== undefined;
      await this.#close();
      if (written && !this.#known) await removeIfThere(this.#options.path('part'));
    } finally {
      this.#options.release(this.#known);
    }
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #forget(): Promise<void> {
    if (!this.#known) return;
    this.#known = false;
    await removeIfThere(this.#options.path('json'));
  }
}

/** What is left of the pieces when so many bytes of them are done. */
function after(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let done = bytes;
  let at = 0;
  while (at < pieces.length && done >= pieces[at]!.length) done -= pieces[at++]!.length;
  return done === 0 ? pieces.slice(at) : [pieces[at]!.subarray(done), ...pieces.slice(at + 1)];
}

export interface CollectOptions {
  /** Parts that nobody continued for so long go. Default 7 days, in ms. */
  readonly partsMs?: number;
  /** Other files of ours, which a killed run left, go after this. Default 1 hour, in ms. */
  readonly strayMs?: number;
}

/** Removes what is too old to be continued. Files of other names are left alone. */
export async function collectPartials(
  dir: string,
  nowEpochMs = Date.now(),
  { partsMs = 7 * 86_400_000, strayMs = 3_600_000 }: CollectOptions = {},
): Promise<void> {
  const names = new Set(await readdir(dir));
  for (const name of names) {
    const match = /^([0-9a-f]{40})(\.[0-9-]+)?\.(part|json|tmp|whole)$/.exec(name);
    if (!match) continue;
    const paired =
      match[2] === undefined &&
      ((match[3] === 'part' && names.has(`${match[1]}.json`)) ||
        (match[3] === 'json' && names.has(`${match[1]}.part`)));
    const path = join(dir, name);
    const info = await lstat(path).catch(() => undefined);
    if (info && nowEpochMs - info.mtimeMs > (paired ? partsMs : strayMs)) {
      await removeIfThere(path);
    }
  }
}

/** Undefined when there is none or it is not of our making: then nothing is continued. */
async function readSidecar(path: string): Promise<Sidecar | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const buffer = Buffer.alloc(MOST_SIDECAR_BYTES);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const value = JSON.parse(buffer.toString('utf8', 0, bytesRead)) as Partial<Sidecar> | null;
    const isOurs =
      value?.v === 1 &&
      Number.isSafeInteger(value.bytes) &&
      (value.bytes as number) > 0 &&
      typeof value.sha256 === 'string' &&
      typeof value.final === 'string' &&
      typeof value.ifRange === 'string' &&
      !/[\r\n]/.test(value.ifRange) &&
      (value.total === undefined || Number.isSafeInteger(value.total));
    return isOurs ? (value as Sidecar) : undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

/** Hash of the first `bytes` of a file; undefined when it is shorter or unreadable. */
async function hashOf(path: string, bytes: number): Promise<Hash | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, bytes));
    for (let done = 0; done < bytes; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - done), done);
      if (bytesRead === 0) return undefined;
      hash.update(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
    return hash;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
