/** Undoes Content-Encoding, piece by piece, so that a cap on what comes out holds before it is all there. */
import zlib from 'node:zlib';
import { TrawlError } from '../errors.ts';
import { redactUrl } from './redact.ts';

/** A body may be packed more than once; more layers than this are a bomb. */
const MOST_LAYERS = 3;

/** Names of the encodings to undo, last applied first. Empty for a plain body. Unknown names are a `bad-response`. */
export function encodingsOf(header: string | string[] | undefined, url: string): string[] {
  const names = String(header ?? '')
    .toLowerCase()
    .split(',', 64)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity' && name !== 'none');
  if (names.length > MOST_LAYERS) throw bad(url, `${names.length} content encodings`);
  for (const name of names) {
    if (!(name in DECODERS)) throw bad(url, `the unknown content encoding "${name.slice(0, 40)}"`);
  }
  return names.reverse();
}

type Transform = zlib.Gunzip | zlib.BrotliDecompress | zlib.InflateRaw | zlib.ZstdDecompress;

const DECODERS: Readonly<Record<string, (first: number) => Transform>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  // RFC 9110 means zlib's format; some servers send bare deflate data, whose first byte differs.
  deflate: (first) => ((first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
};

/** A chain of decoders. `onData` gets what comes out; what it throws ends the decoding, a promise halts it. */
export class Decoder {
  readonly #url: string;
  readonly #names: readonly string[];
  readonly #onData: (chunk: Buffer) => Promise<void> | undefined;
  #chain: Transform[] = [];
  #failure: unknown;
  #fail: (error: unknown) => void = () => {};
  readonly #failed: Promise<never>;

  constructor(
    url: string,
    names: readonly string[],
    onData: (chunk: Buffer) => Promise<void> | undefined,
  ) {
    this.#url = url;
    this.#names = names;
    this.#onData = onData;
    this.#failed = new Promise((_, reject) => {
      this.#fail = (error) => {
        this.#failure ??= error;
        reject(this.#failure);
        this.close();
      };
    });
    this.#failed.catch(() => {});
  }

  /** Resolves when there is room for more. */
  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#failure) throw this.#failure;
    const head = this.#chain[0] ?? this.#open(chunk[0] as number);
    if (head.write(chunk)) return undefined;
    return Promise.race([
      new Promise<void>((resolve) => head.once('drain', resolve)),
      this.#failed,
    ]);
  }

  /** Resolves when all has come out; rejects with `bad-response` when the data is cut or broken. */
  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const head = this.#chain[0];
    const tail = this.#chain.at(-1);
    if (!head || !tail) return;
    const ended = new Promise<void>((resolve) => tail.once('end', resolve));
    head.end();
    await Promise.race([ended, this.#failed]);
  }

  close(): void {
    for (const stream of this.#chain) stream.destroy();
  }

  #open(first: number): Transform {
    this.#chain = this.#names.map((name) => {
      // Only the outermost layer's first byte is known; zlib's format is the rule for those within.
      const isOuter = name === this.#names[0];
      return (DECODERS[name] as (first: number) => Transform)(isOuter ? first : 8);
    });
    this.#chain.forEach((stream, index) => {
      stream.on('error', (cause) => {
        this.#fail(
          new TrawlError(
            'bad-response',
            `${redactUrl(this.#url)} is not ${this.#names.join(', ')} data, as its Content-Encoding says`,
            { cause },
          ),
        );
      });
      const next = this.#chain[index + 1];
      if (next) stream.pipe(next);
    });
    const tail = this.#chain.at(-1) as Transform;
    tail.on('data', (chunk: Buffer) => {
      if (this.#failure) return;
      try {
        const wait = this.#onData(chunk);
        if (!wait) return;
        tail.pause();
        wait.then(() => tail.resume(), this.#fail);
      } catch (error) {
        this.#fail(error);
      }
    });
    return this.#chain[0] as Transform;
  }
}

function bad(url: string, what: string): TrawlError {
  return new TrawlError('bad-response', `${redactUrl(url)} came with ${what}`);
}
