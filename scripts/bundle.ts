/**
 * The program as two scripts: what each run needs, and the packages that wait until something of them is used.
 * src/runtime/program-scripts.ts runs them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { ScriptName } from '../src/runtime/program-scripts.ts';
import {
  fewConstants,
  lateHttp,
  lateModules,
  latePackages,
  oneProcess,
  wholePackages,
} from './bundle-plugins.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface BundleOptions {
  /** Folder to write into. */
  readonly assets: string;
  /** Constants of the program, as JavaScript. */
  readonly define: Readonly<Record<string, string>>;
}

/** Writes imgtrawl.js and late.js into `assets`. */
export async function bundleProgram({ assets, define }: BundleOptions): Promise<void> {
  const late = new Set<string>();
  await bundleScript(assets, 'imgtrawl', {
    entryPoints: [join(root, 'src/main.ts')],
    define,
    plugins: [latePackages(late), lateHttp, fewConstants, lateModules, oneProcess],
    banner: { js: `((require,$late)=>{${META_URL}` },
    footer: { js: '})' },
  });
  await bundleLate(assets, late);
}

/** The second script: a function of `require` that gives an object of functions, one for each package. */
async function bundleLate(assets: string, packages: ReadonlySet<string>): Promise<void> {
  const entries = [...packages].map((name) => `'${name}': () => require('whole:${name}')`);
  await bundleScript(assets, 'late', {
    stdin: { contents: `module.exports = { ${entries.join(', ')} };`, resolveDir: root },
    plugins: [wholePackages, oneProcess],
    banner: { js: `(require=>{const module={};${META_URL}` },
    footer: { js: 'return module.exports})' },
  });
}

/** What import.meta.url becomes: packages make a require() of it; only Node's own modules are asked for. */
const META_URL = "const $url=require('node:url').pathToFileURL(process.execPath).href;";

/** One of the two scripts that make the program, in the form that program-scripts.ts runs. */
async function bundleScript(
  assets: string,
  name: ScriptName,
  options: BuildOptions,
): Promise<void> {
  const outfile = join(assets, `${name}.js`);
  await build({
    outfile,
    bundle: true,
    platform: 'node',
    // A function of `require`: only such a script may carry V8's code cache, which saves a third of each start.
    format: 'cjs',
    charset: 'ascii',
    // Some packages' CommonJS builds load their parts in a way that no bundler sees.
    mainFields: ['module', 'main'],
    target: 'node26',
    // Node has no import() for a script that runs as this one does: those of its own modules become require().
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
    define: { ...options.define, 'import.meta.url': '$url' },
  });
  escapeRest(outfile);
}

/**
 * `charset: 'ascii'` leaves regular expressions and tagged templates as they are, and program-scripts.ts reads
 * one byte a letter: `×` would become `Ã` and something. An escape means the same in a regular expression, in what
 * `html` makes of a template, and in the browser's script that String.raw holds.
 */
function escapeRest(file: string): void {
  const text = readFileSync(file, 'utf8');
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, text.replaceAll(/[^\0-\x7f]/g, escaped));
}
