/**
 * The platform's own zlib, in the worker too: taken at once, as the worker does away with `process` when
 * it starts. It knows no file and no connection. Undefined where there is none.
 */
import type { Inflate, ZlibOptions } from 'node:zlib';

export interface Zlib {
  createInflate(options: ZlibOptions): Inflate;
  inflateSync(data: Uint8Array, options: ZlibOptions): Uint8Array<ArrayBuffer>;
  crc32?(data: Uint8Array): number;
}

export const zlib = (
  globalThis as { process?: { getBuiltinModule?(name: string): Zlib | undefined } }
).process?.getBuiltinModule?.('node:zlib');
