/**
 * The index at a million hashes, and the false matches among many distinct pictures.
 *
 *     node scripts/bench/dedupe-index.ts [--hashes 1000000] [--pictures 100000] [--list 40]
 *
 * The pictures are windows into the photos of dedupe-accuracy.ts, 256 each: 16 × 16 places, each
 * window a fifth of the photo's sides, so that neighbours have three quarters in common at most (a
 * copy has nine tenths). Half of them are turned or mirrored.
 */
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { parseHash } from '../../src/dedupe/hamming.ts';
import { Lookalikes } from '../../src/dedupe/lookalikes.ts';
import { type CandidateImage, HammingIndex } from '../../src/dedupe/mod.ts';
import { hashBuffer } from '../../src/inspect/pdq/hash.ts';
import { digestPixels } from '../../src/inspect/worker/picture.ts';
import { type Photo, photos } from './dedupe/photos.ts';

const { values } = parseArgs({
  options: {
    hashes: { type: 'string', default: '1000000' },
    pictures: { type: 'string', default: '100000' },
    list: { type: 'string', default: '40' },
  },
});

const PLACES = 16;
const SHARE = 0.2;
/** Longest side of a photo here: a window is then about 250 pixels wide. */
const LONGEST = 1280;

/** Distinct pictures made of one photo. */
async function windows(photo: Photo): Promise<CandidateImage[]> {
  const { data, info } = await sharp(photo.file)
    .removeAlpha()
    .toColourspace('srgb')
    .resize(LONGEST, LONGEST, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) return [];
  const [width, height] = [Math.floor(info.width * SHARE), Math.floor(info.height * SHARE)];
  return Array.from({ length: PLACES * PLACES }, (_, place) => {
    const left = Math.round(((info.width - width) * (place % PLACES)) / (PLACES - 1));
    const top = Math.round(((info.height - height) * Math.floor(place / PLACES)) / (PLACES - 1));
    const pixels = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++) {
      const from = ((top + y) * info.width + left) * 3;
      pixels.set(data.subarray(from, from + width * 3), y * width * 3);
    }
    if (place % 2 === 1) reverse(pixels);
    const { buffer, thumbnail } = digestPixels({ data: pixels, width, height });
    const hash = buffer && hashBuffer(buffer);
    const name = `${photo.name} ${place % PLACES},${Math.floor(place / PLACES)}`;
    const size = { width, height, bytes: pixels.length };
    return {
      sha256: name,
      name,
      format: 'png',
      ...size,
      thumbnail,
      ...(hash && { pdq: hash.hex, quality: hash.quality }),
    };
  });
}

/** Turns by 180°. */
function reverse(pixels: Uint8Array): void {
  for (let a = 0, b = pixels.length - 3; a < b; a += 3, b -= 3) {
    for (let k = 0; k < 3; k++) {
      const swap = pixels[a + k] as number;
      pixels[a + k] = pixels[b + k] as number;
      pixels[b + k] = swap;
    }
  }
}

/** The hashes of the pictures, then random ones. */
function fill(index: HammingIndex, count: number, seeds: readonly Uint32Array[]): void {
  const word = () => (Math.random() * 2 ** 32) >>> 0;
  for (let i = 0; i < count; i++) {
    const seed = seeds[i];
    index.add(seed ?? Uint32Array.from({ length: 8 }, word));
  }
}

function quantile(sorted: readonly number[], q: number): string {
  return (sorted[Math.floor(q * (sorted.length - 1))] as number).toFixed(3);
}

const wanted = Number(values.pictures);
const lookalikes = new Lookalikes(31);
const filed: CandidateImage[] = [];
const hashes: Uint32Array[] = [];
const matched: string[] = [];
const perPhoto = new Map<string, number>();
let seen = 0;
let flat = 0;
let cpu = 0;
for (const photo of await photos()) {
  if (seen >= wanted) break;
  for (const picture of await windows(photo)) {
    if (seen >= wanted) break;
    seen++;
    const start = process.cpuUsage();
    const prepared = lookalikes.prepare(picture);
    const found = prepared ? lookalikes.matches(prepared, (one) => one) : [];
    const id = prepared && lookalikes.add(prepared);
    const { user, system } = process.cpuUsage(start);
    cpu += user + system;
    if (id === undefined) {
      flat++;
      continue;
    }
    filed[id] = picture;
    hashes.push(parseHash(picture.pdq as string) as Uint32Array);
    for (const other of found) {
      const { name } = filed[other] as CandidateImage;
      const distance = lookalikes.distance(id, other);
      const photosOf = [name, picture.name].map((text) => text.split(' ')[0]);
      const key = photosOf[0] === photosOf[1] ? 'within one photo' : 'between two photos';
      perPhoto.set(key, (perPhoto.get(key) ?? 0) + 1);
      matched.push(`${name}  ~  ${picture.name} (${distance} bits)`);
    }
  }
}
console.log(
  `${seen} pictures, ${flat} of them too flat to be hashed; ${(cpu / 1000 / seen).toFixed(2)} ms CPU each\n` +
    `pairs matched: ${matched.length} ${JSON.stringify(Object.fromEntries(perPhoto))}`,
);
for (const line of matched.slice(0, Number(values.list))) console.log(`  ${line}`);

const index = new HammingIndex();
const count = Number(values.hashes);
const before = performance.now();
fill(index, count, hashes);
const seconds = (performance.now() - before) / 1000;
for (const radius of [0, 15, 31, 47]) {
  const times: number[] = [];
  for (let i = 0; i < 300; i++) {
    const query =
      (i % 2 === 0 ? hashes[(i * 331) % hashes.length] : undefined) ??
      Uint32Array.from({ length: 8 }, () => (Math.random() * 2 ** 32) >>> 0);
    const start = performance.now();
    index.query(query, radius);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  console.log(
    `radius ${radius}: median ${quantile(times, 0.5)} ms, 95 % ${quantile(times, 0.95)} ms`,
  );
}
console.log(
  `${count} hashes (${hashes.length} of pictures, the others random): ` +
    `${(index.byteLength / count).toFixed(1)} bytes each, filled in ${seconds.toFixed(1)} s`,
);
