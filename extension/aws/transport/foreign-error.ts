import type { Refusal } from '../../outcome/verdict.ts';
import type { RawAnswer } from './journey.ts';

/** What can be read from an error of the SDK, of Node or of a proxy agent. Its text is the server's to choose. */
type Foreign = Partial<Record<'code' | 'cause' | 'errors' | '$metadata' | '$response', unknown>>;

/** The first error code from an error down its causes, such as ECONNREFUSED; null if there is none. */
export function codeOf(error: unknown, depth = 0): string | null {
  if (depth > 5 || typeof error !== 'object' || error === null) return null;
  const { code, cause, errors } = error as Foreign;
  if (typeof code === 'string' && code !== '') return code;
  // When each address of a host fails, the first failure stands for all.
  return codeOf(cause, depth + 1) ?? (Array.isArray(errors) ? codeOf(errors[0], depth + 1) : null);
}

/** The answer that an error of the SDK came with, when its request was made for a credential provider. */
export function answerOf(error: unknown): RawAnswer | null {
  const { $response } = Object(error) as { $response?: Partial<RawAnswer> };
  if (typeof $response?.statusCode !== 'number') return null;
  return { statusCode: $response.statusCode, headers: $response.headers ?? {} };
}

/**
 * The refusal in an answer, or null if there is no answer or it began as a success. The wire is read before the error,
 * since a server's body can put any name and code on it.
 */
export function refusalOf(error: unknown, answer: RawAnswer | null): Refusal | null {
  if (answer === null) return null;
  const { statusCode, headers } = answer;
  const foreign = error instanceof SyntaxError || notFromAws in Object(error);
  if (statusCode >= 200 && statusCode < 300 && !foreign) return null;
  const name = error instanceof Error ? error.name : 'Unknown';
  const marked = awsHeaders.some((header) => header in headers);
  const retryAfter = Number(headers['retry-after'] ?? Reflect.get(Object(error), 'retryAfterSeconds'));
  return {
    httpStatus: statusCode,
    fromAws: !foreign && marked && statusCode >= 400,
    name: unnamed.has(name) ? 'Unknown' : name,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    clockSkewed: Math.abs(Date.parse(headers.date ?? '') - Date.now()) >= skewLimit,
  };
}

/** Set on an error that says that an answer of success did not come from AWS. */
export const notFromAws = Symbol('not from AWS');

export function requestIdOf(error: unknown, answer: RawAnswer | null): string | null {
  const { $metadata } = Object(error) as { $metadata?: { requestId?: string } };
  return answer?.headers['x-amzn-requestid'] ?? $metadata?.requestId ?? null;
}

const awsHeaders = ['x-amzn-requestid', 'x-amzn-errortype', 'x-amz-request-id'];

const unnamed = new Set(['Error', 'Unknown', 'UnknownError', 'SyntaxError']);

/** Milliseconds of clock difference from which AWS refuses a signature. */
const skewLimit = 300_000;
