import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderIdentity } from '../../src/queue/identity.ts';
import { scratch } from '../e2e/run.ts';

test('a folder keeps its name, and no two have the same', () => {
  const [one, other] = [scratch(), scratch()];
  const name = folderIdentity(one);
  expect(name).toMatch(/^[\w-]{12}$/);
  expect(folderIdentity(one)).toBe(name);
  expect(folderIdentity(other)).not.toBe(name);
  expect(readdirSync(join(one, '.imgtrawl/partial'))).toEqual([]);
});

test('half a name, which other folders might share, is replaced', () => {
  const out = scratch();
  const file = join(out, '.imgtrawl/worker');
  folderIdentity(out);
  writeFileSync(file, '');
  const name = folderIdentity(out);
  expect(name).toMatch(/^[\w-]{12}$/);
  expect(readFileSync(file, 'utf8')).toBe(name);
});
