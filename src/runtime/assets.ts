/** Files that travel inside the executable; when run from source, they lie in dist/assets. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { DecoderPart } from '../inspect/protocol.ts';

/** Absent on Deno, where importing `node:sea` would fail. */
const sea = process.getBuiltinModule('node:sea');

/** Kept in step with `scripts/build.ts`, which writes them. */
export type AssetName = 'inspect-worker.js' | DecoderPart | 'licenses.txt';

/** Throws an Error when the program runs from source and was not built. */
export function loadAsset(name: AssetName): Uint8Array<ArrayBuffer> {
  if (sea?.isSea()) return new Uint8Array(sea.getRawAsset(name) as ArrayBuffer);
  const file = new URL(`../../dist/assets/${name}`, import.meta.url);
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${file.pathname} is missing: run "npm run build" first`, { cause });
  }
}
