import { CancelledError, ValidationError } from '../errors.ts';
import { CallError, type CallFailure } from './call-failure.ts';
import type { ErrorEntry, Execution, Outcome } from './outcome.ts';
import { reasonOf } from './reason.ts';
import { TaskRecord } from './task-record.ts';
import { judge, type Verdict } from './verdict.ts';

/** Makes the outcome of an error that ended the task early: the one place where an error becomes a value. */
export function toFailure(error: unknown, record: TaskRecord = new TaskRecord()): Outcome {
  return record.complete(outcomeOf(error, record.execution));
}

/**
 * The outcome of a task whose runner ended without an answer of its own: it was killed, or its host failed. `reason`
 * says what is known of that end.
 */
export function unknownOutcome(reason: string, status: 'FAIL' | 'CANCELLED' = 'FAIL'): Outcome {
  return {
    ...nothing,
    ...{ status, execution: 'unknown', detail: `${sentence(reason)} ${after.unknown}` },
    errors: [{ name: 'RunnerEnded', message: reason }],
  };
}

/** The outcome of a task that was ended by an error which nobody caught, from what the task itself said at its end. */
export function brokenOff(outcome: Outcome, error: unknown): Outcome {
  const { status, detail, errors } = unexpected(error, outcome.execution);
  return { ...outcome, status, detail, errors };
}

function outcomeOf(error: unknown, execution: Execution): Outcome {
  if (error instanceof ValidationError) return invalid(error);
  if (error instanceof CallError) return failed(error.failure, execution);
  if (error instanceof CancelledError) return cancelled;
  return unexpected(error, execution);
}

function invalid({ violations }: ValidationError): Outcome {
  const errors = violations.map(({ field, message }) => ({
    name: 'ValidationError',
    message,
    ...(field === null ? {} : { field }),
  }));
  return { ...nothing, status: 'DATA_VALIDATION_ERROR', errors };
}

/** `execution` is the task's: a call that fails late says nothing of what an earlier one has proved. */
function failed(failure: CallFailure, execution: Execution): Outcome {
  const verdict = judge(failure);
  const { attempts, requestId } = failure;
  return {
    ...nothing,
    ...{ status: verdict.status, execution, detail: detailOf(failure, verdict, execution) },
    ...{ attempts, requestId, errors: [entryOf(failure, verdict)] },
  };
}

/** A fault of ours. */
function unexpected(error: unknown, execution: Execution): Outcome {
  const { name, message } = error instanceof Error ? error : new Error('a thrown value that is not an error');
  const entry = { name, message: `unexpected: ${message}` };
  const reason = `${name}: ${entry.message}`;
  const detail = after[execution] === '' ? reason : `${sentence(reason)} ${after[execution]}`;
  return { ...nothing, status: 'FAIL', execution, detail, errors: [entry] };
}

const nothing = {
  ...{ detail: '', execution: 'not_started', attempts: 0 },
  ...{ requestId: null, answer: null, fields: null },
} as const satisfies Partial<Outcome>;

/** What a cancelled task says of the function. */
const onCancel = {
  not_started: 'The function was not started.',
  unknown: 'The request was sent; the function may have run and may still be running.',
  accepted: 'AWS Lambda had accepted the call before; the function runs or will run.',
  completed: 'The function had run to its end before.',
} as const satisfies Record<Execution, string>;

/** What a failed task adds to its reason. */
const after = {
  not_started: '',
  unknown: 'The function may have run, so it was not invoked again.',
  accepted: 'AWS Lambda had accepted the call before; the function runs or will run.',
  completed: 'The function had run to its end before.',
} as const satisfies Record<Execution, string>;

const cancelled: Outcome = {
  ...nothing,
  ...{ status: 'CANCELLED', detail: onCancel.not_started },
  errors: [{ name: 'Cancelled', message: 'cancelled by a signal before the first call' }],
};

function detailOf(failure: CallFailure, { status }: Verdict, execution: Execution): string {
  if (status === 'PROXY_CONNECTION_ERROR') return failure.proxyUrl ?? failure.host;
  if (status === 'CANCELLED') return onCancel[execution];
  const reason = failure.refusal?.fromAws ? `${failure.name}: ${failure.message}` : reasonOf(failure);
  return after[execution] === '' ? reason : `${sentence(reason)} ${after[execution]}`;
}

function entryOf(failure: CallFailure, { status }: Verdict): ErrorEntry {
  if (status === 'CANCELLED') return { name: 'Cancelled', message: `cancelled by a signal during ${failure.call}` };
  if (failure.refusal?.fromAws) return { name: failure.name, message: failure.message };
  return { name: nameOf(failure, status), message: reasonOf(failure) };
}

function nameOf(failure: CallFailure, status: string): string {
  if (status === 'PROXY_CONNECTION_ERROR') return 'ProxyConnectionError';
  if (failure.end === 'timed out') return 'TimeoutError';
  // The credential providers' client renames socket errors to TimeoutError; their code shows what they were.
  return failure.name === 'TimeoutError' || failure.name === 'Error'
    ? (failure.code ?? 'ConnectionError')
    : failure.name;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
