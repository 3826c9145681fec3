/** Decodes any image that wasm-vips can, reduced on the way to what PDQ looks at. */
import { TrawlError } from '../../errors.ts';
import type { ImageFormat } from '../../model.ts';
import { REDUCED } from '../pdq/mod.ts';
import type { Structure } from '../structure/mod.ts';
import type { RgbPixels } from './picture.ts';
import { decoder, type Plugin, type VipsModule } from './vips.ts';

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
 * 512 reduces the picture to exactly 512 × 512. Throws `damaged` when it cannot be decoded.
 */
export async function decodePixels(bytes: Uint8Array, structure: Structure): Promise<RgbPixels> {
  const part = DECODERS[structure.format];
  if (part === undefined) throw new TrawlError('damaged', `${structure.format} is not decoded`);
  const vips = await decoder(part === 'builtin' ? undefined : part);
  try {
    return readPixels(vips, bytes, structure);
  } catch (error) {
    const why = error instanceof Error ? (error.message.trim().split('\n')[0] ?? '') : '';
    throw new TrawlError('damaged', `The ${structure.format} cannot be decoded: ${why}`);
  }
}

function readPixels(vips: VipsModule, bytes: Uint8Array, structure: Structure): RgbPixels {
  const images: { delete(): void }[] = [];
  const own = <T extends { delete(): void }>(image: T): T => {
    images.push(image);
    return image;
  };
  try {
    const large = structure.width > REDUCED || structure.height > REDUCED;
    let image = large
      ? own(
          vips.Image.thumbnailBuffer(bytes, REDUCED, {
            height: REDUCED,
            size: 'force',
            fail_on: 'error',
          }),
        )
      : own(own(vips.Image.newFromBuffer(bytes, '', { fail_on: 'error' })).autorot());
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
