import {
  type LambdaClient,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LoggedLocal, lambdaClient, start } from '../support/local.ts';
import { begin, callbackId, closed, get, happened, history, input, run, types } from './support.ts';

let local: LoggedLocal;
let client: LambdaClient;

beforeAll(async () => {
  local = await start({ timeScale: 100 });
  client = lambdaClient(local);
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

const wait = { kind: 'wait', name: 'pause', seconds: 60 };
const callback = { kind: 'callback', name: 'approval' };

test('a wait suspends the function, which is invoked again and replays', async () => {
  const before = local.executions('durable');
  const Payload = input({ kind: 'step', name: 'first', result: 1 }, wait, { kind: 'step', name: 'last', result: 2 });
  const { arn, payload } = await run(client, { Payload });
  expect(payload).toEqual([1, 'waited', 2]);
  expect(local.executions('durable')).toBe(before + 2);
  const events = await history(client, arn);
  expect(types(events)).toEqual([
    'ExecutionStarted',
    'StepStarted',
    'StepSucceeded',
    'WaitStarted',
    'InvocationCompleted',
    'WaitSucceeded',
    'StepStarted',
    'StepSucceeded',
    'InvocationCompleted',
    'ExecutionSucceeded',
  ]);
  expect(events.map(({ EventId }) => EventId)).toEqual(events.map((_, index) => index + 1));
  const started = events[3];
  const scheduled = started?.WaitStartedDetails?.ScheduledEndTimestamp?.getTime() ?? 0;
  expect(started?.WaitStartedDetails?.Duration).toBe(60);
  expect(scheduled - (started?.EventTimestamp?.getTime() ?? 0)).toBe(60_000);
  expect(events[5]?.EventTimestamp?.getTime()).toBeGreaterThanOrEqual(scheduled);
});

test('a step is tried again after its delay, until it succeeds', async () => {
  const { arn, payload } = await run(client, {
    Payload: input({ kind: 'flaky', name: 'charge', attempts: 3, seconds: 20 }),
  });
  expect(payload).toEqual([3]);
  const events = (await history(client, arn)).filter(({ Name }) => Name === 'charge');
  expect(types(events)).toEqual([
    'StepStarted',
    'StepFailed',
    'StepStarted',
    'StepFailed',
    'StepStarted',
    'StepSucceeded',
  ]);
  expect(events.map((event) => event.StepFailedDetails ?? event.StepSucceededDetails).filter(Boolean)).toEqual([
    {
      Error: { Payload: { ErrorType: 'Error', ErrorMessage: 'attempt 1' }, Truncated: false },
      RetryDetails: { CurrentAttempt: 1, NextAttemptDelaySeconds: 20 },
    },
    {
      Error: { Payload: { ErrorType: 'Error', ErrorMessage: 'attempt 2' }, Truncated: false },
      RetryDetails: { CurrentAttempt: 2, NextAttemptDelaySeconds: 20 },
    },
    { Result: { Payload: '3', Truncated: false }, RetryDetails: { CurrentAttempt: 3 } },
  ]);
});

test('a step that fails for good fails the execution', async () => {
  const { arn, error, payload } = await run(client, {
    Payload: input({ kind: 'flaky', name: 'charge', attempts: -1, seconds: 1 }, { kind: 'nothing' }),
  });
  expect(error).toBe('Unhandled');
  expect(payload.errorMessage).toBe('There is no step of the kind nothing');
  expect((await get(client, arn)).Status).toBe('FAILED');
});

test('a condition is looked at until it holds', async () => {
  const Payload = input({ kind: 'poll', name: 'ready', count: 3, seconds: 15 });
  expect((await run(client, { Payload })).payload).toEqual([3]);
});

test('a child context runs its steps side by side, and its inside is not replayed', async () => {
  const inside = [wait, { kind: 'step', name: 'inner', result: 5 }, { ...wait, seconds: 90 }];
  const { arn, payload } = await run(client, { Payload: input({ kind: 'child', name: 'group', steps: inside }, wait) });
  expect(payload).toEqual([['waited', 5, 'waited'], 'waited']);
  const events = await history(client, arn);
  const context = events.find(({ EventType }) => EventType === 'ContextStarted');
  expect(context).toMatchObject({ Name: 'group', SubType: 'RunInChildContext' });
  expect(events.find(({ Name }) => Name === 'inner')?.ParentId).toBe(context?.Id);
  expect(types(events)).toContain('ContextSucceeded');
});

describe('an invoke', () => {
  test('of another function gives its result', async () => {
    const Payload = input({ kind: 'invoke', name: 'call', target: 'mirror', payload: { a: [1] } });
    expect((await run(client, { Payload })).payload).toEqual([{ a: [1] }]);
  });

  test('of a durable function is an execution of its own', async () => {
    const before = local.durableExecutions();
    const payload = { steps: [wait, { kind: 'step', name: 'inner', result: 'done' }] };
    const outer = await run(client, {
      Payload: input({ kind: 'invoke', name: 'call', target: 'durable:live', payload }),
    });
    expect(outer.payload).toEqual([['waited', 'done']]);
    expect(local.durableExecutions()).toBe(before + 2);
    const { ChainedInvokeStartedDetails } = await happened(client, outer.arn, 'ChainedInvokeStarted');
    const inner = ChainedInvokeStartedDetails?.DurableExecutionArn ?? '';
    expect(ChainedInvokeStartedDetails).toMatchObject({ FunctionName: 'durable:live', ExecutedVersion: '1' });
    expect(await get(client, inner)).toMatchObject({ Status: 'SUCCEEDED', Result: '["waited","done"]' });
  });

  test.each([
    ['nothere', /Function not found: .*:function:nothere:\$LATEST/],
    ['durable', /unqualified ARN/],
    ['reject', /only a text/],
  ])('of %s fails the operation', async (target, message) => {
    const { error, payload, arn } = await run(client, { Payload: input({ kind: 'invoke', name: 'call', target }) });
    expect(error).toBe('Unhandled');
    expect(payload.errorMessage).toMatch(message);
    expect(types(await history(client, arn))).toContain('ChainedInvokeFailed');
  });
});

describe('a callback', () => {
  test('is answered from outside, with bytes as they are', async () => {
    const arn = await begin(client, { Payload: input({ ...callback, timeout: { hours: 1 } }) });
    const CallbackId = await callbackId(client, arn);
    expect(CallbackId).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(CallbackId).toContain('/');
    const { CallbackStartedDetails } = await happened(client, arn, 'CallbackStarted');
    expect(CallbackStartedDetails).toEqual({ CallbackId, Timeout: 3600 });
    const Result = Buffer.from('{"approved": true, "by": "Ä"}');
    await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result }));
    const { Result: result } = await closed(client, arn);
    expect(JSON.parse(result ?? '')).toEqual(['{"approved": true, "by": "Ä"}']);
  });

  test('may be answered with a failure', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    const CallbackId = await callbackId(client, arn);
    const reason = { ErrorType: 'Rejected', ErrorMessage: 'too dear', ErrorData: '{"limit":100}' };
    await client.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error: reason }));
    expect(await closed(client, arn)).toMatchObject({ Status: 'FAILED', Error: { ErrorMessage: 'too dear' } });
    expect((await happened(client, arn, 'CallbackFailed')).CallbackFailedDetails?.Error?.Payload).toEqual(reason);
  });

  test('a failure without an error is recorded and wakes nobody, as at AWS', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    const CallbackId = await callbackId(client, arn);
    await happened(client, arn, 'InvocationCompleted');
    await client.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId }));
    await happened(client, arn, 'CallbackFailed');
    expect((await get(client, arn)).Status).toBe('RUNNING');
    expect(types(await history(client, arn)).at(-1)).toBe('CallbackFailed');
  });

  test.each([
    [{ timeout: { seconds: 50 } }, 'Callback timed out', 'Callback.Timeout'],
    [
      { timeout: { hours: 9 }, heartbeatTimeout: { seconds: 40 } },
      'Callback timed out on heartbeat',
      'Callback.Heartbeat',
    ],
  ])('with %j times out', async (options, message, type) => {
    const arn = await begin(client, { Payload: input({ ...callback, ...options }) });
    const execution = await closed(client, arn);
    expect(execution).toMatchObject({ Status: 'FAILED', Error: { ErrorMessage: message } });
    const { CallbackTimedOutDetails } = await happened(client, arn, 'CallbackTimedOut');
    expect(CallbackTimedOutDetails?.Error?.Payload).toEqual({ ErrorType: type });
  });

  test('a heartbeat moves the heartbeat deadline only', async () => {
    const options = { timeout: { seconds: 300 }, heartbeatTimeout: { seconds: 250 } };
    const arn = await begin(client, { Payload: input({ ...callback, ...options }) });
    const CallbackId = await callbackId(client, arn);
    let alive = true;
    while (alive) {
      const beat = client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
      alive = await beat.then(
        () => true,
        ({ name }) => name !== 'CallbackTimeoutException',
      );
    }
    const { CallbackTimedOutDetails } = await happened(client, arn, 'CallbackTimedOut');
    expect(CallbackTimedOutDetails?.Error?.Payload?.ErrorType).toBe('Callback.Timeout');
  });

  const late = {
    success: (CallbackId: string) => new SendDurableExecutionCallbackSuccessCommand({ CallbackId }),
    failure: (CallbackId: string) =>
      new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error: { ErrorMessage: 'late' } }),
    heartbeat: (CallbackId: string) => new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }),
  };

  test.each(Object.keys(late) as (keyof typeof late)[])('that is answered takes no %s', async (kind) => {
    const arn = await begin(client, { Payload: input(callback) });
    const CallbackId = await callbackId(client, arn);
    await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from('1') }));
    await expect(client.send(late[kind](CallbackId) as never)).rejects.toMatchObject({
      name: 'CallbackTimeoutException',
      $metadata: { httpStatusCode: 400 },
    });
    expect((await closed(client, arn)).Result).toBe('["1"]');
  });

  test.each([
    ['QUJD', 'InvalidParameterValueException', 400],
    ['not/an+id=', 'InvalidParameterValueException', 400],
  ])('%s is none', async (CallbackId, name, status) => {
    for (const command of Object.values(late).map((make) => make(CallbackId))) {
      await expect(client.send(command as never)).rejects.toMatchObject({
        name,
        $metadata: { httpStatusCode: status },
      });
    }
  });

  test('a result of more than 1 MB is refused', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    const CallbackId = await callbackId(client, arn);
    const send = (bytes: number) =>
      client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.alloc(bytes, 0x31) }));
    await expect(send(1_048_577)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await send(1_000_000);
    expect((await closed(client, arn)).Status).toBe('SUCCEEDED');
  });
});
