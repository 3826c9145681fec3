/**
 * Bundles the inspect worker, a pure Web Worker without any file beside it, and copies the
 * WebAssembly that it may ask for.
 *
 * node scripts/worker-bundle.ts [OUT_DIR]     default dist/assets
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { OUTPUTS } from './codecs/libraries.ts';

const PLUGINS = ['vips-heif.wasm', 'vips-jxl.wasm', 'vips-resvg.wasm'];

/** One place of the decoder's JavaScript that is changed, and how often it must be found. */
interface Patch {
  readonly find: string;
  readonly replace: string;
  readonly times: number;
  readonly why: string;
}

const PATCHES: readonly Patch[] = [
  {
    find: 'navigator.hardwareConcurrency>6?navigator.hardwareConcurrency:6',
    replace: '2',
    times: 2,
    why: 'Every worker would start at least 6 threads, 64 on 64 cores; it uses 2 at a time.',
  },
  {
    find: 'var sa={},ta;',
    // What the decoder shares with its threads, here with its parent.
    replace: 'var sa=Module.sharedModules||{},ta;',
    times: 1,
    why: 'Every worker would compile the parts that decode single formats, each time it is replaced.',
  },
  {
    // Makes an object for each of 17,000 functions in the table, in every thread, so that those of the
    // parts that are known there already get no second place.
    find: 'De=(a,b)=>{if(Ce)for(var c=a;c<a+b;c++){var d=N.get(c);d&&Ce.set(d,c)}}',
    replace: 'De=()=>{}',
    times: 1,
    why: 'Each thread would hold 15 MB for it.',
  },
  {
    find: 'initial:4096,maximum:32768,shared:!0',
    // 1 GiB: a 100-megapixel picture that must be decoded at once (interlaced PNG, AVIF) fits.
    replace: 'initial:512,maximum:16384,shared:!0',
    times: 1,
    why: 'A hostile image may otherwise take 2 GiB before it is refused.',
  },
];

/**
 * The memory that vips.wasm imports: at least 4,096 pages (256 MiB), 32,768 at most, shared. With 512
 * (32 MiB; its own data take 17) its size tells how much images have made it take.
 */
const MEMORY = {
  find: Buffer.from('env\x06memory\x02\x03\x80\x20\x80\x80\x02', 'latin1'),
  replace: Buffer.from('env\x06memory\x02\x03\x80\x04\x80\x80\x02', 'latin1'),
};

function withSmallMemory(wasm: Buffer): Buffer {
  const at = wasm.indexOf(MEMORY.find);
  if (at < 0 || wasm.includes(MEMORY.find, at + 1)) {
    throw new Error('wasm-vips has changed: vips.wasm does not import its memory as it did');
  }
  MEMORY.replace.copy(wasm, at);
  return wasm;
}

/** Pages of 64 KiB, which is 256 MiB: a drawing takes some ten. Without a limit it may take 4 GiB. */
const RESVG_PAGES = 4096;

/** Limits the memory that a module defines (WebAssembly 1.0, 5.5.8). */
function withMostPages(wasm: Buffer, pages: number): Buffer {
  const limit = leb128(pages);
  for (let at = 8; at < wasm.length; ) {
    const [size, from] = readLeb128(wasm, at + 1);
    if (wasm[at] === 5) {
      const [one, without, ...least] = wasm.subarray(from, from + size);
      if (one !== 1 || without !== 0) throw new Error('resvg.wasm has limits of its own');
      const section = [...least, ...limit];
      const head = [5, ...leb128(section.length + 2), 1, 1];
      return Buffer.concat([
        wasm.subarray(0, at),
        Buffer.from([...head, ...section]),
        wasm.subarray(from + size),
      ]);
    }
    at = from + size;
  }
  throw new Error('resvg.wasm defines no memory');
}

function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7)];
}

function readLeb128(bytes: Buffer, at: number): [value: number, end: number] {
  const byte = bytes[at]!;
  if (byte < 0x80) return [byte, at + 1];
  const [rest, end] = readLeb128(bytes, at + 1);
  return [(byte & 0x7f) + 128 * rest, end];
}

function applyPatches(code: string): string {
  for (const { find, replace, times, why } of PATCHES) {
    const found = code.split(find).length - 1;
    if (found !== times) {
      throw new Error(
        `wasm-vips has changed: "${find}" was found ${found} times, not ${times}. ${why}`,
      );
    }
    code = code.replaceAll(find, () => replace);
  }
  return code;
}

const patchVips: Plugin = {
  name: 'patch-vips',
  setup(on) {
    on.onLoad({ filter: /vips-es6\.js$/ }, ({ path }) => ({
      contents: applyPatches(readFileSync(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** Writes `inspect-worker.js` and all .wasm files to `outDir`. */
export async function buildWorker(outDir: string): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  mkdirSync(outDir, { recursive: true });
  await build({
    entryPoints: [join(root, 'src/inspect/worker/entry.ts')],
    outfile: join(outDir, 'inspect-worker.js'),
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2024',
    minify: true,
    keepNames: false,
    legalComments: 'none',
    plugins: [patchVips],
    logLevel: 'warning',
  });
  const { resolve } = createRequire(import.meta.url);
  const lib = dirname(resolve('wasm-vips/vips.wasm'));
  const resvg = resolve('@resvg/resvg-wasm/index_bg.wasm');
  writeFileSync(join(outDir, 'vips.wasm'), withSmallMemory(readFileSync(join(lib, 'vips.wasm'))));
  for (const name of PLUGINS) copyFileSync(join(lib, name), join(outDir, name));
  writeFileSync(join(outDir, 'resvg.wasm'), withMostPages(readFileSync(resvg), RESVG_PAGES));
  for (const output of OUTPUTS) {
    copyFileSync(join(root, 'src/inspect', output), join(outDir, basename(output)));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  await buildWorker(process.argv[2] ?? join(root, 'dist/assets'));
}
