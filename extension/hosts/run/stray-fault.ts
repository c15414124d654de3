import { brokenOff } from '../../outcome/failure.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import type { Log } from '../../ports.ts';

/** Watches for errors that are thrown where nobody catches them. */
export interface StrayFaults {
  /** The task's outcome; where the first of those errors has ended the task, that error with what the task knew. */
  explain(outcome: Outcome): Outcome;
}

/**
 * Aborts the task on the first such error, so that it ends with an answer of its own and not in a crash without one.
 * Later errors are only logged: an answer that is there is not lost to them.
 */
export function watchStrayFaults(log: Log, abort: () => void): StrayFaults {
  let first: { readonly error: unknown } | null = null;
  const end = (error: unknown) => {
    first ??= { error };
    abort();
  };
  // When nothing is left to wait for, Node would end with exit code 0 and no answer.
  process.once('beforeExit', () => end(new Error('the task has stopped without an end')));
  process.on('uncaughtException', (error) => {
    log.debug(`uncaught: ${error instanceof Error ? error.stack : error}`);
    end(error);
  });
  return {
    explain: (outcome) =>
      first !== null && outcome.status === 'CANCELLED' ? brokenOff(outcome, first.error) : outcome,
  };
}
