/**
 * Compiles the hot loop of the JPEG fast path (src/inspect/jpeg/core, AssemblyScript) to WebAssembly, and
 * writes it down as text in src/inspect/jpeg/core-code.ts: so it is in every bundle without a file beside
 * it, and the sources run without a build. Run it after a change there; a test compares.
 *
 * node scripts/jpeg-core.ts
 */
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The module's bytes. */
export async function compileCore(): Promise<Uint8Array> {
  let code: Uint8Array | undefined;
  const options = ['--outFile', 'core.wasm', '--runtime', 'stub', '--enable', 'simd', '-O3'];
  const { error, stderr } = await asc.main(
    ['src/inspect/jpeg/core/mod.ts', '--baseDir', root, '--noAssert', ...options],
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
  return `/** Made by scripts/jpeg-core.ts from core/: WebAssembly in base64. */\nexport const CORE =\n${lines.join(' +\n')};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const code = await compileCore();
  writeFileSync(`${root}src/inspect/jpeg/core-code.ts`, codeText(code));
  process.stdout.write(`${code.length} bytes\n`);
}
