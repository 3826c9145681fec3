/**
 * Builds dist/: the worker and its WebAssembly as assets, the program as one file, and one
 * executable that holds all of it (a Node single executable application).
 *
 * node scripts/build.ts [--no-executable]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { maxHeaderSize } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
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

/** `dav1d 1.5.1, libwebp 1.5.0, resvg-wasm 2.6.2, wasm-vips 0.0.19: libvips 8.18.7, libheif 1.23.5, …`, those that read images. */
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

/** What undici loads at once of Node's HTTP/2 and HTTP/1, and does without: a tenth of the start-up each. */
const UNDICI = [
  {
    file: 'dispatcher/client.js',
    early: "const connectH2 = require('./client-h2.js')",
    late: "const connectH2 = (...args) => require('./client-h2.js')(...args)",
  },
  {
    file: 'dispatcher/client.js',
    early: "const http = require('node:http')",
    late: `const http = { maxHeaderSize: ${maxHeaderSize} }`,
  },
  // It asks whether a stream is a message of Node's own server. There is none that we would send on.
  {
    file: 'core/util.js',
    early: "const { IncomingMessage } = require('node:http')",
    late: 'const IncomingMessage = undefined',
  },
];

const lateHttp: Plugin = {
  name: 'late-http',
  setup({ onLoad }) {
    onLoad({ filter: /undici[/]lib[/](?:dispatcher[/]client|core[/]util)\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const { file, early, late } of UNDICI) {
        if (!path.endsWith(file)) continue;
        if (!contents.includes(early)) throw new Error(`${path} does not hold "${early}" any more`);
        contents = contents.replace(early, late);
      }
      return { contents };
    });
  },
};

/**
 * Modules of which a run may need nothing, or nothing before its first request is under way: together they
 * take a sixth of the start-up.
 */
const LATE_MODULES = ['zlib', 'child_process', 'readline/promises', 'dns/promises'];
const LATE_PACKAGES = ['tldts', 'jsonc-parser'];

/** Each is loaded when something of it is first used. */
const lateModules: Plugin = {
  name: 'late-modules',
  setup({ onLoad, onResolve }) {
    const builtins = new RegExp(`^node:(?:${LATE_MODULES.join('|')})$`);
    const packages = new RegExp(`^(?:${LATE_PACKAGES.join('|')})$`);
    const late = (path: string, resolveDir: string) => ({
      path,
      namespace: 'late',
      pluginData: { resolveDir },
    });
    onResolve({ filter: builtins }, ({ path, namespace, resolveDir }) =>
      namespace === 'late' ? { path, external: true } : late(path, resolveDir),
    );
    onResolve({ filter: packages }, ({ path, namespace, resolveDir }) =>
      namespace === 'late' ? undefined : late(path, resolveDir),
    );
    onLoad({ filter: /./, namespace: 'late' }, async ({ path, pluginData: { resolveDir } }) => {
      const names = Object.keys(await import(path)).filter((name) =>
        /^(?!default$)\w+$/.test(name),
      );
      const getters = names.map((name) => `get ${name}() { return load().${name}; }`);
      const load = `let loaded; const load = () => (loaded ??= require('${path}'));`;
      return { contents: `${load} module.exports = { ${getters.join(', ')} };`, resolveDir };
    });
  },
};

/** Each import of a default makes a copy of all that Node's module has, of this one forty times. */
const oneProcess: Plugin = {
  name: 'one-process',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:process$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'global' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'global' }, () => ({ contents: 'export default process;' }));
  },
};

async function bundle(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await build({
    entryPoints: [join(root, 'src/main.ts')],
    outfile: join(assets, 'imgtrawl.js'),
    bundle: true,
    platform: 'node',
    // A function of `require`, as src/runtime/sea-main.ts calls it: only such a script may carry V8's
    // code cache, which saves a third of each start.
    format: 'cjs',
    charset: 'ascii',
    // Some packages' CommonJS builds load their parts in a way that no bundler sees.
    mainFields: ['module', 'main'],
    target: 'node26',
    // Node has no import() for a script that runs as this one does: those of its own modules become require().
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    define: {
      IMGTRAWL_VERSION: JSON.stringify(version),
      IMGTRAWL_COMMIT: JSON.stringify(commit()),
      IMGTRAWL_DECODERS: JSON.stringify(decoders()),
      // Packages make a require() of it; only Node's own modules are asked for.
      'import.meta.url': '$url',
    },
    plugins: [lateHttp, lateModules, oneProcess],
    banner: {
      js: "(require=>{const $url=require('node:url').pathToFileURL(process.execPath).href;",
    },
    footer: { js: '})' },
    logLevel: 'warning',
  });
  escapeRest(join(assets, 'imgtrawl.js'));
  await build({
    entryPoints: [join(root, 'src/runtime/sea-main.ts')],
    outfile: join(dist, 'sea-main.cjs'),
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
}

/**
 * `charset: 'ascii'` leaves regular expressions and tagged templates as they are, and sea-main.ts reads one
 * byte a letter: `×` would become `Ã` and something. An escape means the same in a regular expression, in what
 * `html` makes of a template, and in the browser's script that String.raw holds.
 */
function escapeRest(file: string): void {
  const text = readFileSync(file, 'utf8');
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, text.replaceAll(/[^\0-\x7f]/g, escaped));
}

async function executable(): Promise<void> {
  await makeCodeCache(join(assets, 'imgtrawl.js'), join(assets, 'imgtrawl.cache'));
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
