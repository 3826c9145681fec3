/**
 * One run per folder. Who holds it stands in a row of a small SQLite file: SQLite's own lock, which the
 * kernel gives back when a process dies, makes looking at the row and taking it over one step, so that
 * of two runs that find a stale row in the same moment exactly one gets the folder.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, systemClock } from '../concurrency/clock.ts';
import { TrawlError } from '../errors.ts';
import { databaseError } from './database.ts';
import type { Folder } from './folder.ts';
import { lifeOf, type ProcessIdentity, thisProcess } from './process-id.ts';

export interface LockOptions {
  /** Wait for the other run to end, so long at most, in ms. Default 0: give up at once. */
  readonly waitMs?: number;
  /** The holder shows this often that it lives, in ms. Default 10,000. */
  readonly heartbeatMs?: number;
  /** Where life cannot be told otherwise, a holder silent for so long is taken for dead, in ms. Default 60,000. */
  readonly staleMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Called when another run has taken the folder over (this one was stopped for long): end at once. */
  readonly onLost?: (error: TrawlError) => void;
  readonly clock?: Clock;
  /** Who asks. Default: this process. */
  readonly self?: ProcessIdentity;
}

export interface FolderLock extends Disposable {
  /** The run that held the folder before did not end by itself. */
  readonly tookOver: boolean;
}

interface Holder extends ProcessIdentity {
  readonly token: string;
  /** ms since 1970. */
  readonly since: number;
  /** ms since 1970, by the holder's clock. */
  readonly seen: number;
  /** Grows with each sign of life. */
  readonly beat: number;
}

const RETRY_MS = 500;

/** Throws TrawlError `locked` when another run holds the folder. */
export async function lockFolder(folder: Folder, options: LockOptions = {}): Promise<FolderLock> {
  const { waitMs = 0, signal, clock = systemClock } = options;
  const until = clock.now() + waitMs;
  const store = new LockStore(join(folder.own, 'lock'), options);
  try {
    let suspect: Suspect | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const answer = store.tryTake(suspect);
      if (answer.taken) return store.hold(answer.tookOver);
      suspect = answer.suspect;
      const left = until - clock.now();
      if (suspect) await clock.sleep(suspect.untilMs - clock.now(), signal);
      else if (left > 0) await clock.sleep(Math.min(left, RETRY_MS), signal);
      else throw lockedBy(answer.holder, folder.root);
    }
  } catch (error) {
    store.close();
    throw signal?.aborted ? error : databaseError(error, store.file);
  }
}

/** A holder that seems dead by the clock. Clocks differ and are set, so its beats are watched once. */
interface Suspect {
  readonly token: string;
  readonly beat: number;
  /** By our own, monotonic clock. */
  readonly untilMs: number;
}

type Answer =
  | { readonly taken: true; readonly tookOver: boolean }
  | { readonly taken: false; readonly holder: Holder; readonly suspect?: Suspect };

class LockStore {
  readonly file: string;
  readonly #db: DatabaseSync;
  readonly #options: LockOptions;
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  readonly #token: string;
  readonly #self: ProcessIdentity;

  constructor(file: string, options: LockOptions) {
    this.file = file;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#heartbeatMs = options.heartbeatMs ?? 10_000;
    this.#self = options.self ?? thisProcess();
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(file, { timeout: 10_000 });
      // The row means something only as long as this machine runs: it need not reach the disk.
      db.exec('PRAGMA synchronous = OFF');
      db.exec(`CREATE TABLE IF NOT EXISTS holder (
        one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT, pid INTEGER, host TEXT, boot TEXT,
        began TEXT, since INTEGER, seen INTEGER, beat INTEGER)`);
      this.#token = db.prepare('SELECT hex(randomblob(16)) AS token').get()?.['token'] as string;
      this.#db = db;
    } catch (error) {
      db?.close();
      const known = databaseError(error, file);
      if (known.code !== 'catalog') throw known;
      const text = `The lock file ${file} is damaged; delete it when no run is going on`;
      throw new TrawlError('locked', text, { cause: error });
    }
  }

  tryTake(suspect: Suspect | undefined): Answer {
    return this.#atomic(() => {
      const holder = this.#holder();
      const life = holder ? this.#life(holder, suspect) : 'none';
      if (holder && life === 'alive') return { taken: false, holder };
      if (holder && life === 'watch') {
        const untilMs = this.#clock.now() + this.#heartbeatMs * 1.5;
        return {
          taken: false,
          holder,
          suspect: { token: holder.token, beat: holder.beat, untilMs },
        };
      }
      const { pid, host, boot, began } = this.#self;
      this.#db
        .prepare('INSERT OR REPLACE INTO holder VALUES (1, ?, ?, ?, ?, ?, ?, ?, 0)')
        .run(this.#token, pid, host, boot, began, Date.now(), Date.now());
      return { taken: true, tookOver: holder !== undefined };
    });
  }

  hold(tookOver: boolean): FolderLock {
    const timer = setInterval(() => {
      try {
        if (this.#beat()) return;
        end();
        const by = this.#holder();
        this.#options.onLost?.(
          new TrawlError(
            'locked',
            `Another run${by ? ` (process ${by.pid} on ${hostOf(by)})` : ''} took the folder over`,
          ),
        );
      } catch {
        // A full disk or a slow share: the next beat may get through.
      }
    }, this.#heartbeatMs);
    timer.unref?.();
    const end = () => clearInterval(timer);
    return {
      tookOver,
      [Symbol.dispose]: () => {
        end();
        this.#release();
      },
    };
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  /** False when the folder is no longer ours. */
  #beat(): boolean {
    const sql = 'UPDATE holder SET seen = ?, beat = beat + 1 WHERE token = ?';
    return Number(this.#db.prepare(sql).run(Date.now(), this.#token).changes) === 1;
  }

  #release(): void {
    if (!this.#db.isOpen) return;
    try {
      // The file stays: between its removal and the next run's taking there would be room for two.
      this.#db.prepare('DELETE FROM holder WHERE token = ?').run(this.#token);
    } catch {
      // The next run finds a dead process.
    } finally {
      this.close();
    }
  }

  #holder(): Holder | undefined {
    return this.#db.prepare('SELECT * FROM holder').get() as Holder | undefined;
  }

  #life(holder: Holder, suspect: Suspect | undefined): 'alive' | 'dead' | 'watch' {
    const life = lifeOf(holder, this.#self);
    if (life !== 'unknown') return life;
    const silentMs = Date.now() - holder.seen;
    const staleMs = this.#options.staleMs ?? 60_000;
    if (Math.abs(silentMs) < staleMs) return 'alive';
    const watched = suspect?.token === holder.token && this.#clock.now() >= suspect.untilMs;
    if (!watched) return 'watch';
    return suspect.beat === holder.beat ? 'dead' : 'alive';
  }

  #atomic<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

function lockedBy(holder: Holder, root: string): TrawlError {
  const since = new Date(holder.since).toISOString();
  const text = `${root} is held by another run (process ${holder.pid} on ${hostOf(holder)}, since ${since})`;
  return new TrawlError('locked', text);
}

/** Without the pid namespace. */
const hostOf = (holder: Holder): string => holder.host.split(' ')[0] ?? '';
