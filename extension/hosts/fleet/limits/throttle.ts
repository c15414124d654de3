/** Within this time (ms) throttled calls belong to one decision: they were sent before it. */
const oneDecision = 250;

/** How long (ms) a function is left alone when the answer does not say. It doubles up to the longest. */
const shortestPause = 500;
const longestPause = 30_000;

/** The longest pause (ms) that an answer can ask for: a server chooses it, and a call after it shows whether it still holds. */
const longestAsked = 5 * 60_000;

/** A function that answers with nothing but throttling for so long (ms) is not busy: its calls are refused. */
const patience = 15 * 60_000;

/**
 * The window of calls under way that a function that throttles allows: halved by a throttled call, one more with every
 * window of answered ones, and gone when it is wider than what is asked for.
 */
export class Throttle {
  #window = Number.POSITIVE_INFINITY;
  #slowStart = 0;
  #decided = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #pause = shortestPause;
  #since: number | null = null;

  get window(): number {
    return this.#window;
  }

  /** Milliseconds until the next call may be made. */
  wait(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  /** A call was throttled while so many were under way. */
  throttled(underWay: number, retryAfter: number | null, now: number): void {
    this.#since ??= now;
    if (retryAfter !== null) this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.min(retryAfter, longestAsked));
    if (now - this.#decided < oneDecision) return;
    this.#decided = now;
    this.#window = Math.max(1, Math.floor(Math.min(this.#window, underWay) / 2));
    this.#slowStart = 0;
    if (this.#window > 1) return;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + this.#pause);
    this.#pause = Math.min(longestPause, this.#pause * 2);
  }

  /** A call was taken by AWS. `most` is the greatest window that makes a difference. */
  answered(most: number): void {
    this.#since = null;
    this.#pause = shortestPause;
    if (this.#window === Number.POSITIVE_INFINITY) return;
    this.#slowStart += 1 / this.#window;
    if (this.#slowStart < 1) return;
    this.#slowStart = 0;
    this.#window += 1;
    if (this.#window > most) this.#window = Number.POSITIVE_INFINITY;
  }

  /** Whether it is worth to try again. */
  isWorthWaiting(now: number): boolean {
    return this.#since === null || now - this.#since < patience;
  }
}
