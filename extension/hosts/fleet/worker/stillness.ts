import type { Look } from './store.ts';

interface Seen extends Look {
  readonly since: number;
  readonly looks: number;
}

/** Milliseconds that a job has to stand still, and the looks that must have shown it so. */
const stillFor = 15_000;
const mostFewLooks = 3;

/** Looks that are further apart, or took longer, prove nothing: this worker or the database stood still itself. */
const longestGap = 9_000;
const longestLook = 2_000;

/**
 * Finds the jobs whose worker is gone: those that stood still by this worker's own clock, while the database answered. Never
 * by the clock of the database, which stands still with it.
 */
export class Stillness {
  #seen = new Map<string, Seen>();
  #last = Number.NEGATIVE_INFINITY;

  /** Takes an answer; `asked` and `now` are of one monotonic clock, in milliseconds. Returns the ids of orphans. */
  saw(looks: readonly Look[], asked: number, now: number): readonly string[] {
    if (now - asked > longestLook || now - this.#last > longestGap) this.forget();
    this.#last = now;
    const before = this.#seen;
    this.#seen = new Map(
      looks.map((look) => {
        const known = before.get(look.id);
        const still = known !== undefined && known.claim === look.claim && known.heartbeat === look.heartbeat;
        return [look.id, { ...look, since: still ? known.since : now, looks: still ? known.looks + 1 : 1 }];
      }),
    );
    return [...this.#seen.values()]
      .filter(({ since, looks: count }) => now - since >= stillFor && count >= mostFewLooks)
      .map(({ id }) => id);
  }

  /** Whether a job is as it was when it was last looked at. */
  isAs({ id, claim, heartbeat }: Look): boolean {
    const seen = this.#seen.get(id);
    return seen !== undefined && seen.claim === claim && seen.heartbeat === heartbeat;
  }

  /** The database did not answer: its jobs could not show that they are alive. */
  forget(): void {
    this.#seen = new Map();
  }
}
