import { CallError } from '../../outcome/call-failure.ts';
import { reasonOf } from '../../outcome/reason.ts';
import { judge } from '../../outcome/verdict.ts';
import type { CallOptions, Clock } from '../../ports.ts';

/** Thrown when the log cannot be had: no permission, no such group, or the time is over. */
class LogError extends Error {
  override readonly name = 'LogError';
}

/** Milliseconds. */
const [shortestPause, longestPause] = [500, 8000];

/**
 * Repeats reads as long as there is time. Reads of logs have small quotas that all tasks of an account share, so a
 * refused one waits longer each time, and never as long as the next.
 */
export class LogReader {
  readonly #options: CallOptions;
  readonly #clock: Clock;
  readonly #wait: number;
  #deadline: number;
  #pause = shortestPause;

  constructor({ limits, signal }: CallOptions, clock: Clock, wait: number) {
    // Each attempt is one of ours; a read that hangs must leave time for another.
    const waitTimeout = Math.min(limits.waitTimeout, 30_000, wait);
    this.#options = { signal, limits: { ...limits, waitTimeout, maxAttempts: 1 } };
    this.#clock = clock;
    this.#wait = wait;
    this.#deadline = clock.now() + wait;
  }

  get isOver(): boolean {
    return this.#options.signal.aborted || this.#clock.now() >= this.#deadline;
  }

  /** Something new was read: as long as that is so, there is time for more. */
  progress(): void {
    this.#deadline = this.#clock.now() + this.#wait;
    this.#pause = shortestPause;
  }

  /** Waits before the next look. False when the time is over. */
  async again(): Promise<boolean> {
    const left = this.#deadline - this.#clock.now();
    if (left <= 0) return false;
    const pause = Math.min(left, this.#pause * (0.5 + Math.random()));
    this.#pause = Math.min(longestPause, this.#pause * 2);
    try {
      await this.#clock.sleep(pause, this.#options.signal);
    } catch {
      return false; // cancelled
    }
    return true;
  }

  /** Makes a read; null when there is nothing yet to be read. Throws LogError. */
  async read<T>(call: (options: CallOptions) => Promise<T>): Promise<T | null> {
    for (;;) {
      try {
        return await call(this.#options);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        const { failure } = error;
        if (failure.refusal?.fromAws && failure.name === 'ResourceNotFoundException') return null;
        const text = failure.refusal?.fromAws
          ? `${failure.call}: ${failure.name}: ${failure.message}`
          : reasonOf(failure);
        if (isLasting(error) || !(await this.again())) throw new LogError(text);
      }
    }
  }
}

/** Whether the same read would fail again. */
function isLasting({ failure }: CallError): boolean {
  if (failure.end === 'cancelled') return true;
  const { retry } = judge({ ...failure, end: 'failed' });
  const isServerFault = failure.refusal !== null && failure.refusal.httpStatus >= 500;
  return retry === 'never' && !isServerFault;
}
