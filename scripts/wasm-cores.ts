/**
 * Compiles the hot loops of the fast paths (src/inspect/jpeg/core, for PNG, GIF and TIFF src/inspect/rows/core) and
 * of the search for copies (src/dedupe/core), all in AssemblyScript, to WebAssembly, and writes each down as text in
 * the core-code.ts beside it: so it is in every bundle without a file of its own, and the sources run without a
 * build. Run it after a change there; tests compare.
 *
 * node scripts/wasm-cores.ts
 */
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By folder. */
const CORES = ['inspect/jpeg', 'inspect/rows', 'dedupe'] as const;

export type CoreName = (typeof CORES)[number];

/** Where the text of one lies. */
export function codeFile(name: CoreName): string {
  return `${root}src/${name}/core-code.ts`;
}

/** The module's bytes. */
export async function compileCore(name: CoreName): Promise<Uint8Array> {
  let code: Uint8Array | undefined;
  const features = ['--enable', 'simd', '--enable', 'relaxed-simd'];
  const options = ['--outFile', 'core.wasm', '--runtime', 'stub', ...features, '-O3'];
  const { error, stderr } = await asc.main(
    [`src/${name}/core/mod.ts`, '--baseDir', root, '--noAssert', ...options],
    {
      writeFile(name: string, contents: string | Uint8Array) {
        if (name === 'core.wasm') code = contents as Uint8Array;
      },
    },
  );
  if (error || !code) throw new Error(`The core does not compile: ${error?.message}\n${stderr}`);
  return code;
}

/** The text of core-code.ts for them. */
export function codeText(code: Uint8Array): string {
  const text = Buffer.from(code).toString('base64');
  const lines = text.match(/.{1,92}/g)!.map((line) => `  '${line}'`);
  return `/** Made by scripts/wasm-cores.ts from core/: WebAssembly in base64. */\nexport const CORE =\n${lines.join(' +\n')};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of CORES) {
    const code = await compileCore(name);
    writeFileSync(codeFile(name), codeText(code));
    process.stdout.write(`${name}: ${code.length} bytes\n`);
  }
}
