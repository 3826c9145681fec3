/** libwebp's decoder and demultiplexer, with the vectors it has for SSE2 (those for SSE4.1 are not faster here), and our wrapper around them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { link, unpack } from './compile.ts';
import { LIBWEBP } from './libraries.ts';
import { reducing } from './reduce.ts';

/** By folder; what of them is not used, the linker leaves out. */
const PARTS: Readonly<Record<string, RegExp>> = {
  // Less what makes pictures, in place of which our wrapper stands.
  dec: /^(?!(?:io|idec)_dec)\w+\.c$/,
  demux: /^demux\.c$/,
  dsp: /^(?:alpha_processing|cpu|dec|dec_clip_tables|filters|lossless|rescaler|upsampling|yuv)(?:_sse2)?\.c$/,
  utils:
    /^(?:palette|utils|(?:bit_reader|color_cache|filters|huffman|quant_levels_dec|random|rescaler|thread)_utils)\.c$/,
};

/** Returns where the source lies. */
export async function compileLibwebp(root: string, folder: string): Promise<string> {
  const source = await unpack(LIBWEBP, folder);
  const parts = Object.entries(PARTS).flatMap(([part, names]) => {
    const files = readdirSync(join(source, 'src', part)).sort();
    return files.filter((name) => names.test(name)).map((name) => join(source, 'src', part, name));
  });
  const planes = join(root, 'src/inspect/planes');
  const reduce = join(root, 'src/inspect/reduce');
  const own = join(root, 'src/inspect/webp');
  link({
    inputs: [
      ...['libwebp', 'rgb', 'whole'].map((name) => join(own, `${name}.c`)),
      join(planes, 'planes.c'),
      ...reducing(reduce),
      ...parts,
    ],
    includes: [planes, reduce, source],
    // Optimized as a whole, and not at all costs (-O3): a seventh faster, and a third smaller.
    flags: ['-O2', '-flto', '-msse2', '-DWEBP_REDUCE_SIZE'],
    wrapped: ['VP8LConvertFromBGRA'],
    output: join(root, 'src/inspect', LIBWEBP.output),
  });
  return source;
}
