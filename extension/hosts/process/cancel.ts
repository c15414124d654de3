import { statuses } from '../../outcome/status.ts';
import type { Log } from '../../ports.ts';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] as const;

/** Turns the first signal into an abort, so that the answer is still written; the second ends the process at once. */
export function cancelOnSignals(log: Log): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = (name: string) => {
    if (controller.signal.aborted) process.exit(statuses.CANCELLED.exitCode);
    log.warn(`${name}: cancelling`);
    controller.abort();
  };
  const known = signals.filter((name) => name !== 'SIGBREAK' || process.platform === 'win32');
  for (const name of known) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of known) process.off(name, onSignal);
    },
  };
}
