import type { Fields } from './fields.gen.ts';

/** The time limits (ms) and attempts of one call. */
export interface Limits {
  /** For DNS, TCP, proxy and TLS together. */
  readonly connectTimeout: number;
  /** From the request sent to the last byte of the answer. */
  readonly waitTimeout: number;
  readonly maxAttempts: number;
}

export function limitsOf({ connect_timeout, wait_for_completion_timeout, max_attempts }: Fields): Limits {
  return {
    connectTimeout: connect_timeout * 1000,
    waitTimeout: wait_for_completion_timeout * 1000,
    maxAttempts: max_attempts,
  };
}
