/** Decodes any image that wasm-vips can, reduced on the way to what PDQ looks at. */
import { TrawlError } from '../../errors.ts';
import type { ImageFormat } from '../../model.ts';
import { REDUCED } from '../pdq/mod.ts';
import type { Structure } from '../structure/mod.ts';
import type { RgbPixels } from './picture.ts';
import { decoder, endThreads, type VipsModule } from './vips.ts';

/** Formats that wasm-vips decodes. */
const DECODED: ReadonlySet<ImageFormat> = new Set([
  'jpeg',
  'png',
  'gif',
  'webp',
  'tiff',
  'avif',
  'jxl',
  'svg',
]);

export function canDecode(format: ImageFormat): boolean {
  return DECODED.has(format);
}

/** The decoder that had the last picture. */
let used: VipsModule | undefined;

/**
 * The first frame, as shown (EXIF orientation applied, alpha on white), in 8-bit sRGB. A side above
 * 512 reduces the picture to exactly 512 × 512, on the way where the format allows that, unless `how` says
 * that every pixel is to be decoded. Throws `damaged` when it cannot be decoded,
 * `decode-crash` when the decoder faults or needs more memory than it may take.
 */
export async function decodePixels(
  bytes: Uint8Array,
  structure: Structure,
  how: 'quickly' | 'whole' = 'quickly',
): Promise<RgbPixels> {
  const { format } = structure;
  for (;;) {
    const vips = await decoder(format);
    const fresh = vips !== used;
    used = vips;
    if (!fresh) forgetErrors(vips);
    try {
      return readPixels(vips, bytes, structure, how);
    } catch (error) {
      if (error instanceof TrawlError) throw error;
      if (!isRefusal(error)) {
        // A trap (stack overflow, panic) leaves memory and locks as they were in the middle of it.
        endThreads();
        throw new TrawlError('decode-crash', `The decoder crashed on this ${format}: ${error}`);
      }
      const why = reasonOf(error);
      if (!/out of memory/i.test(why)) {
        throw new TrawlError('damaged', `The ${format} cannot be decoded${why && `: ${why}`}`);
      }
      endThreads();
      if (fresh) throw new TrawlError('decode-crash', `The ${format} needs too much memory`);
      // Memory may have been left in pieces by the images before: once more, from nothing.
    }
  }
}

/** What libvips throws when it refuses an image: `[class name, text]` is the message. */
interface Refusal {
  readonly message: readonly [string, string];
}

function isRefusal(error: unknown): error is Refusal {
  return Array.isArray((error as Partial<Refusal> | undefined)?.message);
}

/**
 * The line that tells most: the first ones name a call ("unable to call …"), that of the decoder which
 * found the fault comes last and begins with its name. Empty when there is none.
 */
function reasonOf({ message }: Refusal): string {
  const lines = message[1]
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\w+: /.test(line) && !/: (?:bad seek to \d+|load error)$/.test(line));
  return lines.find((line) => /out of memory/i.test(line)) ?? lines.at(-1) ?? '';
}

/** What earlier images left in libvips' list of errors would be taken for this one's: throwing empties it. */
function forgetErrors({ Image }: VipsModule): void {
  try {
    Image.newFromBuffer(new Uint8Array(1));
  } catch {}
}

function readPixels(
  vips: VipsModule,
  bytes: Uint8Array,
  structure: Structure,
  how: 'quickly' | 'whole',
): RgbPixels {
  const images: VipsImage[] = [];
  const own = (image: VipsImage): VipsImage => {
    images.push(image);
    return image;
  };
  try {
    let image = load(vips, bytes, structure, how, own);
    if (image.interpretation !== 'srgb') image = own(image.colourspace('srgb'));
    if (image.hasAlpha()) image = own(image.flatten({ background: [255, 255, 255] }));
    if (image.format !== 'uchar') image = own(image.cast('uchar'));
    if (image.bands > 3) image = own(image.extractBand(0, { n: 3 }));
    const { width, height, bands } = image;
    if (bands !== 3) throw new TrawlError('damaged', `The picture has ${bands} bands, not three`);
    return { data: image.writeToMemory() as Uint8Array, width, height };
  } catch (error) {
    // Nothing may be asked of a decoder that has crashed: it might wait for a lock forever.
    if (!isRefusal(error) && !(error instanceof TrawlError)) images.length = 0;
    throw error;
  } finally {
    for (const image of images.reverse()) image.delete();
  }
}

/** Formats that libvips reduces while it decodes them. */
const REDUCING: ReadonlySet<ImageFormat> = new Set(['jpeg', 'webp', 'avif', 'svg']);

/** Whether {@link decodePixels} sees other pixels of it when it is to see all. */
export function isReducedOnTheWay({ format, width, height }: Structure): boolean {
  return REDUCING.has(format) && Math.max(width, height) > REDUCED;
}

/** Upright, and reduced when it is large. */
function load(
  { Image }: VipsModule,
  bytes: Uint8Array,
  { format, width, height }: Structure,
  how: 'quickly' | 'whole',
  own: (image: VipsImage) => VipsImage,
): VipsImage {
  const fail_on = 'error';
  const square = { height: REDUCED, size: 'force' };
  if (width <= REDUCED && height <= REDUCED) {
    return own(own(Image.newFromBuffer(bytes, '', { fail_on })).autorot());
  }
  // For the other formats, thumbnailBuffer does not heed fail_on.
  if (how === 'quickly' && REDUCING.has(format)) {
    return own(Image.thumbnailBuffer(bytes, REDUCED, { ...square, fail_on }));
  }
  const image = own(Image.newFromBuffer(bytes, '', { fail_on, access: 'sequential' }));
  return own(image.thumbnailImage(REDUCED, square));
}

type VipsImage = InstanceType<VipsModule['Image']>;
