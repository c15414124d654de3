import type { Log } from '../../ports.ts';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] as const;

export interface Cancellation {
  readonly signal: AbortSignal;
  /** Aborts as a signal does. */
  abort(): void;
  /** Says that there is nothing to cancel any more: from here on the first signal is like the next ones. */
  finish(): void;
  /** Gives the signals back to the process. */
  release(): void;
}

/** Turns the first signal into an abort, so that the answer is still written; the next ones call `onNext`. */
export function cancelOnSignals(log: Log, onNext: () => void): Cancellation {
  const controller = new AbortController();
  let isFinished = false;
  const onSignal = (name: string) => {
    if (isFinished || controller.signal.aborted) return onNext();
    log.warn(`${name}: cancelling`);
    controller.abort();
  };
  const known = signals.filter((name) => name !== 'SIGBREAK' || process.platform === 'win32');
  for (const name of known) process.on(name, onSignal);
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    finish: () => {
      isFinished = true;
    },
    release: () => {
      for (const name of known) process.off(name, onSignal);
    },
  };
}
