/** The small files that a real encoder made; see fixtures/make.ts. */
import { readFileSync } from 'node:fs';

export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}
