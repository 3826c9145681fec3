/**
 * The platform's own zlib, in the worker too: it knows no file and no connection.
 */
export interface Zlib {
  crc32?(data: Uint8Array): number;
}

interface Platform {
  readonly process?: { getBuiltinModule?(name: string): Zlib | undefined };
}

let taken: Zlib | undefined;

/** Undefined where there is none. A worker calls it once before it does away with `process`. */
export function zlib(): Zlib | undefined {
  taken ??= (globalThis as Platform).process?.getBuiltinModule?.('node:zlib');
  return taken;
}
