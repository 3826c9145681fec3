/**
 * How far the hashes of drawings are from PDQ of what sharp (librsvg) draws at the drawing's own size, reduced
 * to 512 × 512 by lanczos3 when that is larger. The two renderers differ in more than imgtrawl's short cut, and symmetrical drawings
 * (flags, signs) have bits that noise decides: what is far off is named.
 *
 *     node --experimental-web-worker scripts/bench/svg-accuracy.ts [--drawings N]
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createInspector, distanceHex, inspectHeader } from '../../src/inspect/mod.ts';
import { type PdqHash, REDUCED } from '../../src/inspect/pdq/mod.ts';
import { unpacked } from './dedupe/photos.ts';
import { table } from './measure.ts';
import { pictureHash, QUALITY } from './picture-hash.ts';

const { values } = parseArgs({ options: { drawings: { type: 'string', default: '700' } } });

const MAX_BYTES = 400_000;
const MAX_PIXELS = 20e6;
/** A sixth of the package: one series of hairlines, which the renderers do not draw alike. */
const STARS = /\/star_\d+pt\d+step\.svg$/;

/** Evenly from all folders of the package. */
function files(count: number): string[] {
  const root = unpacked('openclipart-svg');
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => path.endsWith('.svg') && !STARS.test(path) && statSync(path).size < MAX_BYTES)
    .sort();
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, i) => all[Math.floor((i * all.length) / count)]!,
  );
}

async function wholeHash(file: Uint8Array): Promise<PdqHash> {
  const flat = sharp(file).flatten({ background: 'white' }).toColourspace('srgb');
  // In two steps: sharp would draw it in the reduced size.
  let picture = sharp(await flat.png({ compressionLevel: 0 }).toBuffer());
  const { width, height } = await picture.metadata();
  if (Math.max(width, height) > REDUCED)
    picture = picture.resize(REDUCED, REDUCED, { fit: 'fill', kernel: 'lanczos3' });
  return pictureHash(picture.removeAlpha());
}

function kindOf({ width, height }: { readonly width: number; readonly height: number }): string {
  if (Math.max(width, height) <= REDUCED) return 'not reduced';
  return Math.min(width, height) < REDUCED ? 'one side reduced' : 'both sides reduced';
}

const distances: Record<string, number[]> = {};
await using inspector = createInspector({ workers: 1, decodeTimeout: 300 });
for (const path of files(Number(values.drawings))) {
  const bytes = new Uint8Array(readFileSync(path));
  try {
    const header = inspectHeader(bytes, MAX_PIXELS);
    const [ours, whole] = await Promise.all([inspector.inspect(bytes), wholeHash(bytes)]);
    if (whole.quality < QUALITY || ours.pdq === undefined) continue;
    const distance = distanceHex(ours.pdq, whole.hex);
    const kind = kindOf(header);
    distances[kind] = [...(distances[kind] ?? []), distance];
    if (distance > 31) process.stderr.write(`${basename(path)}: ${distance}\n`);
  } catch (error) {
    process.stderr.write(`${basename(path)}: ${error}\n`);
  }
}
const rows = [['bits from the hash of sharp’s drawing', 'drawings', 'median', '90 %', '95 %']];
for (const [kind, some] of Object.entries(distances)) {
  some.sort((a, b) => a - b);
  const at = (share: number) => some[Math.floor(some.length * share)]!;
  rows.push([kind, ...[some.length, at(0.5), at(0.9), at(0.95)].map(String)]);
}
process.stdout.write(`${table(rows)}\n`);
