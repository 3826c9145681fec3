/** V8's code caches of the program, made after it has done a few jobs; see src/runtime/program-scripts.ts. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Site, SiteFile } from '../fixtures/gallery.ts';
import { serve } from '../fixtures/serve.ts';
import { photo } from './bench/photo.ts';
import { EXEC_ARGV } from './executable.ts';

const WARM_UP = fileURLToPath(new URL('./warm-up.ts', import.meta.url));
const IMAGES = 24;

/** Writes the caches of the program's scripts in `folder` beside them. They fit only the Node that runs now. */
export async function makeCodeCache(folder: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'imgtrawl-build-'));
  try {
    await using site = await serve(pages());
    const list = join(scratch, 'list.txt');
    writeFileSync(
      list,
      paths()
        .map((path) => `${site.origin}${path}\n`)
        .join(''),
    );
    const into = (name: string) => ['-o', join(scratch, name), '--dedupe', 'exact'];
    const jobs = [
      ['get', `${site.origin}/`, ...into('page')],
      ['get', `${site.origin}/`, ...into('page')],
      ['get', list, ...into('list'), '--json'],
      ['list', `${site.origin}/`, '--json'],
    ];
    const lines = jobs.map((job) => JSON.stringify(job));
    // V8 takes a cache only under the flags that it was made under.
    await run(process.execPath, [...EXEC_ARGV, WARM_UP, folder, ...lines]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const paths = (): string[] => Array.from({ length: IMAGES }, (_, i) => `/photos/${i}.jpg`);

function pages(): Site {
  const images = paths().map((path) => `<img src="${path}" srcset="${path} 1x" alt="A photo">`);
  const head =
    '<link rel="stylesheet" href="/style.css"><style>p{background:url(/photos/1.jpg)}</style>';
  const html = `<!doctype html><title>Photos</title>${head}<p>${images.join('</p>\n<p>')}</p>`;
  const style = '.hero{background-image:url("/photos/0.jpg")}';
  const site = new Map<string, SiteFile>();
  site.set('/', { type: 'text/html; charset=utf-8', body: html });
  site.set('/style.css', { type: 'text/css', body: style });
  for (const [i, path] of paths().entries()) {
    // Some go through a partial file, which is more than 1 MiB.
    const bytes = i % 6 === 0 ? 1_300_000 : 20_000;
    site.set(path, { type: 'image/jpeg', body: photo(i + 1, bytes) });
  }
  return site;
}

/** Throws an Error with what the program said when it fails. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the code cache could not be made (exit ${code}):\n${said}`);
}
