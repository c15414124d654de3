import { CallError, CancelledError, ValidationError } from '../errors.ts';
import type { ErrorEntry, Outcome } from './outcome.ts';
import { reasonOf } from './reason.ts';
import { type CallFailure, judge, type Verdict } from './verdict.ts';

/** Makes the outcome of whatever ended the task early: the one place where an error becomes a value. */
export function toFailure(error: unknown): Outcome {
  if (error instanceof ValidationError) return invalid(error);
  if (error instanceof CallError) return failed(error.failure);
  if (error instanceof CancelledError) return cancelled;
  return unexpected(error);
}

function invalid({ violations }: ValidationError): Outcome {
  const errors = violations.map(({ field, message }) => ({
    name: 'ValidationError',
    message,
    ...(field === null ? {} : { field }),
  }));
  return { ...nothing, status: 'DATA_VALIDATION_ERROR', execution: 'not_started', errors };
}

function failed(failure: CallFailure): Outcome {
  const verdict = judge(failure);
  const { attempts, requestId } = failure;
  return {
    ...nothing,
    ...{ status: verdict.status, execution: verdict.execution, detail: detailOf(failure, verdict) },
    ...{ attempts, requestId, errors: [entryOf(failure, verdict)] },
  };
}

/** A fault of ours. It cannot be known where it struck, so nothing is claimed of the function. */
function unexpected(error: unknown): Outcome {
  const { name, message } = error instanceof Error ? error : new Error('a thrown value that is not an error');
  const entry = { name, message: `unexpected: ${message}` };
  return { ...nothing, status: 'FAIL', execution: 'unknown', detail: `${name}: ${entry.message}`, errors: [entry] };
}

const nothing = { detail: '', attempts: 0, requestId: null, answer: null } as const;

const notStarted = 'The function was not started.';
const mayStillRun = 'The request was sent; the function may have run and may still be running.';
const mayHaveRun = 'The function may have run, so it was not invoked again.';

const cancelled: Outcome = {
  ...nothing,
  ...{ status: 'CANCELLED', execution: 'not_started', detail: notStarted },
  errors: [{ name: 'Cancelled', message: 'cancelled by a signal before the first call' }],
};

function detailOf(failure: CallFailure, { status, execution }: Verdict): string {
  if (status === 'PROXY_CONNECTION_ERROR') return failure.proxyUrl ?? failure.host;
  if (status === 'CANCELLED') return execution === 'unknown' ? mayStillRun : notStarted;
  const sentence = failure.refusal?.fromAws ? `${failure.name}: ${failure.message}` : reasonOf(failure);
  return execution === 'unknown' ? `${ended(sentence)} ${mayHaveRun}` : sentence;
}

function entryOf(failure: CallFailure, { status }: Verdict): ErrorEntry {
  if (status === 'CANCELLED') return { name: 'Cancelled', message: `cancelled by a signal during ${failure.call}` };
  if (failure.refusal?.fromAws) return { name: failure.name, message: failure.message };
  return { name: nameOf(failure, status), message: reasonOf(failure) };
}

function nameOf(failure: CallFailure, status: string): string {
  if (status === 'PROXY_CONNECTION_ERROR') return 'ProxyConnectionError';
  if (failure.end === 'timed out') return 'TimeoutError';
  // The AWS client renames socket errors to TimeoutError; their code tells what they were.
  return failure.name === 'TimeoutError' || failure.name === 'Error'
    ? (failure.code ?? 'ConnectionError')
    : failure.name;
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
