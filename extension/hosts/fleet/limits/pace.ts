/** Lets so many start a second, evenly, with a small burst. Times are milliseconds of a monotonic clock. */
export class Pace {
  readonly #perMillisecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, now: number) {
    this.#perMillisecond = perSecond / 1000;
    this.#burst = Math.max(1, perSecond / 10);
    this.#tokens = this.#burst;
    this.#at = now;
  }

  /** Milliseconds until the next may start; 0 when it may at once. */
  wait(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMillisecond);
  }

  take(now: number): void {
    this.#fill(now);
    this.#tokens -= 1;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, now - this.#at) * this.#perMillisecond);
    this.#at = Math.max(now, this.#at);
  }
}
