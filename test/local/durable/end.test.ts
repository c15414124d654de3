import { type LambdaClient, StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LoggedLocal, lambdaClient, start } from '../support/local.ts';
import { begin, callbackId, closed, get, happened, history, input, puppeteer, run, types } from './support.ts';

let local: LoggedLocal;
let client: LambdaClient;
let puppet: Awaited<ReturnType<typeof puppeteer>>;

beforeAll(async () => {
  local = await start({ timeScale: 100 });
  client = lambdaClient(local);
  puppet = await puppeteer();
});
afterAll(async () => {
  client.destroy();
  puppet.close();
  await local.close();
});

const callback = { kind: 'callback', name: 'approval' };
const stop = (arn: string, reason?: { ErrorType?: string; ErrorMessage?: string }) =>
  client.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn, ...(reason && { Error: reason }) }));

describe('a stop', () => {
  test('closes the execution with the reason that is given', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    await callbackId(client, arn);
    await happened(client, arn, 'InvocationCompleted');
    const reason = { ErrorType: 'Cancelled', ErrorMessage: 'not needed any more' };
    const { StopTimestamp } = await stop(arn, reason);
    const execution = await get(client, arn);
    expect(execution).toMatchObject({ Status: 'STOPPED', Error: reason });
    expect(execution.EndTimestamp).toEqual(StopTimestamp);
    const last = (await history(client, arn)).at(-1);
    expect(last?.ExecutionStoppedDetails?.Error?.Payload).toEqual(reason);
  });

  test('without a reason leaves an empty error', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    await stop(arn);
    expect((await get(client, arn)).Error).toEqual({});
  });

  test('of a closed execution changes nothing and says when it closed', async () => {
    const { arn } = await run(client, { Payload: input() });
    const before = await get(client, arn);
    const { StopTimestamp } = await stop(arn, { ErrorMessage: 'too late' });
    const after = await get(client, arn);
    expect(StopTimestamp).toEqual(before.EndTimestamp);
    expect({ ...after, $metadata: null }).toEqual({ ...before, $metadata: null });
  });

  test('does not end the invocation that runs, whose last checkpoint is refused', async () => {
    const arn = await begin(client, { FunctionName: 'puppet:1', Payload: puppet.Payload });
    const { finish } = await puppet.invocation();
    await stop(arn);
    expect(types(await history(client, arn))).toEqual(['ExecutionStarted', 'ExecutionStopped']);
    const ran = local.executions('puppet');
    finish({ answer: { Status: 'SUCCEEDED', Result: '"too late"' } });
    // This is how a reader learns that no code is running any more.
    await happened(client, arn, 'InvocationCompleted');
    const execution = await get(client, arn);
    expect([execution.Status, execution.Result]).toEqual(['STOPPED', undefined]);
    expect(local.executions('puppet')).toBe(ran);
  });
});

describe('the execution timeout', () => {
  test('closes an execution that waits', async () => {
    const quick = await start({ timeScale: 500 });
    const own = lambdaClient(quick);
    const { arn, error, payload } = await run(own, { Payload: input({ kind: 'wait', name: 'w', seconds: 9999 }) });
    expect(error).toBe('Unhandled');
    expect(payload).toEqual({ errorMessage: 'Execution timed out after 1800 seconds.' });
    const execution = await get(own, arn);
    expect(execution.Status).toBe('TIMED_OUT');
    const elapsed = (execution.EndTimestamp?.getTime() ?? 0) - (execution.StartTimestamp?.getTime() ?? 0);
    expect(elapsed).toBeGreaterThanOrEqual(1_800_000);
    expect(types(await history(own, arn)).at(-1)).toBe('ExecutionTimedOut');
    await quick.close();
  });
});

describe('an invocation that fails', () => {
  const startPuppet = () => begin(client, { FunctionName: 'puppet:1', Payload: puppet.Payload });

  test('is made again, later and later, and at last fails the execution', async () => {
    const arn = await startPuppet();
    for (let attempt = 1; attempt <= 5; attempt++) {
      (await puppet.invocation()).finish(attempt === 3 ? { exit: 4 } : { failure: `attempt ${attempt}` });
    }
    expect(await closed(client, arn)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorType: 'PuppetError', ErrorMessage: 'attempt 5' },
    });
    const errors = (await history(client, arn)).flatMap(
      ({ InvocationCompletedDetails }) => InvocationCompletedDetails?.Error?.Payload?.ErrorType ?? [],
    );
    expect(errors).toEqual(['PuppetError', 'PuppetError', 'Runtime.ExitError', 'PuppetError', 'PuppetError']);
  });

  test('does not fail the execution when a later one succeeds', async () => {
    const arn = await startPuppet();
    (await puppet.invocation()).finish({ failure: 'once' });
    (await puppet.invocation()).finish({ answer: { Status: 'SUCCEEDED', Result: '1' } });
    expect(await closed(client, arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '1' });
  });

  test('by the timeout of the function is made again until the execution times out', async () => {
    const arn = await begin(client, { FunctionName: 'stuck:1', Payload: '{}' });
    const execution = await closed(client, arn);
    expect(execution.Status).toBe('TIMED_OUT');
    const completed = (await history(client, arn)).filter(({ EventType }) => EventType === 'InvocationCompleted');
    expect(completed.length).toBeGreaterThan(1);
    for (const { InvocationCompletedDetails } of completed.slice(0, 1)) {
      expect(InvocationCompletedDetails?.Error?.Payload?.ErrorType).toBe('Sandbox.Timedout');
    }
  });
});

describe('the answer of a function', () => {
  test.each([
    [{ other: 1 }, 'Invalid Status in invocation output.'],
    [null, 'Invalid Status in invocation output.'],
    [{ Status: 'DONE' }, 'Invalid Status in invocation output.'],
    [{ Status: 'PENDING' }, 'Cannot return PENDING status with no pending operations.'],
    [{ Status: 'SUCCEEDED', Error: { ErrorType: 'Odd' } }, 'Cannot provide an Error for SUCCEEDED status.'],
    [{ Status: 'FAILED', Result: '1' }, 'Cannot provide a Result for FAILED status.'],
  ])('%j fails the execution', async (answer, message) => {
    const arn = await begin(client, { FunctionName: 'puppet:1', Payload: puppet.Payload });
    (await puppet.invocation()).finish({ answer });
    expect(await closed(client, arn)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorType: 'InvalidParameterValueException', ErrorMessage: message },
    });
  });

  test.each([
    ['Event', 1_048_576],
    ['RequestResponse', 6_000_000],
  ] as const)('to an %s may have %i bytes', async (InvocationType, bytes) => {
    const results = new Map<number, string | undefined>();
    for (const size of InvocationType === 'Event' ? [bytes, bytes + 1] : [bytes]) {
      const running = run(client, { FunctionName: 'puppet:1', InvocationType, Payload: puppet.Payload });
      (await puppet.invocation()).finish({ answer: { Status: 'SUCCEEDED', Result: `"${'x'.repeat(size - 2)}"` } });
      const { arn } = await running;
      results.set(size, (await closed(client, arn)).Error?.ErrorMessage);
    }
    expect(results.get(bytes)).toBeUndefined();
    if (InvocationType === 'Event') expect(results.get(bytes + 1)).toMatch(/output payload size must be less than/);
  });
});
