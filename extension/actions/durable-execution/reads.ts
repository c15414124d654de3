import type { CallOptions, DurableReadOptions } from '../../ports.ts';
import type { Limits } from '../../task/limits.ts';

/** The limits of the calls around an execution, each of one attempt: the caller repeats them. */
export interface ReadOptions {
  /** Of calls with small answers. */
  brief(signal: AbortSignal): CallOptions;
  status(signal: AbortSignal): DurableReadOptions;
  /** With payload and result, which take their time. */
  whole(signal: AbortSignal): DurableReadOptions;
}

export function readOptions({ connectTimeout, waitTimeout }: Limits): ReadOptions {
  const brief = { connectTimeout, waitTimeout: connectTimeout, maxAttempts: 1 };
  const whole = { connectTimeout, waitTimeout, maxAttempts: 1 };
  return {
    brief: (signal) => ({ limits: brief, signal }),
    status: (signal) => ({ limits: brief, signal, withData: false }),
    whole: (signal) => ({ limits: whole, signal, withData: true }),
  };
}
