import type { Answer } from './http/answer.ts';
import { LambdaError, toLambdaAnswer } from './lambda/lambda-error.ts';

/** An answer that refuses a call. */
export interface Refusal {
  readonly status: number;
  /** The name of the error, such as `AccessDeniedException`. */
  readonly name: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
  /** Which limit was met, for TooManyRequestsException. */
  readonly reason?: string;
}

/** What a test can make go wrong that AWS does as well. */
export interface Faults {
  /** Refuses a call, named as in AWS's API, in place of answering it; `nth` counts the calls of that operation from 1. */
  readonly refuse?: (operation: string, nth: number) => Refusal | undefined;
  /** For so long the reading operations do not show a new durable execution. */
  readonly readLagMs?: number;
  /** For so long what a function logged cannot be read. */
  readonly logDelayMs?: number;
  /** So many empty pages with a token come before what FilterLogEvents finds. */
  readonly emptyLogPages?: number;
}

/** Lambda's refusal of calls that come too quickly. */
export function throttled(retryAfterSeconds?: number): Refusal {
  const refusal = { status: 429, name: 'TooManyRequestsException', message: 'Rate exceeded' };
  return retryAfterSeconds === undefined ? refusal : { ...refusal, retryAfterSeconds };
}

/** Counts the calls and asks whether one is to be refused. */
export function createRefuser({ refuse }: Faults): (operation: string) => Refusal | undefined {
  const counts = new Map<string, number>();
  return (operation) => {
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    return refuse?.(operation, nth);
  };
}

/** Writes a refusal in the shape of the Lambda API; throttling has one of its own. */
export function toRefusedAnswer({ status, name, message, retryAfterSeconds, reason }: Refusal): Answer {
  const answer = toLambdaAnswer(new LambdaError(status, name, message));
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const body = { Reason: reason ?? 'CallerRateLimitExceeded', Type: 'User', message };
  return {
    ...answer,
    headers: { ...answer.headers, ...retryAfter },
    ...(name === 'TooManyRequestsException' && { body: JSON.stringify(body) }),
  };
}
