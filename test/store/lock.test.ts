import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Folder, lockFolder } from '../../src/store/mod.ts';
import type { ProcessIdentity } from '../../src/store/process-id.ts';
import { testFolder } from './folder.ts';

function child(
  folder: Folder,
  ...args: unknown[]
): { process: ChildProcess; answer: Promise<string> } {
  const script = join(import.meta.dirname, 'children/take-lock.ts');
  const started = spawn(process.execPath, [script, folder.root, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void started.kill('SIGKILL'));
  const lines = createInterface({ input: started.stdout });
  const answer = once(lines, 'line').then(([line]) => line as string);
  return { process: started, answer };
}

const held = expect.objectContaining({ code: 'locked', exitCode: 4 });

/** A holder of another kind than this process, as the lock would find it. */
function plant(folder: Folder, holder: Partial<ProcessIdentity> & { seen?: number }): void {
  using db = new DatabaseSync(join(folder.own, 'lock'));
  const row = { pid: 4242, host: 'elsewhere', boot: '', began: '', seen: Date.now(), ...holder };
  db.exec(`CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT,
    pid INTEGER, host TEXT, boot TEXT, began TEXT, since INTEGER, seen INTEGER, beat INTEGER)`);
  db.prepare("INSERT OR REPLACE INTO holder VALUES (1, 'other', ?, ?, ?, ?, 0, ?, 7)").run(
    row.pid,
    row.host,
    row.boot,
    row.began,
    row.seen,
  );
}

function beat(folder: Folder): void {
  using db = new DatabaseSync(join(folder.own, 'lock'));
  db.exec('UPDATE holder SET beat = beat + 1');
}

describe('the lock of a folder', () => {
  it('is held by one run, named in the error, and free after it', async () => {
    const folder = testFolder();
    {
      using lock = await lockFolder(folder);
      expect(lock.tookOver).toBe(false);
      const second = lockFolder(folder);
      await expect(second).rejects.toEqual(held);
      await expect(second).rejects.toThrow(`process ${process.pid} on `);
    }
    using lock = await lockFolder(folder);
    expect(lock.tookOver).toBe(false);
  });

  it('goes to exactly one of many processes that ask in the same millisecond', async () => {
    const folder = testFolder();
    const at = Date.now() + 1000;
    const children = Array.from({ length: 4 }, () => child(folder, at, 60_000));
    const answers = await Promise.all(children.map(({ answer }) => answer));
    expect(answers.toSorted()).toEqual(['got it', 'locked', 'locked', 'locked']);
  });

  it('a killed run leaves it to exactly one of those that come next', async () => {
    const folder = testFolder();
    const first = child(folder, 0, 60_000);
    expect(await first.answer).toBe('got it');
    await expect(lockFolder(folder)).rejects.toEqual(held);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    const at = Date.now() + 1000;
    const children = Array.from({ length: 3 }, () => child(folder, at, 60_000));
    const answers = await Promise.all(children.map(({ answer }) => answer));
    expect(answers.toSorted()).toEqual(['got it', 'locked', 'locked']);
  });

  it('can be waited for', async () => {
    const folder = testFolder();
    const first = child(folder, 0, 300);
    expect(await first.answer).toBe('got it');
    using lock = await lockFolder(folder, { waitMs: 60_000 });
    expect(lock.tookOver).toBe(false);
  });

  it('a wait ends with the signal', async () => {
    const folder = testFolder();
    using _lock = await lockFolder(folder);
    const controller = new AbortController();
    const waiting = lockFolder(folder, { waitMs: 60_000, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('is taken over when the machine has started anew, or its number went to another process', async () => {
    const self = { pid: 1, host: 'here', boot: 'second', began: '5' };
    const first = testFolder();
    plant(first, { host: 'here', boot: 'first', pid: process.pid });
    using one = await lockFolder(first, { self });
    expect(one.tookOver).toBe(true);
    const second = testFolder();
    plant(second, { host: 'here', boot: 'second', pid: process.pid, began: 'long ago' });
    using other = await lockFolder(second, { self });
    expect(other.tookOver).toBe(true);
  });

  it('of another machine is respected while it beats, whatever the clocks say', async () => {
    for (const seen of [Date.now(), Date.now() - 3600_000, Date.now() + 3600_000]) {
      const folder = testFolder();
      plant(folder, { seen });
      const timer = setInterval(() => beat(folder), 5);
      await expect(lockFolder(folder, { heartbeatMs: 200 })).rejects.toThrow(
        'process 4242 on elsewhere',
      );
      clearInterval(timer);
    }
  });

  it.each([-3600_000, 3600_000])(
    'of another machine is taken over when it stands still (clock off by %i ms)',
    async (off) => {
      const folder = testFolder();
      plant(folder, { seen: Date.now() + off });
      using lock = await lockFolder(folder, { heartbeatMs: 20 });
      expect(lock.tookOver).toBe(true);
    },
  );

  it('tells a run from which it was taken', async () => {
    const folder = testFolder();
    const lost = Promise.withResolvers<Error>();
    const lock = await lockFolder(folder, { heartbeatMs: 10, onLost: lost.resolve });
    plant(folder, { pid: 77 });
    expect((await lost.promise).message).toContain('process 77 on elsewhere');
    lock[Symbol.dispose]();
    // What the other holds is not given back by the one that lost it.
    await expect(lockFolder(folder)).rejects.toEqual(held);
  });

  it('says what to do about a damaged lock file', async () => {
    const folder = testFolder();
    writeFileSync(join(folder.own, 'lock'), 'noise '.repeat(1000));
    await expect(lockFolder(folder)).rejects.toEqual(held);
    await expect(lockFolder(folder)).rejects.toThrow('delete it');
  });
});
