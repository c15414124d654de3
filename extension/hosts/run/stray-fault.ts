import type { Log } from '../../ports.ts';

/**
 * Rejects with the first error that is thrown where nobody catches it, so that the task ends with an answer and not in a
 * crash without one. The task is aborted, so that it sends nothing after that answer. Later errors are only logged: an
 * answer that is there is not lost to them.
 */
export function strayFault(log: Log, abort: () => void): Promise<never> {
  return new Promise((_, reject) => {
    // When nothing is left to wait for, Node would end with exit code 0 and no answer.
    process.once('beforeExit', () => reject(new Error('the task has stopped without an end')));
    process.on('uncaughtException', (error) => {
      log.debug(`uncaught: ${error instanceof Error ? error.stack : error}`);
      reject(error);
      abort();
    });
  });
}
