import type { Clock } from '../../../ports.ts';

/** Lets so many pass a second, after a small burst, in the order in which they came. */
export class Gate {
  readonly #interval: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #next = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, burst: number, clock: Clock) {
    this.#interval = 1000 / perSecond;
    this.#burst = burst;
    this.#clock = clock;
  }

  /** Milliseconds that the next one would wait. */
  get depth(): number {
    return Math.max(0, this.#next + this.#interval - this.#clock.now());
  }

  async pass(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    this.#next = Math.max(this.#next, now - this.#burst * this.#interval) + this.#interval;
    const wait = this.#next - now;
    if (wait > 0) await this.#clock.sleep(wait, signal);
  }
}
