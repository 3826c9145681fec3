/**
 * Builds dist/: the worker and its WebAssembly as assets, the program as two scripts, and one
 * executable that holds all of it (a Node single executable application).
 *
 * node scripts/build.ts [--no-executable]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleProgram } from './bundle.ts';
import { makeCodeCache } from './code-cache.ts';
import { CODECS } from './codecs/libraries.ts';
import { buildExecutable } from './executable.ts';
import { writeLicenses } from './licenses.ts';
import { buildWorker } from './worker-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const assets = join(dist, 'assets');

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, stdio: 'pipe' })
      .toString()
      .trim();
  } catch {
    return '';
  }
};

/** `dav1d 1.5.1, libjpeg-turbo 2.1.5, libwebp 1.5.0, resvg-wasm 2.6.2, wasm-vips 0.0.19: libvips 8.18.7, libheif 1.23.5, …`, those that read images. */
const decoders = (): string => {
  const folder = join(root, 'node_modules/wasm-vips');
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const parts = JSON.parse(readFileSync(join(folder, 'versions.json'), 'utf8'));
  const readers = ['vips', 'mozjpeg', 'png', 'webp', 'heif', 'aom', 'jxl', 'tiff', 'resvg'];
  const vips = `wasm-vips ${versionOf('wasm-vips')}: ${readers.map((name) => `${name} ${parts[name]}`).join(', ')}`;
  const resvg = `resvg-wasm ${versionOf('@resvg/resvg-wasm')}`;
  return [...CODECS.map((codec) => `${codec.name} ${codec.version}`), resvg, vips].join(', ');
};

async function bundle(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await bundleProgram({
    assets,
    define: {
      IMGTRAWL_VERSION: JSON.stringify(version),
      IMGTRAWL_COMMIT: JSON.stringify(commit()),
      IMGTRAWL_DECODERS: JSON.stringify(decoders()),
    },
  });
  await build({
    entryPoints: [join(root, 'src/runtime/sea-main.ts')],
    outfile: join(dist, 'sea-main.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
}

async function executable(): Promise<void> {
  await makeCodeCache(assets);
  // Made apart and then given its name, because a program that runs cannot be written to.
  const output = join(dist, `imgtrawl.${process.pid}`);
  buildExecutable({ dist, output });
  const megabytes = Math.round(statSync(output).size / 1e6);
  renameSync(output, join(dist, 'imgtrawl'));
  process.stdout.write(`built dist/imgtrawl (${megabytes} MB)\n`);
}

mkdirSync(assets, { recursive: true });
await buildWorker(assets);
writeLicenses(root, join(assets, 'licenses.txt'));
await bundle();
if (!process.argv.includes('--no-executable')) await executable();
