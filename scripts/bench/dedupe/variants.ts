import sharp, { type Sharp } from 'sharp';
import type { Photo } from './photos.ts';

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

/** Text in a corner (`left` and `top` are 0 or 1), on a dark plate or bare. */
const watermarked =
  (left: 0 | 1, top: 0 | 1, plate: boolean) => (photo: Sharp, width: number, height: number) => {
    const [w, h] = [Math.round(width * 0.22), Math.round(height * 0.06)];
    const ground = plate ? '<rect width="220" height="40" rx="6" fill="#000" opacity=".35"/>' : '';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 220 40"
    preserveAspectRatio="none">${ground}<text x="110" y="28" font-family="sans-serif" font-size="24"
    fill="#fff" text-anchor="middle" opacity=".9">© example.org</text></svg>`;
    const place = (side: number, own: number, end: number) =>
      Math.round(end * (side - own) + (1 - 2 * end) * side * 0.02);
    const at = { left: place(width, w, left), top: place(height, h, top) };
    return photo.composite([{ input: Buffer.from(svg), ...at }]).jpeg({ quality: 85 });
  };

const bordered = (background: string) => (photo: Sharp) =>
  photo.extend({ top: 1, bottom: 1, left: 1, right: 1, background }).jpeg({ quality: 85 });

/** Cuts `share` off one side. */
const trimmed =
  (side: 'left' | 'right' | 'top' | 'bottom', share: number) =>
  (photo: Sharp, width: number, height: number) => {
    const across = side === 'left' || side === 'right';
    const cut = Math.round((across ? width : height) * share);
    return photo
      .extract({
        left: side === 'left' ? cut : 0,
        top: side === 'top' ? cut : 0,
        width: across ? width - cut : width,
        height: across ? height : height - cut,
      })
      .jpeg({ quality: 85 });
  };

const jpeg = { same: true, format: 'jpeg' } as const;

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
  { ...jpeg, name: 'crop 2 %', make: cropped(0.98) },
  { ...jpeg, name: 'crop 2 % corner', make: cropped(0.98, 1, 1) },
  { ...jpeg, name: 'crop 2 % left', make: trimmed('left', 0.02) },
  { ...jpeg, name: 'crop 2 % a side', make: cropped(0.96) },
  { ...jpeg, name: 'crop 5 %', make: cropped(0.95) },
  { ...jpeg, name: 'crop 5 % corner', make: cropped(0.95, 0, 0) },
  { ...jpeg, name: 'crop 5 % other corner', make: cropped(0.95, 1, 1) },
  { ...jpeg, name: 'crop 5 % left', make: trimmed('left', 0.05) },
  { ...jpeg, name: 'crop 5 % right', make: trimmed('right', 0.05) },
  { ...jpeg, name: 'crop 5 % top', make: trimmed('top', 0.05) },
  { ...jpeg, name: 'crop 5 % bottom', make: trimmed('bottom', 0.05) },
  { ...jpeg, name: 'crop 5 % a side', make: cropped(0.9) },
  { ...jpeg, name: 'border 1 px', make: bordered('black') },
  { ...jpeg, name: 'border 1 px white', make: bordered('white') },
  { ...jpeg, name: 'border 1 px red', make: bordered('#d02020') },
  { ...jpeg, name: 'brightness +10 %', make: brightness(1.1) },
  { ...jpeg, name: 'brightness -10 %', make: brightness(0.9) },
  { ...jpeg, name: 'watermark', make: watermarked(1, 1, true) },
  { ...jpeg, name: 'watermark bottom left', make: watermarked(0, 1, true) },
  { ...jpeg, name: 'watermark top left', make: watermarked(0, 0, false) },
  { ...jpeg, name: 'watermark top right', make: watermarked(1, 0, false) },
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

/** Pixels of a photo, decoded once for all its variants. */
export interface Pixels {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 3 };
}

export async function pixelsOf(photo: Photo): Promise<Pixels> {
  const { data, info } = await sharp(photo.file)
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3) throw new Error(`${photo.file} has ${channels} channels`);
  return { data, raw: { width, height, channels } };
}

export async function make(
  { data, raw }: Pixels,
  variant: Variant,
): Promise<Uint8Array<ArrayBuffer>> {
  const made = await variant.make(sharp(data, { raw }), raw.width, raw.height);
  return new Uint8Array(await made.toBuffer());
}
