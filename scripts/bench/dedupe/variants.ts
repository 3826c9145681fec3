import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { CACHE, type Photo } from './photos.ts';

export interface Variant {
  readonly name: string;
  /** Whether it is the same picture: `false` for a copy that must be kept beside its original. */
  readonly same: boolean;
  readonly format: 'jpeg' | 'png' | 'webp' | 'avif';
  readonly make: (photo: Sharp, width: number, height: number) => Sharp | Promise<Sharp>;
}

const scaled = (share: number) => (photo: Sharp, width: number, height: number) =>
  photo
    .resize(Math.round(width * share), Math.round(height * share), { fit: 'fill' })
    .jpeg({ quality: 85 });

/** Keeps `share` of each side, from `left` and `top` (shares of what is cut off). */
const cropped =
  (share: number, left = 0.5, top = 0.5) =>
  (photo: Sharp, width: number, height: number) => {
    const [w, h] = [Math.round(width * share), Math.round(height * share)];
    return photo
      .extract({
        left: Math.round((width - w) * left),
        top: Math.round((height - h) * top),
        width: w,
        height: h,
      })
      .jpeg({ quality: 85 });
  };

const brightness = (factor: number) => (photo: Sharp) =>
  photo.modulate({ brightness: factor }).jpeg({ quality: 85 });

function watermark(photo: Sharp, width: number, height: number): Sharp {
  const [w, h] = [Math.round(width * 0.22), Math.round(height * 0.06)];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 220 40"
    preserveAspectRatio="none"><rect width="220" height="40" rx="6" fill="#000" opacity=".35"/>
    <text x="110" y="28" font-family="sans-serif" font-size="24" fill="#fff" text-anchor="middle"
    opacity=".9">© example.org</text></svg>`;
  const [left, top] = [
    width - w - Math.round(width * 0.02),
    height - h - Math.round(height * 0.02),
  ];
  return photo.composite([{ input: Buffer.from(svg), left, top }]).jpeg({ quality: 85 });
}

export const VARIANTS: readonly Variant[] = [
  { name: 'jpeg q90', same: true, format: 'jpeg', make: (photo) => photo.jpeg({ quality: 90 }) },
  { name: 'jpeg q70', same: true, format: 'jpeg', make: (photo) => photo.jpeg({ quality: 70 }) },
  { name: 'jpeg q40', same: true, format: 'jpeg', make: (photo) => photo.jpeg({ quality: 40 }) },
  {
    name: 'webp q75',
    same: true,
    format: 'webp',
    make: (photo) => photo.webp({ quality: 75, effort: 2 }),
  },
  {
    name: 'avif q50',
    same: true,
    format: 'avif',
    make: (photo) => photo.avif({ quality: 50, effort: 1 }),
  },
  { name: 'png', same: true, format: 'png', make: (photo) => photo.png({ compressionLevel: 3 }) },
  { name: 'size 75 %', same: true, format: 'jpeg', make: scaled(0.75) },
  { name: 'size 50 %', same: true, format: 'jpeg', make: scaled(0.5) },
  { name: 'size 25 %', same: true, format: 'jpeg', make: scaled(0.25) },
  { name: 'crop 2 %', same: true, format: 'jpeg', make: cropped(0.98) },
  { name: 'crop 2 % a side', same: true, format: 'jpeg', make: cropped(0.96) },
  { name: 'crop 5 %', same: true, format: 'jpeg', make: cropped(0.95) },
  { name: 'crop 5 % corner', same: true, format: 'jpeg', make: cropped(0.95, 0, 0) },
  { name: 'crop 5 % a side', same: true, format: 'jpeg', make: cropped(0.9) },
  {
    name: 'crop 5 % right',
    same: true,
    format: 'jpeg',
    make: (photo, width, height) =>
      photo
        .extract({ left: 0, top: 0, width: Math.round(width * 0.95), height })
        .jpeg({ quality: 85 }),
  },
  {
    name: 'border 1 px',
    same: true,
    format: 'jpeg',
    make: (photo) =>
      photo
        .extend({ top: 1, bottom: 1, left: 1, right: 1, background: 'black' })
        .jpeg({ quality: 85 }),
  },
  { name: 'brightness +10 %', same: true, format: 'jpeg', make: brightness(1.1) },
  { name: 'brightness -10 %', same: true, format: 'jpeg', make: brightness(0.9) },
  { name: 'watermark', same: true, format: 'jpeg', make: watermark },
  {
    name: 'grey',
    same: false,
    format: 'jpeg',
    make: (photo) => photo.greyscale().jpeg({ quality: 85 }),
  },
  {
    name: 'mirrored',
    same: false,
    format: 'jpeg',
    make: (photo) => photo.flop().jpeg({ quality: 85 }),
  },
  {
    name: 'upside down',
    same: false,
    format: 'jpeg',
    make: (photo) => photo.rotate(180).jpeg({ quality: 85 }),
  },
];

/** The encoded variant, from the cache where it was made before. */
export async function make(photo: Photo, variant: Variant): Promise<Uint8Array<ArrayBuffer>> {
  const folder = join(CACHE, 'variants', photo.name);
  const file = join(
    folder,
    `${variant.name.replaceAll(/\W+/g, '-')}${variant.name.includes('+') ? 'plus' : ''}`,
  );
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const original = sharp(photo.file).removeAlpha().toColourspace('srgb');
    const { width, height } = await original.metadata();
    const made = await variant.make(original, width, height);
    writeFileSync(file, await made.toBuffer());
  }
  return new Uint8Array(readFileSync(file));
}
