/** libjpeg-turbo's decoder, less what is never asked of it, and our vectors and wrapper around it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { link, unpack } from './compile.ts';
import { LIBJPEG } from './libraries.ts';
import { reducing } from './reduce.ts';

/** Those of the decoder, `jd….c`. */
const PARTS: readonly string[] = [
  ...['apimin', 'apistd', 'atasrc', 'coefct', 'color', 'dctmgr', 'huff', 'input'],
  ...['mainct', 'marker', 'master', 'phuff', 'postct', 'sample'],
];

const SHARED: readonly string[] = ['jcomapi', 'jidctint', 'jmemmgr', 'jmemnobs', 'jutils'];

/** Of the library's options, `…_SUPPORTED`. What they would make of a picture, libvips does not ask for, or we do not take. */
const UNUSED: readonly string[] = [
  ...['BLOCK_SMOOTHING', 'DCT_FLOAT', 'DCT_IFAST', 'IDCT_SCALING'],
  ...['QUANT_1PASS', 'QUANT_2PASS', 'UPSAMPLE_MERGING'],
];

/** What its own build would find out. */
const HEADERS: Readonly<Record<string, string>> = {
  'jconfig.h': `#define JPEG_LIB_VERSION 62
#define MEM_SRCDST_SUPPORTED 1
#define BITS_IN_JSAMPLE 8
#define WITH_SIMD 1
`,
  'jconfigint.h': `#undef inline
#define INLINE inline
#define THREAD_LOCAL
#define SIZEOF_SIZE_T 4
#define FALLTHROUGH __attribute__((fallthrough));
`,
  // Included before anything else.
  'options.h': `#define JPEG_INTERNALS
#define JPEG_INTERNAL_OPTIONS
#include <stdio.h>
#include "jpeglib.h"
${UNUSED.map((name) => `#undef ${name}_SUPPORTED`).join('\n')}
`,
};

/** Returns where the source lies. */
export async function compileLibjpeg(root: string, folder: string): Promise<string> {
  const source = await unpack(LIBJPEG, folder);
  const build = join(folder, 'libjpeg-build');
  mkdirSync(build, { recursive: true });
  for (const [name, text] of Object.entries(HEADERS)) writeFileSync(join(build, name), text);
  const reduce = join(root, 'src/inspect/reduce');
  const own = join(root, 'src/inspect/jpeg/whole');
  link({
    inputs: [
      ...['libjpeg', 'vectors'].map((name) => join(own, `${name}.c`)),
      ...reducing(reduce),
      ...[...PARTS.map((name) => `jd${name}`), ...SHARED].map((name) => join(source, `${name}.c`)),
    ],
    includes: [reduce, build, source],
    // Optimized as a whole, and not at all costs (-O3): as fast, and a tenth smaller.
    flags: ['-O2', '-flto', '-DNO_GETENV', '-DNO_PUTENV', '-include', join(build, 'options.h')],
    output: join(root, 'src/inspect', LIBJPEG.output),
  });
  return source;
}
