import type { Refusal } from '../../outcome/call-failure.ts';
import { AnswerError } from './answer-error.ts';
import type { AnswerHead } from './progress.ts';

/** The first error code from an error down its causes, such as ECONNREFUSED; null if there is none. */
export function codeOf(error: unknown, depth = 0): string | null {
  if (depth > 5 || typeof error !== 'object' || error === null) return null;
  const { code, cause, errors } = error as Partial<Record<'code' | 'cause' | 'errors', unknown>>;
  if (typeof code === 'string' && code !== '') return code;
  // When each address of a host fails, the first failure represents all.
  return codeOf(cause, depth + 1) ?? (Array.isArray(errors) ? codeOf(errors[0], depth + 1) : null);
}

/**
 * The refusal in an answer; null if there is no answer, or one that began as a success and broke off. The status comes
 * from the wire and not from the error, since a body can put any name and code on an error of the SDK.
 */
export function refusalOf(error: unknown, answer: AnswerHead | null): Refusal | null {
  if (answer === null) return null;
  const { statusCode, headers } = answer;
  if (!(error instanceof AnswerError) && statusCode >= 200 && statusCode < 300) return null;
  const { name, fromAws, retryAfterSeconds } = error instanceof AnswerError ? error : sdkError(error, answer);
  const retryAfter = Number(headers['retry-after'] ?? retryAfterSeconds ?? Number.NaN);
  return {
    httpStatus: statusCode,
    // AWS Lambda has no 407: it is a proxy's on the way.
    fromAws: fromAws && statusCode >= 400 && statusCode !== 407,
    name,
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter : null,
    clockSkewed: Math.abs(Date.parse(headers.date ?? '') - Date.now()) >= skewLimit,
  };
}

/** Whether an answer has a mark that AWS puts on each of its answers. */
export function isMarked({ headers }: AnswerHead): boolean {
  return ['x-amzn-requestid', 'x-amzn-errortype', 'x-amz-request-id'].some((header) => header in headers);
}

export function requestIdOf({ headers }: AnswerHead): string | null {
  return headers['x-amzn-requestid'] ?? headers['x-amz-request-id'] ?? null;
}

/** An error of the SDK's credential providers. */
function sdkError(error: unknown, answer: AnswerHead) {
  const name = error instanceof Error ? error.name : 'Unknown';
  const unnamed = ['Error', 'Unknown', 'UnknownError', 'SyntaxError'].includes(name);
  const fromAws = isMarked(answer) && !(error instanceof SyntaxError);
  return { name: unnamed ? 'Unknown' : name, fromAws, retryAfterSeconds: null };
}

/** Milliseconds of clock difference from which AWS refuses a signature. */
const skewLimit = 300_000;
