import { throttled, toRefusedAnswer } from '../faults.ts';
import type { Answer } from '../http/answer.ts';

/** Refuses an invocation because too many run already. */
export function tooManyAtOnce(): Answer {
  return toRefusedAnswer({ ...throttled(1), message: 'Rate Exceeded.', reason: 'ConcurrentInvocationLimitExceeded' });
}
