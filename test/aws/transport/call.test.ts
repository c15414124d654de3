import { describe, expect, test } from '@jest/globals';
import { AnswerError } from '../../../extension/aws/transport/answer-error.ts';
import { type Call, makeCall } from '../../../extension/aws/transport/call.ts';
import type { RequestProgress } from '../../../extension/aws/transport/progress.ts';
import { Transport } from '../../../extension/aws/transport/transport.ts';
import { CallError, type CallFailure } from '../../../extension/outcome/call-failure.ts';
import { Secret } from '../../../extension/secret.ts';
import { recorder } from '../../support/recorder.ts';
import { until } from '../../support/until.ts';

function called(over: Partial<Call> = {}) {
  const log = recorder();
  const abort = new AbortController();
  const call: Call = {
    ...{ name: 'Invoke hello', target: 'AWS Lambda', canExecute: true, deadline: 'wait_for_completion_timeout' },
    ...{ secrets: () => [new Secret('EXAMPLE-SECRET')], marker: 'Invoke hello …', transport: new Transport(undefined) },
    ...{ limits: { connectTimeout: 20_000, waitTimeout: 20_000, maxAttempts: 3 }, signal: abort.signal, log, ...over },
  };
  return { call, log, abort };
}

const headers = { 'x-amzn-requestid': 'request-1' };

/** A refusal of AWS on a progress. */
function refuse(progress: RequestProgress, status: number, name: string, more: Record<string, string> = {}): never {
  progress.arrive({ statusCode: status, headers: { ...headers, ...more } });
  throw new AnswerError(name, 'no', true);
}

async function failureOf(promise: Promise<unknown>): Promise<CallFailure> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CallError)) throw new Error(`no CallError: ${error}`);
  return error.failure;
}

const never = () => new Promise<never>(() => {});

test('a call that succeeds', async () => {
  const { call, log } = called();
  const made = await makeCall(call, async (progress) => {
    progress.reach('ready');
    return 'value';
  });
  expect(made).toEqual({ value: 'value', attempts: 1 });
  expect(log.lines).toEqual(['info Invoke hello …']);
});

test('a call whose connection fails is made again, and each failure is told', async () => {
  const { call, log } = called();
  let sent = 0;
  const made = await makeCall(call, async (progress) => {
    sent += 1;
    progress.host = 'lambda:443';
    progress.reach('connecting');
    if (sent < 3) throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    return sent;
  });
  expect(made).toEqual({ value: 3, attempts: 3 });
  const reason = 'connection refused; check host and port, and that the service is running (ECONNREFUSED)';
  expect(log.lines).toEqual(
    [1, 2].map((n) => `warn Invoke hello: attempt ${n} of 3 failed, nothing ran: Invoke hello: lambda:443: ${reason}`),
  );
});

test('waits at least 100 ms, and twice as long each time', async () => {
  const { call } = called();
  const times: number[] = [];
  await failureOf(
    makeCall(call, async (progress) => {
      times.push(performance.now());
      return refuse(progress, 429, 'TooManyRequestsException');
    }),
  );
  const [first = 0, second = 0, third = 0] = times;
  // A timer may fire a millisecond early.
  expect(second - first).toBeGreaterThanOrEqual(99);
  expect(third - second).toBeGreaterThanOrEqual(199);
});

test('a call that is refused for good, with what is known of it', async () => {
  const { call } = called();
  const failure = await failureOf(
    makeCall(call, async (progress) => {
      progress.host = 'lambda:443';
      progress.proxyUrl = 'http://proxy:1';
      progress.arrive({ statusCode: 404, headers });
      throw new AnswerError('ResourceNotFoundException', `EXAMPLE-SECRET\u0007${'x'.repeat(5000)}`, true);
    }),
  );
  const { message, ...rest } = failure;
  for (const text of ['EXAMPLE-SECRET', '\u0007']) expect(message).not.toContain(text);
  expect(message.length).toBeGreaterThan(4000);
  expect(message.length).toBeLessThan(4100);
  expect(message.endsWith('x…')).toBe(true);
  expect(rest).toEqual({
    ...{ call: 'Invoke hello', canExecute: true, phase: 'response', end: 'failed', code: null, attempts: 1 },
    ...{ deadline: 'wait_for_completion_timeout', host: 'lambda:443', proxyUrl: 'http://proxy:1' },
    ...{ name: 'ResourceNotFoundException', requestId: 'request-1' },
    refusal: {
      ...{ httpStatus: 404, fromAws: true, name: 'ResourceNotFoundException' },
      ...{ retryAfterSeconds: null, clockSkewed: false },
    },
  });
});

test.each<[unknown, string, string]>([
  ['text', 'Error', 'text'],
  [undefined, 'Error', 'undefined'],
  [new TypeError('x'.repeat(4000)), 'TypeError', 'x'.repeat(4000)],
  [Object.assign(new Error('no'), { name: 'n'.repeat(201) }), `${'n'.repeat(200)}…`, 'no'],
])('a call that throws %s', async (thrown, name, message) => {
  const { call } = called({ limits: { connectTimeout: 20_000, waitTimeout: 20_000, maxAttempts: 1 } });
  const failure = await failureOf(makeCall(call, () => Promise.reject(thrown)));
  expect(failure).toMatchObject({ name, message, host: 'AWS Lambda', requestId: null, refusal: null, phase: 'idle' });
});

