import type { Ending } from '../sandbox/sandbox.ts';
import type { HandlerRun } from './run-facts.ts';

export interface Result {
  readonly body: string | Buffer;
  readonly failed: boolean;
}

/** Lambda's own numbers: the limit is 6 MB, its message names 100 bytes more. */
export const RESPONSE_LIMIT = 6_291_456;
const RESPONSE_LIMIT_TEXT = 6_291_556;

/** The payload that Lambda answers with, and whether it is a function error. */
export function toResult({ ending, streamed, requestId, timeoutSeconds }: HandlerRun): Result {
  switch (ending.kind) {
    case 'done':
      return Buffer.byteLength(ending.body) <= RESPONSE_LIMIT ? { body: ending.body, failed: false } : tooLarge();
    case 'streamed':
      if (streamed?.error !== undefined) return { body: streamed.error, failed: true };
      return streamed?.tooLarge ? tooLarge() : { body: streamed?.body ?? '', failed: false };
    case 'error':
      return { body: ending.body, failed: true };
    case 'timeout':
      return failure('Sandbox.Timedout', timeoutMessage(requestId, timeoutSeconds));
    case 'exit':
      return failure('Runtime.ExitError', `RequestId: ${requestId} Error: ${exitReason(ending)}`);
    case 'ready':
      throw new Error('The runtime reported that it is ready while it ran an event.');
  }
}

/** How a run ended, in the word that Lambda's records have for it. */
export function statusOf({ ending, streamed }: HandlerRun): 'success' | 'error' | 'failure' | 'timeout' {
  if (ending.kind === 'timeout') return 'timeout';
  if (ending.kind === 'exit') return 'failure';
  return ending.kind === 'error' || streamed?.error !== undefined ? 'error' : 'success';
}

/** The type of the error that ended a run. */
export function failureType(run: HandlerRun): string | undefined {
  const { body, failed } = toResult(run);
  return failed ? (JSON.parse(body.toString()) as { errorType?: string }).errorType : undefined;
}

export function timeoutMessage(requestId: string, seconds: number): string {
  return `${new Date().toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`;
}

/** Says how a process ended, in the words that Lambda uses. */
export function exitReason(ending: Extract<Ending, { kind: 'exit' }>): string {
  if (ending.signal !== null)
    return `Runtime exited with error: signal: ${ending.signal === 'SIGKILL' ? 'killed' : ending.signal}`;
  return ending.code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${ending.code}`;
}

function tooLarge(): Result {
  return failure(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_TEXT} bytes).`,
  );
}

function failure(errorType: string, errorMessage: string): Result {
  return { body: JSON.stringify({ errorType, errorMessage }), failed: true };
}
