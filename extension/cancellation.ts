import { CancelledError } from './errors.ts';

/**
 * The value of a promise; throws CancelledError as soon as the signal is aborted, so that no slow file holds a task.
 * `release` gets a value that comes after that, and that nobody else would close.
 */
export async function unlessCancelled<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  release: (late: T) => void = () => {},
): Promise<T> {
  let cancel = () => {};
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(new CancelledError());
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel);
  });
  try {
    return await Promise.race([promise, cancelled]);
  } catch (error) {
    promise.then(release, () => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
