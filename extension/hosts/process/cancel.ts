import type { Log } from '../../ports.ts';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] as const;

export interface Cancellation {
  readonly signal: AbortSignal;
  /** Aborts as a signal does. */
  abort(): void;
  /** Gives the signals back to the process. */
  release(): void;
}

/** Turns the first signal into an abort, so that the answer is still written; the next ones call `onNext`. */
export function cancelOnSignals(log: Log, onNext: () => void): Cancellation {
  const controller = new AbortController();
  const onSignal = (name: string) => {
    if (controller.signal.aborted) return onNext();
    log.warn(`${name}: cancelling`);
    controller.abort();
  };
  const known = signals.filter((name) => name !== 'SIGBREAK' || process.platform === 'win32');
  for (const name of known) process.on(name, onSignal);
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    release: () => {
      for (const name of known) process.off(name, onSignal);
    },
  };
}
