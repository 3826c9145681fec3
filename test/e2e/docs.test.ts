import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, test } from 'vitest';
import { gallery, type Site, type SiteFile } from '../../fixtures/gallery.ts';
import { type Served, serve } from '../../fixtures/serve.ts';
import { executable, scratch } from './run.ts';

const root = new URL('../../', import.meta.url);

/** Lines that need what a test has not: another machine, a queue, the user's own crontab, a build. */
const ELSEWHERE =
  /nats:\/\/|kubectl|docker|systemctl|--install|--remove|crontab|npm |cron\.d|<|\.\.\.|…/;

/** Commands of the `sh` blocks of a document, comments cut off. */
function commands(file: string): string[] {
  const text = readFileSync(new URL(file, root), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => /\bimgtrawl\b/.test(line) && !ELSEWHERE.test(line));
}

let site: Map<string, SiteFile>;
beforeAll(async () => {
  const made: Site = await gallery();
  site = new Map(made);
  // What is missing on purpose would make every command end with 1.
  const page = site.get('/gallery/') as SiteFile;
  const whole = String(page.body).replace(/<img src="img\/(?:gone|soft-error)\.jpg"[^>]*>/g, '');
  site.set('/gallery/', { ...page, body: whole });
  site.set('/', {
    type: 'text/html',
    body: '<a href="/gallery/">gallery</a><img src="/gallery/img/wheel.gif">',
  });
});

/** What the documents take for granted in the working folder. */
function prepare(cwd: string, server: Served): void {
  const address = (name: string) => `${server.origin}/gallery/img/${name}`;
  writeFileSync(join(cwd, 'urls.txt'), `${address('dawn.jpg')}\n${address('wheel.gif')}\n`);
  writeFileSync(join(cwd, 'photos.csv'), `id,picture\n1,${address('dawn.jpg')}\n`);
  writeFileSync(join(cwd, 'saved.html'), String(site.get('/gallery/')?.body));
  const map = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>${server.origin}/gallery/</loc></url></urlset>`;
  site.set('/sitemap.xml', { type: 'application/xml', body: map });
  mkdirSync(join(cwd, 'bin'));
  symlinkSync(executable, join(cwd, 'bin/imgtrawl'));
}

/** Points the example config at the local server. */
function here(config: string, origin: string): void {
  if (!existsSync(config)) return;
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replaceAll('https://example.org', origin));
}

function shell(line: string, cwd: string): Promise<{ code: number | null; stderr: string }> {
  const env = { PATH: `${join(cwd, 'bin')}:${process.env.PATH}`, HOME: cwd, MY_TOKEN: 'x' };
  const child = spawn('sh', ['-c', line], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

describe('every command in the docs works', () => {
  test.each(['README.md', 'docs/guide.md', 'docs/guide-config.md', 'docs/guide-cron.md'])(
    '%s',
    { timeout: 240_000 },
    async (file) => {
      await using server = await serve(site);
      const cwd = scratch();
      prepare(cwd, server);
      const lines = commands(file);
      expect(lines.length).toBeGreaterThan(0);
      // The guide to cron goes on from where the one to the config file ended.
      if (file === 'docs/guide-cron.md') await shell('imgtrawl config init', cwd);
      for (const line of lines) {
        here(join(cwd, 'imgtrawl.json'), server.origin);
        const ran = await shell(line.replaceAll('https://example.org', server.origin), cwd);
        expect(ran, line).toMatchObject({ code: 0 });
      }
    },
  );
});