test('a wait that is longer than the deadline is not begun', async () => {
  const { call } = called();
  let sent = 0;
  const refused = makeCall(call, async (progress) => {
    sent += 1;
    return refuse(progress, 429, 'TooManyRequestsException', { 'retry-after': '21' });
  });
  expect(await failureOf(refused)).toMatchObject({ attempts: 1, refusal: { retryAfterSeconds: 21 } });
  expect(sent).toBe(1);
});

test('waits twice as long each time, and no longer than the deadline', async () => {
  // The wait after the n-th attempt is 50 to 100 % of 100 ms * 2^n: never 800 before the fourth, and always from there.
  const { call } = called({ limits: { connectTimeout: 20_000, waitTimeout: 800, maxAttempts: 6 } });
  const refused = makeCall(call, async (progress) => refuse(progress, 429, 'TooManyRequestsException'));
  expect(await failureOf(refused)).toMatchObject({ attempts: 4, refusal: { httpStatus: 429 } });
});

test('a clock is corrected for nothing else than a clock that is wrong', async () => {
  const dates: string[] = [];
  const { call } = called({ correctClock: (date) => dates.push(date) });
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  let sent = 0;
  const made = await makeCall(call, async (progress) => {
    sent += 1;
    if (sent === 1) return refuse(progress, 429, 'TooManyRequestsException', { date });
    if (sent === 2) return refuse(progress, 403, 'SignatureDoesNotMatch', { date });
    return dates.length;
  });
  expect(made).toEqual({ value: 1, attempts: 3 });
});

test('a clock that nobody corrects is no fault of the call', async () => {
  const { call } = called();
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const refused = makeCall(call, async (progress) => refuse(progress, 403, 'SignatureDoesNotMatch', { date }));
  expect(await failureOf(refused)).toMatchObject({ attempts: 2, name: 'SignatureDoesNotMatch' });
});

test('a clock that is wrong is corrected once, by the date of the answer', async () => {
  const dates: string[] = [];
  const { call } = called({ correctClock: (date) => dates.push(date) });
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const refused = makeCall(call, async (progress) => refuse(progress, 403, 'InvalidSignatureException', { date }));
  expect(await failureOf(refused)).toMatchObject({ attempts: 2, refusal: { clockSkewed: true } });
  expect(dates).toEqual([date]);
});

describe('a cancel', () => {
  test('before the first step: nothing is sent', async () => {
    const { call, abort } = called();
    abort.abort();
    let sent = 0;
    const cancelled = makeCall(call, async () => {
      sent += 1;
    });
    expect(await failureOf(cancelled)).toMatchObject({ end: 'cancelled', phase: 'idle', attempts: 1, refusal: null });
    expect(sent).toBe(0);
  });

  test('under way closes what is open, and says how far it came', async () => {
    const { call, abort } = called();
    let closed = false;
    const cancelled = makeCall(call, (progress) => {
      progress.hold({ destroy: () => (closed = true) });
      progress.arrive({ statusCode: 429, headers });
      setTimeout(() => abort.abort(), 1);
      return never();
    });
    expect(await failureOf(cancelled)).toMatchObject({ end: 'cancelled', phase: 'response', refusal: null });
    expect(closed).toBe(true);
  });

  test('during the wait for another attempt: nothing is under way', async () => {
    const { call, abort, log } = called();
    const cancelled = failureOf(
      makeCall(call, async (progress) => refuse(progress, 429, 'TooManyRequestsException', { 'retry-after': '15' })),
    );
    await until(() => log.lines.some((line) => line.startsWith('warn')));
    abort.abort();
    expect(await cancelled).toMatchObject({ end: 'cancelled', phase: 'idle', attempts: 1, refusal: null });
  });
});

describe('a deadline', () => {
  const limits = { connectTimeout: 60, waitTimeout: 90, maxAttempts: 1 };

  test('for the connection', async () => {
    const { call, log } = called({ limits });
    const late = makeCall(call, (progress) => {
      progress.reach('tls');
      return never();
    });
    expect(await failureOf(late)).toMatchObject({ end: 'timed out', phase: 'tls', refusal: null });
    expect(log.lines).toEqual([]);
  });

  test('for the answer begins when the connection is ready', async () => {
    const { call, log } = called({ limits: { ...limits, waitTimeout: 1 } });
    const late = makeCall(call, (progress) => {
      progress.reach('ready');
      return never();
    });
    expect(await failureOf(late)).toMatchObject({ end: 'timed out', phase: 'ready' });
    expect(log.lines).toEqual(['info Invoke hello …']);
  });

  test('does not run while there are bytes to work on, and begins anew when more are waited for', async () => {
    const { call } = called({ limits });
    let worked = false;
    const late = makeCall(call, (progress) => {
      progress.reach('ready');
      progress.work();
      setTimeout(() => {
        worked = true;
        progress.listen();
      }, 150);
      return never();
    });
    expect(await failureOf(late)).toMatchObject({ end: 'timed out', phase: 'ready' });
    expect(worked).toBe(true);
  });

  test('is not begun by what was given up and still goes on', async () => {
    const { call, abort } = called();
    let late: RequestProgress | undefined;
    const cancelled = makeCall(call, (progress) => {
      late = progress;
      setTimeout(() => abort.abort(), 1);
      return never();
    });
    await failureOf(cancelled);
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    late?.listen();
    expect(timers()).toBe(before);
  });
});
