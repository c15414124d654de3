import type { Clock } from '../../ports.ts';

/** Thrown when the wait is over before the execution is. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly why: 'cancelled' | 'timed out';

  constructor(why: Interrupted['why']) {
    super(why);
    this.why = why;
  }
}

/** What ends a wait besides what is waited for. */
export interface Bounds {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/** Sleeps, but not beyond the deadline. Throws Interrupted when it has passed or the task is cancelled. */
export async function pause(milliseconds: number, { clock, signal, deadline }: Bounds): Promise<void> {
  const rest = deadline - clock.now();
  if (signal.aborted) throw new Interrupted('cancelled');
  if (rest <= 0) throw new Interrupted('timed out');
  try {
    await clock.sleep(Math.min(milliseconds, rest), signal);
  } catch (error) {
    if (signal.aborted) throw new Interrupted('cancelled');
    throw error;
  }
}

/** The time between two reads: from 1 s to 30 s, with jitter so that many tasks do not ask at once. In milliseconds. */
export class Pace {
  readonly #longest: number;
  #next = 1000;

  constructor(longest = 30_000) {
    this.#longest = longest;
  }

  next(): number {
    const now = this.#next;
    this.#next = Math.min(this.#longest, now * 2);
    return now * (0.95 + Math.random() * 0.2);
  }
}
