import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Folder, makeFolder } from '../../src/store/mod.ts';

/** A folder of its own for the test that asks; removed after it. */
export function testPath(): string {
  const path = mkdtempSync(join(tmpdir(), 'imgtrawl-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const testFolder = (): Folder => makeFolder(join(testPath(), 'out'));

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
