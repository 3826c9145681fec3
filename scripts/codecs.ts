/**
 * Compiles what is C (src/inspect/avif/dav1d.wasm, jpeg/whole/libjpeg.wasm, reduce/reduce.wasm, webp/libwebp.wasm), the decoders
 * from pinned sources, after a change in the .c files of src/inspect. It needs emscripten, meson and ninja, on Debian 12:
 * apt-get install --no-install-recommends emscripten meson ninja-build
 *
 * node scripts/codecs.ts [FOLDER for sources and objects, default dist/codecs]
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { freshMemory, INITIAL_BYTES, importing } from '../src/inspect/worker/codec.ts';
import { checkCompiler, copyText } from './codecs/compile.ts';
import { compileDav1d } from './codecs/dav1d.ts';
import { compileLibjpeg } from './codecs/libjpeg.ts';
import { OUTPUTS } from './codecs/libraries.ts';
import { compileLibwebp } from './codecs/libwebp.ts';
import { compileReduce } from './codecs/reduce.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'dist/codecs'));
const texts = join(root, 'scripts/codecs/licenses');

checkCompiler();
mkdirSync(folder, { recursive: true });
mkdirSync(texts, { recursive: true });
const dav1d = await compileDav1d(root, folder);
copyText(join(dav1d, 'COPYING'), join(texts, 'dav1d.txt'));
const libjpeg = await compileLibjpeg(root, folder);
copyText(join(libjpeg, 'LICENSE.md'), join(texts, 'libjpeg-turbo.txt'));
copyText(join(libjpeg, 'README.ijg'), join(texts, 'libjpeg-turbo-ijg.txt'));
const libwebp = await compileLibwebp(root, folder);
copyText(join(libwebp, 'COPYING'), join(texts, 'libwebp.txt'));
copyText(join(libwebp, 'PATENTS'), join(texts, 'libwebp-patents.txt'));
compileReduce(root);
for (const output of OUTPUTS) {
  const code = readFileSync(join(root, 'src/inspect', output));
  checkStatics(output, code);
  process.stdout.write(`${output}: ${code.length} bytes\n`);
}

/** Where the heap begins, all that is static ends. */
function checkStatics(output: string, code: Uint8Array<ArrayBuffer>): void {
  const module = new WebAssembly.Module(code);
  const { exports } = new WebAssembly.Instance(module, importing(freshMemory()));
  const end = (exports['__heap_base'] as WebAssembly.Global).value;
  if (end > INITIAL_BYTES) throw new Error(`${output} has ${end} bytes of static data and stack`);
}
