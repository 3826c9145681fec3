/** Runs the built executable, as a user would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

export const executable = fileURLToPath(new URL('../../dist/imgtrawl', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON lines. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any part of it
  readonly lines: any[];
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** Called when the process runs, e.g. to send it a signal. */
  readonly started?: (child: ChildProcess) => void;
}

/** Where the program runs that is told no place; nobody else's folders lie there. */
const elsewhere = mkdtempSync(join(tmpdir(), 'imgtrawl-test-'));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

/** Resolves when the process has ended; kills it after 100 s. */
export function imgtrawl(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd = elsewhere, env = {}, stdin = '', started } = options;
  const child = spawn(executable, args, { cwd, env, stdio: 'pipe', timeout: 100_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  started?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const ran = { code, signal, stdout, stderr };
      resolve({
        ...ran,
        get lines() {
          return stdout
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line));
        },
      });
    });
  });
}

/** A new empty folder, removed after the test. */
export function scratch(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'imgtrawl-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Names of the images in an output folder, sorted. */
export function images(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== '.imgtrawl')
    .sort();
}
