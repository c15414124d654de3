import { AnswerError } from '../transport/answer-error.ts';
import { isMarked } from '../transport/foreign-error.ts';
import type { AnswerHead } from '../transport/progress.ts';

/** What an error's body says of it. */
export interface ErrorBody {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly retryAfterSeconds?: unknown;
}

/**
 * The error in an answer that is no success. `body` is null when it could not be read. The header names the error with
 * or without a body; a body that is no error of AWS, on an answer without that header, is somebody else's.
 */
export function answerError(answer: AnswerHead, body: ErrorBody | null): AnswerError {
  const header = answer.headers['x-amzn-errortype'];
  const name = shortName(header) ?? shortName(body?.name);
  const message = textOf(body?.message) ?? unsaid(answer, name, body);
  const fromAws = isMarked(answer) && (body !== null || name !== undefined);
  return new AnswerError(name ?? 'Unknown', message, fromAws, numberOf(body?.retryAfterSeconds));
}

/** An answer of success that is not what AWS Lambda sends. */
export function foreignAnswer(fault: string): AnswerError {
  return new AnswerError('Unknown', `the answer is ${fault}`, false);
}

function unsaid({ statusCode }: AnswerHead, name: string | undefined, body: ErrorBody | null): string {
  if (body === null) return `AWS answered ${statusCode}; the text of the error could not be read`;
  return name === undefined
    ? `AWS answered ${statusCode} without a name or a text of the error`
    : `AWS answered ${statusCode} without a text of the error`;
}

/** `com.amazonaws.lambda#ResourceNotFoundException:http://…` without what surrounds the name. */
function shortName(value: unknown): string | undefined {
  const name = textOf(value)?.split(',')[0]?.split(':')[0]?.split('#').at(-1);
  return name === '' ? undefined : name;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' ? Number.parseFloat(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
