/** From a library's source to a .wasm file that needs no JavaScript of the compiler's beside it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMSCRIPTEN, type Source } from './libraries.ts';

/** What every file is compiled with. Loops become vectors where the compiler sees how. */
export const FLAGS: readonly string[] = ['-O3', '-msimd128', '-DNDEBUG'];

const LINKED: readonly string[] = [
  '--no-entry',
  '-sSTANDALONE_WASM',
  '-sFILESYSTEM=0',
  '-sMALLOC=emmalloc',
  '-sEXPORTED_FUNCTIONS=_malloc,_free',
  '-sTOTAL_STACK=1MB',
  // What is kept between pictures; a picture of 100 megapixels fits into the most, as with wasm-vips.
  '-sINITIAL_MEMORY=4MB',
  '-sMAXIMUM_MEMORY=1GB',
  '-sALLOW_MEMORY_GROWTH',
];

/** Downloads and unpacks it below `folder`, once; returns where. */
export async function unpack({ name, version, url, sha256 }: Source, folder: string) {
  const target = join(folder, `${name}-${version}`);
  if (existsSync(target)) return target;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const archive = new Uint8Array(await response.arrayBuffer());
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== sha256) throw new Error(`${url} has the SHA-256 ${found}, not ${sha256}`);
  mkdirSync(folder, { recursive: true });
  const file = `${target}.tar`;
  writeFileSync(file, archive);
  execFileSync('tar', ['-xf', file, '-C', folder], { stdio: 'inherit' });
  return target;
}

export function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Another version would give other bytes, and bring another licence's text. */
export function checkCompiler(): void {
  const [line] = execFileSync('emcc', ['--version'], { encoding: 'utf8' }).split('\n');
  if (!line!.includes(` ${EMSCRIPTEN.version} `)) {
    throw new Error(`emcc must be ${EMSCRIPTEN.version}, this is: ${line}`);
  }
}

export interface Link {
  /** C and libraries. */
  readonly inputs: readonly string[];
  readonly includes: readonly string[];
  /** Beside {@link FLAGS}. */
  readonly flags?: readonly string[];
  /** Functions in whose place the linker puts those named `__wrap_…`. */
  readonly wrapped?: readonly string[];
  readonly output: string;
}

/** Compiles and links. */
export function link({ inputs, includes, flags = [], wrapped = [], output }: Link): void {
  const folders = includes.map((folder) => `-I${folder}`);
  const wraps = wrapped.map((name) => `-Wl,--wrap=${name}`);
  run('emcc', [...FLAGS, ...flags, ...folders, ...inputs, ...LINKED, ...wraps, '-o', output], '.');
}

export function copyText(from: string, to: string): void {
  writeFileSync(to, readFileSync(from));
}
