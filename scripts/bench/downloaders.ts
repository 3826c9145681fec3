/** The programs that are compared: what to run so that each gets the same list into a folder. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

export interface Job {
  readonly urls: readonly string[];
  /** Empty folder for the files. */
  readonly out: string;
  /** Folder for lists and scripts. */
  readonly scratch: string;
  /** Faults are about: every option for trying again is on, and nobody waits longer than 5 s for a byte. */
  readonly faulty: boolean;
}

export interface Downloader {
  readonly name: string;
  /** Why it cannot be run here; undefined when it can. */
  readonly missing?: string | undefined;
  prepare(job: Job): Promise<[string, ...string[]]>;
}

const EXECUTABLE = resolve(import.meta.dirname, '../../dist/imgtrawl');

export function imgtrawl(name: string, ...options: string[]): Downloader {
  return {
    name,
    missing: existsSync(EXECUTABLE) ? undefined : 'run "npm run build" first',
    async prepare({ urls, out, scratch, faulty }) {
      const list = join(scratch, 'list.txt');
      await writeFile(list, `${urls.join('\n')}\n`);
      const patience = faulty ? ['--timeout', '5', '--retries', '5'] : [];
      return [EXECUTABLE, list, '-o', out, '--dedupe', 'exact', '-q', ...patience, ...options];
    },
  };
}

/** What a tutorial's reader writes first, and after its chapter on threads. */
const TUTORIAL = `
import concurrent.futures, os, requests, sys
listing, out, workers, faulty = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == '1'
urls = open(listing).read().split()
def download(url):
    data = requests.get(url, timeout=5 if faulty else None).content
    with open(os.path.join(out, url.rsplit('/', 1)[1]), 'wb') as file:
        file.write(data)
if workers == 1:
    for url in urls:
        download(url)
else:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(download, urls))
`;

function python(name: string, workers: number): Downloader {
  const interpreter = tryRun('python3', ['-c', 'import requests, sys; print(sys.executable)']);
  return {
    name,
    missing: interpreter === undefined ? 'needs python3-requests' : undefined,
    async prepare({ urls, out, scratch, faulty }) {
      const [list, script] = [join(scratch, 'list.txt'), join(scratch, 'tutorial.py')];
      await writeFile(list, `${urls.join('\n')}\n`);
      await writeFile(script, TUTORIAL);
      return [interpreter!, script, list, out, String(workers), faulty ? '1' : '0'];
    },
  };
}

function curl(connections: number): Downloader {
  return {
    name: `curl (${connections})`,
    missing: installed('curl'),
    async prepare({ urls, out, scratch, faulty }) {
      const config = join(scratch, 'curl.txt');
      const entries = urls.map((url) => `url="${url}"\noutput="${join(out, basename(url))}"`);
      await writeFile(config, `${entries.join('\n')}\n`);
      const retry = ['--retry', '5', '--retry-all-errors', '-y', '5', '-Y', '1'];
      const parallel = ['-s', '--parallel', '--parallel-max', String(connections)];
      // Without it curl waits for the first answer to learn whether connections can be shared.
      parallel.push('--parallel-immediate');
      return ['curl', '-f', ...parallel, ...(faulty ? retry : []), '-K', config];
    },
  };
}

function aria2c(connections: number): Downloader {
  return {
    name: `aria2c (${connections})`,
    missing: installed('aria2c'),
    async prepare({ urls, out, scratch, faulty }) {
      const list = join(scratch, 'list.txt');
      await writeFile(list, `${urls.join('\n')}\n`);
      const retry = ['--max-tries=6', '--retry-wait=1', '--timeout=5', '--lowest-speed-limit=1'];
      const quiet = ['-q', '--file-allocation=none', '--no-conf'];
      const limits = [`-j${connections}`, '-x1', ...(faulty ? retry : [])];
      return ['aria2c', ...quiet, ...limits, '-d', out, '-i', list];
    },
  };
}

function wget2(threads: number): Downloader {
  return {
    name: `wget2 (${threads})`,
    missing: installed('wget2'),
    async prepare({ urls, out, scratch, faulty }) {
      const list = join(scratch, 'list.txt');
      await writeFile(list, `${urls.join('\n')}\n`);
      const retry = ['--tries=6', '--timeout=5', '--waitretry=1', '--retry-on-http-error=503'];
      const plain = ['--no-config', '--no-robots', '-q', `--max-threads=${threads}`];
      return ['wget2', ...plain, ...(faulty ? retry : []), '-P', out, '-i', list];
    },
  };
}

export function peers(): Downloader[] {
  return [
    python('tutorial, one by one', 1),
    python('tutorial, threads', 0),
    curl(16),
    curl(64),
    aria2c(16),
    wget2(16),
  ];
}

function installed(program: string): string | undefined {
  return tryRun(program, ['--version']) === undefined ? 'not installed' : undefined;
}

function tryRun(program: string, args: string[]): string | undefined {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync(program, args, { encoding: 'utf8', stdio: [...stdio] }).trim();
  } catch {
    return undefined;
  }
}
