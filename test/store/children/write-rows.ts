/** Saves images and records them as fast as it can, telling each one, until it is killed. */
import { createHash } from 'node:crypto';
import { Catalog, makeFolder, saveBody } from '../../../src/store/mod.ts';

const folder = makeFolder(process.argv[2] as string);
const catalog = Catalog.open(folder.catalog, { batch: 20 });
const run = catalog.beginRun({ command: 'get', sources: [] });
for (let n = 0; ; n++) {
  const url = `https://x.test/${n}`;
  const bytes = new TextEncoder().encode(`picture ${n} `.repeat(500));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = `${catalog.names.reserve(url)}.jpg`;
  await saveBody(folder, { in: 'memory', bytes }, sha256, [file]);
  const facts = { format: 'jpeg', width: 1, height: 1, bytes: bytes.length } as const;
  catalog.recordImage({ sha256, file, ...facts, run });
  catalog.recordAddress({ url, status: 'saved', sha256, attempts: 1, ms: 1, run, fetched: 0 });
  if (n % 20 === 0) catalog.flush();
  if (n % 20 === 0) process.stdout.write(`${n}\n`);
}
