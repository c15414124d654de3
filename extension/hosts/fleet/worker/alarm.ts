import type { Clock } from '../../../ports.ts';

/** A clock whose sleeper can be woken: from then on nothing sleeps until the execution was read. */
export class Alarm implements Clock {
  readonly #clock: Clock;
  #isOn = false;
  #wake = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  ring(): void {
    this.#isOn = true;
    this.#wake();
  }

  turnOff(): void {
    this.#isOn = false;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#isOn) return;
    const controller = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    try {
      await Promise.race([woken, this.#clock.sleep(milliseconds, AbortSignal.any([signal, controller.signal]))]);
    } finally {
      this.#wake = () => {};
      controller.abort();
    }
  }
}
