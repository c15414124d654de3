import type { Log } from '../../../ports.ts';
import { isConnectionError } from '../database/failure.ts';

/** How long (ms) is waited before a statement is made again. */
const pause = 250;

/** Makes statements until the database answers: neither a restart nor a broken connection is the fault of a job. */
export class Persistence {
  readonly #log: Log;
  #downSince: number | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  get isAnswering(): boolean {
    return this.#downSince === null;
  }

  /** A statement may be made twice, when its first answer is lost. After `signal` nothing is tried again. */
  async of<T>(run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const answer = await run();
        this.#answered();
        return answer;
      } catch (error) {
        if (!isPassing(error) || signal?.aborted) throw error;
        this.#failed(error as Error);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #failed({ message }: Error): void {
    if (this.#downSince === null) this.#log.warn(`The database does not answer (${message}); trying again`);
    this.#downSince ??= performance.now();
  }

  #answered(): void {
    if (this.#downSince === null) return;
    const seconds = Math.round((performance.now() - this.#downSince) / 1000);
    this.#downSince = null;
    this.#log.info(`The database answers again after ${seconds} s`);
  }
}

/** Whether an error is one of the connection or of the moment, and not of the statement. */
export function isPassing(error: unknown): boolean {
  return isConnectionError(error) || passingCodes.test(String(Object(error).code));
}

/**
 * Too little of something, a full disk included (53), deadlocks (40), locks that were not had (55P03), a server that goes
 * down or comes up (57P), one that is read-only for now (25006).
 */
const passingCodes = /^(53...|40...|55P03|57P..|25006)$/;
