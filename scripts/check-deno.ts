/**
 * The same sources on Deno, with named permissions: reads a small gallery on 127.0.0.1 and checks
 * that the result is the executable's own. Needs `npm run build` before.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gallery } from '../fixtures/gallery.ts';
import { serve } from '../fixtures/serve.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const deno = ['--yes', 'deno@2.9.6'];

const version = spawnSync('npx', [...deno, '--version'], { cwd: root, encoding: 'utf8' });
process.stdout.write(`${version.stdout.split('\n')[0]}\n`);

await using site = await serve(await gallery());
const run = async (command: string, args: string[]): Promise<{ code: number; files: string[] }> => {
  const out = join(mkdtempSync(join(tmpdir(), 'imgtrawl-deno-')), 'images');
  const child = spawn(command, [...args, `${site.origin}/gallery/`, '-o', out], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise<number>((resolve) =>
    child.on('exit', (status) => resolve(status ?? 1)),
  );
  return { code, files: readdirSync(out).sort() };
};

const native = await run(join(root, 'dist/imgtrawl'), ['-q']);
const onDeno = await run('npx', [...deno, 'run', '-P', 'src/main.ts']);
const same = native.code === onDeno.code && native.files.join() === onDeno.files.join();
process.stdout.write(
  same ? '1 passed, 0 failed\n' : `differs: ${JSON.stringify({ native, onDeno })}\n`,
);
process.exit(same ? 0 : 1);
