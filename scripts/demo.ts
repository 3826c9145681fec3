/** Shows the main job on real input: serves the gallery of fixtures/ and runs the executable on it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gallery } from '../fixtures/gallery.ts';
import { serve } from '../fixtures/serve.ts';

const imgtrawl = fileURLToPath(new URL('../dist/imgtrawl', import.meta.url));
const out = join(mkdtempSync(join(tmpdir(), 'imgtrawl-demo-')), 'images');

process.stdout.write('Making the pictures of a small gallery site ...\n');
await using site = await serve(await gallery(), { latencyMs: 100 });

const args = [`${site.origin}/gallery/`, '-o', out];
process.stdout.write(`\n$ dist/imgtrawl ${args.join(' ')}\n`);
const code = await new Promise<number>((resolve) => {
  spawn(imgtrawl, args, { stdio: 'inherit' }).on('exit', (status) => resolve(status ?? 1));
});

process.stdout.write(
  `\nExit code ${code}: one image is missing and one address holds no image.\nIn ${out}:\n`,
);
for (const name of readdirSync(out).sort()) process.stdout.write(`  ${name}\n`);
process.exit(code === 1 ? 0 : 1);
