import { CancelledError } from './errors.ts';

/**
 * The value of a promise; throws CancelledError as soon as the signal is aborted, so that no slow file holds a task.
 * `release` gets a value that comes after that, and that nobody else would close.
 */
export function unlessCancelled<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  release: (late: T) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const over = () => {
      isOver = true;
      signal.removeEventListener('abort', cancel);
    };
    const cancel = () => {
      if (isOver) return;
      over();
      promise.then(release, () => {});
      reject(new CancelledError());
    };
    promise.then(
      (value) => {
        if (isOver) return;
        over();
        resolve(value);
      },
      (error) => {
        over();
        reject(error);
      },
    );
    if (signal.aborted)
      queueMicrotask(cancel); // a value that is there already comes first
    else signal.addEventListener('abort', cancel);
  });
}
