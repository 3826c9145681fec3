/** Decodes any image that wasm-vips can, reduced on the way to what PDQ looks at. */
import { TrawlError } from '../../errors.ts';
import type { ImageFormat } from '../../model.ts';
import { REDUCED } from '../pdq/mod.ts';
import type { Structure } from '../structure/mod.ts';
import type { RgbPixels } from './picture.ts';
import { decoder, endThreads, type Plugin, type VipsModule } from './vips.ts';

/** Formats that wasm-vips decodes, and the part that it needs for it. */
const DECODERS: Partial<Record<ImageFormat, Plugin | 'builtin'>> = {
  jpeg: 'builtin',
  png: 'builtin',
  gif: 'builtin',
  webp: 'builtin',
  tiff: 'builtin',
  avif: 'vips-heif.wasm',
  jxl: 'vips-jxl.wasm',
  svg: 'vips-resvg.wasm',
};

export function canDecode(format: ImageFormat): boolean {
  return format in DECODERS;
}

/**
 * The first frame, as shown (EXIF orientation applied, alpha on white), in 8-bit sRGB. A side above
 * 512 reduces the picture to exactly 512 × 512. Throws `damaged` when it cannot be decoded,
 * `decode-crash` when it needs more memory than the decoder may take.
 */
export async function decodePixels(bytes: Uint8Array, structure: Structure): Promise<RgbPixels> {
  const part = DECODERS[structure.format];
  if (part === undefined) throw new TrawlError('damaged', `${structure.format} is not decoded`);
  const plugin = part === 'builtin' ? undefined : part;
  for (let attempt = 1; ; attempt++) {
    const vips = await decoder(plugin);
    try {
      return readPixels(vips, bytes, structure);
    } catch (error) {
      const why = reasonOf(error);
      if (!/out of memory/i.test(why)) {
        throw new TrawlError('damaged', `The ${structure.format} cannot be decoded: ${why}`);
      }
      // Memory may have been left in pieces by the images before: once more, from nothing.
      endThreads();
      if (attempt === 2) {
        throw new TrawlError('decode-crash', `The ${structure.format} needs too much memory`);
      }
    }
  }
}

/** First line of what libvips says. wasm-vips throws `[class name, text]` as the message. */
function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  const text = Array.isArray(message) ? message.slice(1).join(' ') : String(message ?? error);
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /out of memory/i.test(line)) ?? lines.find(Boolean) ?? 'no reason given'
  );
}

function readPixels(vips: VipsModule, bytes: Uint8Array, structure: Structure): RgbPixels {
  const images: VipsImage[] = [];
  const own = (image: VipsImage): VipsImage => {
    images.push(image);
    return image;
  };
  try {
    let image = load(vips, bytes, structure, own);
    if (image.interpretation !== 'srgb') image = own(image.colourspace('srgb'));
    if (image.hasAlpha()) image = own(image.flatten({ background: [255, 255, 255] }));
    if (image.format !== 'uchar') image = own(image.cast('uchar'));
    if (image.bands > 3) image = own(image.extractBand(0, { n: 3 }));
    const { width, height, bands } = image;
    if (bands !== 3) throw new Error(`${bands} bands where three were expected`);
    return { data: image.writeToMemory() as Uint8Array, width, height };
  } finally {
    for (const image of images.reverse()) image.delete();
  }
}

/** Upright; reduced while it is decoded, where the format allows (WebP). */
function load(
  vips: VipsModule,
  bytes: Uint8Array,
  { width, height }: Structure,
  own: (image: VipsImage) => VipsImage,
): VipsImage {
  const fail_on = 'error';
  if (width > REDUCED || height > REDUCED) {
    const square = { height: REDUCED, size: 'force', fail_on };
    return own(vips.Image.thumbnailBuffer(bytes, REDUCED, square));
  }
  return own(own(vips.Image.newFromBuffer(bytes, '', { fail_on })).autorot());
}

type VipsImage = InstanceType<VipsModule['Image']>;
