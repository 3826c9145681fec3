/**
 * Tells a server that refuses because too much is in flight from one that fails at random.
 *
 * The evidence is the number of requests in flight when each one started, its level: a limit of N
 * refuses above N and answers below, whereas failures at random hit levels that are answered as
 * well. Only the first kind gets better by asking for less at once.
 */

/** Outcomes remembered, and for how many ms: servers change. */
const MEMORY = 64;
const MEMORY_MS = 10_000;
/** So many answers for each failure at a level show that the level is not to blame. */
const ACQUITTAL = 3;
/** Above this share of failures less is asked for, whatever the levels say: a limit per second. */
const MANY = 0.25;

export interface Cut {
  /** What the failure is put down to: too much in flight, too many a second, or chance. */
  readonly blame: 'level' | 'rate' | 'chance';
  /** For the limit: a half, nearer to 1 the more often chance was to blame. 1 for what a cut answered. */
  readonly factor: number;
}

interface Outcome {
  readonly ok: boolean;
  readonly level: number;
  readonly at: number;
}

export class Refusals {
  readonly #outcomes: Outcome[] = [];
  /** Failures that the level did not explain, less those that it did. */
  #doubt = 0;
  #ceiling = Number.POSITIVE_INFINITY;

  /** Lowest level that the server seems to refuse; infinite while there is none. */
  get ceiling(): number {
    return this.#ceiling;
  }

  /** Returns whether this answer showed that the level refused was not to blame. */
  answered(level: number, nowMs: number): boolean {
    this.#remember({ ok: true, level, at: nowMs });
    if (level < this.#ceiling || !this.#acquitted(this.#ceiling, nowMs)) return false;
    this.liftCeiling();
    return true;
  }

  /**
   * Takes a refusal, timeout or reset.
   *
   * @param fresh whether the request started after the last cut; those before it say nothing of it
   */
  refused(level: number, nowMs: number, fresh: boolean): Cut {
    const acquitted = this.#acquitted(level, nowMs);
    this.#remember({ ok: false, level, at: nowMs });
    const blame = !acquitted ? 'level' : this.#many(nowMs) ? 'rate' : 'chance';
    if (blame === 'level') this.#ceiling = Math.max(2, Math.min(this.#ceiling, level));
    if (blame === 'chance') this.liftCeiling();
    if (!fresh) return { blame, factor: 1 };
    const factor = blame === 'rate' ? 0.5 : 1 - 0.5 ** (1 + this.#doubt);
    this.#doubt = blame === 'chance' ? this.#doubt + 1 : Math.max(0, this.#doubt - 1);
    return { blame, factor };
  }

  /** Forgets the level that was refused, so that it can be tried again. */
  liftCeiling(): void {
    this.#ceiling = Number.POSITIVE_INFINITY;
  }

  /** Whether so much fails that less must be asked for, whatever the reason. */
  #many(nowMs: number): boolean {
    const recent = this.#outcomes.filter(({ at }) => nowMs - at < MEMORY_MS);
    return recent.filter(({ ok }) => !ok).length > Math.max(3, recent.length * MANY);
  }

  #acquitted(level: number, nowMs: number): boolean {
    let ok = 0;
    let bad = 1;
    for (const outcome of this.#outcomes) {
      if (outcome.level < level || nowMs - outcome.at >= MEMORY_MS) continue;
      if (outcome.ok) ok++;
      else bad++;
    }
    return ok >= ACQUITTAL * bad;
  }

  #remember(outcome: Outcome): void {
    this.#outcomes.push(outcome);
    if (this.#outcomes.length > MEMORY) this.#outcomes.shift();
  }
}
