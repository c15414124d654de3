import { describe, expect, test } from '@jest/globals';
import { CancelledError, ValidationError } from '../../extension/errors.ts';
import { CallError, type CallFailure } from '../../extension/outcome/call-failure.ts';
import { brokenOff, toFailure, unknownOutcome } from '../../extension/outcome/failure.ts';
import type { Execution, Outcome } from '../../extension/outcome/outcome.ts';
import { reasonOf } from '../../extension/outcome/reason.ts';
import { statuses } from '../../extension/outcome/status.ts';
import { TaskRecord } from '../../extension/outcome/task-record.ts';
import { brokenCall, refusedCall } from './support/failures.ts';

const executions: readonly Execution[] = ['not_started', 'unknown', 'accepted', 'completed'];
const after = {
  not_started: '',
  unknown: ' The function may have run, so it was not invoked again.',
  accepted: ' AWS Lambda had accepted the call before; the function runs or will run.',
  completed: ' The function had run to its end before.',
} satisfies Record<Execution, string>;

const nothing = { attempts: 0, requestId: null, answer: null, fields: null };

function recorded(execution: Execution): TaskRecord {
  const record = new TaskRecord();
  record.raise(execution);
  return record;
}

function ended(failure: CallFailure, execution: Execution = 'not_started'): Outcome {
  return toFailure(new CallError(failure, new Error('cause')), recorded(execution));
}

describe.each(executions)('a task that was %s', (execution) => {
  test('and meets a fault of ours', () => {
    expect(toFailure(new TypeError('no.'), recorded(execution))).toEqual({
      ...{ ...nothing, status: 'FAIL', execution },
      detail: `TypeError: unexpected: no.${after[execution]}`,
      errors: [{ name: 'TypeError', message: 'unexpected: no.' }],
    });
  });

  test('and meets a value that is no error', () => {
    const reason = 'Error: unexpected: a thrown value that is not an error';
    const { detail } = toFailure('text', recorded(execution));
    expect(detail).toBe(execution === 'not_started' ? reason : `${reason}.${after[execution]}`);
  });

  test('and is refused', () => {
    const { detail, ...rest } = ended(refusedCall({ name: 'NoSuch' }, { message: 'is it?', attempts: 2 }), execution);
    expect(detail).toBe(`NoSuch: is it?${after[execution]}`);
    expect(rest).toEqual({
      ...{ ...nothing, status: 'FAIL', execution, attempts: 2, requestId: 'request-1' },
      errors: [{ name: 'NoSuch', message: 'is it?' }],
    });
  });

  test('and is cancelled during a call', () => {
    const { detail, status, errors } = ended(brokenCall({ end: 'cancelled' }), execution);
    expect({ status, errors }).toEqual({
      status: 'CANCELLED',
      errors: [{ name: 'Cancelled', message: 'cancelled by a signal during Invoke hello' }],
    });
    const own = {
      not_started: 'The function was not started.',
      unknown: 'The request was sent; the function may have run and may still be running.',
      accepted: after.accepted.trim(),
      completed: after.completed.trim(),
    } satisfies Record<Execution, string>;
    expect(detail).toBe(own[execution]);
  });
});

test('an error of a call says what it was, and keeps its cause', () => {
  const cause = new Error('socket hang up');
  const error = new CallError(brokenCall(), cause);
  expect(String(error)).toBe('CallError: it broke');
  expect(error).toMatchObject({ cause, failure: brokenCall() });
});

describe('a task without a record', () => {
  test('that is not valid', () => {
    const error = new ValidationError([
      { field: 'region', message: 'is required' },
      { field: null, message: 'must be an object' },
    ]);
    expect(toFailure(error)).toEqual({
      ...{ ...nothing, status: 'DATA_VALIDATION_ERROR', detail: '', execution: 'not_started' },
      errors: [
        { name: 'ValidationError', message: 'is required', field: 'region' },
        { name: 'ValidationError', message: 'must be an object' },
      ],
    });
  });

  test('that is cancelled before its first call', () => {
    expect(toFailure(new CancelledError())).toEqual({
      ...{ ...nothing, status: 'CANCELLED', detail: 'The function was not started.', execution: 'not_started' },
      errors: [{ name: 'Cancelled', message: 'cancelled by a signal before the first call' }],
    });
  });
});

describe('what an error is called', () => {
  test.each<[string, Partial<CallFailure>]>([
    ['ProxyConnectionError', { phase: 'proxy', name: 'Other' }],
    ['TimeoutError', { end: 'timed out', name: 'Other', code: 'ECONNRESET' }],
    ['ECONNRESET', { name: 'TimeoutError', code: 'ECONNRESET' }],
    ['ECONNRESET', { name: 'Error', code: 'ECONNRESET' }],
    ['ConnectionError', { name: 'Error' }],
    ['ParseError', { name: 'ParseError', code: 'ECONNRESET' }],
  ])('%s: %j', (name, over) => {
    const failure = brokenCall(over);
    expect(ended(failure).errors).toEqual([{ name, message: reasonOf(failure) }]);
  });

  test('of an answer that is none of AWS, its name is not trusted', () => {
    const failure = refusedCall({ fromAws: false, name: 'SomeException', httpStatus: 502 }, { name: 'Error' });
    const { detail, errors } = ended(failure);
    expect(errors).toEqual([{ name: 'ConnectionError', message: reasonOf(failure) }]);
    expect(detail).toBe(reasonOf(failure));
  });

  test('the proxy, or the host if it has none, is the detail of a proxy’s error', () => {
    expect(ended(brokenCall({ phase: 'proxy', proxyUrl: 'http://p:1' })).detail).toBe('http://p:1');
    expect(ended(brokenCall({ phase: 'proxy' })).detail).toBe('lambda:443');
  });
});

describe('a task whose runner ended', () => {
  test.each(['FAIL', 'CANCELLED'] as const)('%s', (status) => {
    expect(unknownOutcome('it was killed', status)).toEqual({
      ...{ ...nothing, status, execution: 'unknown', detail: `it was killed.${after.unknown}` },
      errors: [{ name: 'RunnerEnded', message: 'it was killed' }],
    });
  });

  test('for a reason that has a full stop within it', () => {
    expect(unknownOutcome('it ended (v1.2)').detail).toBe(`it ended (v1.2).${after.unknown}`);
  });

  test('fails, unless it is said otherwise', () => {
    expect(unknownOutcome('It was killed!')).toMatchObject({
      status: 'FAIL',
      detail: `It was killed!${after.unknown}`,
    });
  });

  test('by an error that nobody caught keeps what it had established', () => {
    const outcome: Outcome = { ...unknownOutcome('x'), execution: 'completed', attempts: 3, requestId: 'r' };
    expect(brokenOff(outcome, new RangeError('too deep'))).toEqual({
      ...outcome,
      ...{ status: 'FAIL', detail: `RangeError: unexpected: too deep.${after.completed}` },
      errors: [{ name: 'RangeError', message: 'unexpected: too deep' }],
    });
  });
});

test('each status has its exit code, classification and sentence', () => {
  const rows = Object.entries(statuses).map(([name, { exitCode, classification, sentence }]) => [
    ...[name, exitCode, classification, sentence('DETAIL')],
  ]);
  const validation = 'Some of the input fields cannot be validated. See STDOUT for more details.';
  const late = 'Did not receive a server response within the allotted time frame (wait_for_completion_timeout).';
  expect(rows).toEqual([
    ['SUCCESS', 0, 'SUCCESS', 'SUCCESS: DETAIL'],
    [
      ...['DECODE_WARNING', 0, 'SUCCESS'],
      'DECODE_WARNING: AWS Lambda function invoked successfully, but log message could not be decoded',
    ],
    ['FAIL', 1, 'FAIL', 'FAIL: DETAIL'],
    [...['AUTHENTICATION_ERROR', 2, 'AUTHENTICATION_ERROR'], 'AUTHENTICATION_ERROR: Account cannot be authenticated.'],
    [
      ...['AUTHORIZATION_ERROR', 3, 'AUTHORIZATION_ERROR'],
      'AUTHORIZATION_ERROR: Account is not authorized to perform the requested action.',
    ],
    ['CONNECTION_ERROR', 10, 'CONNECTION_ERROR', 'CONNECTION_ERROR: DETAIL'],
    [
      ...['PROXY_CONNECTION_ERROR', 11, 'CONNECTION_ERROR'],
      'CONNECTION_ERROR: ProxyConnectionError: Failed to connect to proxy URL DETAIL',
    ],
    ['DATA_VALIDATION_ERROR', 20, 'DATA_VALIDATION_ERROR', `DATA_VALIDATION_ERROR: ${validation}`],
    ['READ_TIMEOUT_ERROR', 21, 'READ_TIMEOUT_ERROR', `READ_TIMEOUT_ERROR: ${late}`],
    ['DURABLE_TIMEOUT', 21, 'READ_TIMEOUT_ERROR', 'READ_TIMEOUT_ERROR: DETAIL'],
    ['CANCELLED', 22, 'CANCELLED', 'CANCELLED: DETAIL'],
  ]);
});
