import { once } from 'node:events';
import { createConnection } from 'node:net';
import { InvokeCommand, type LambdaClient, StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LoggedLocal, lambdaClient, start } from '../support/local.ts';
import { begin, callbackId, closed, get, history, input, named, run, types } from './support.ts';

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

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:durable';
const step = { kind: 'step', name: 'price', result: { total: 7 } };
const callback = { kind: 'callback', name: 'approval' };

describe('a synchronous invoke', () => {
  test('waits for the whole execution and gives its result', async () => {
    const Payload = input(step, { kind: 'wait', name: 'pause', seconds: 30 });
    const { status, error, version, arn, payload, log } = await run(client, { Payload, LogType: 'Tail' });
    expect({ status, error, version }).toEqual({ status: 200, error: undefined, version: '1' });
    expect(payload).toEqual([{ total: 7 }, 'waited']);
    expect(arn).toMatch(new RegExp(`^${ARN}:1/durable-execution/[0-9a-f-]{36}/[0-9a-f-]{36}$`));
    const completed = (await history(client, arn)).filter(({ EventType }) => EventType === 'InvocationCompleted');
    const requestId = completed.at(-1)?.InvocationCompletedDetails?.RequestId;
    expect(log).toContain(`START RequestId: ${requestId} Version: 1`);
  });

  test('of a failed execution answers with the error of the execution', async () => {
    const { status, error, payload, arn } = await run(client, { Payload: '{"fail":"no stock"}' });
    expect({ status, error }).toEqual({ status: 200, error: 'Unhandled' });
    expect(payload).toEqual({ errorType: 'OrderError', errorMessage: 'no stock' });
    expect((await get(client, arn)).Error).toEqual({ ErrorType: 'OrderError', ErrorMessage: 'no stock' });
  });

  test('ends when the execution is stopped', async () => {
    const running = run(client, { DurableExecutionName: 'stopped', Payload: input(callback) });
    const arn = await begin(client, { DurableExecutionName: 'stopped', Payload: input(callback) });
    const reason = { ErrorType: 'Cancelled', ErrorMessage: 'by hand' };
    await client.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn, Error: reason }));
    const { error, payload } = await running;
    expect(error).toBe('Unhandled');
    expect(payload).toEqual({ errorType: 'Cancelled', errorMessage: 'by hand' });
  });

  test('that breaks off leaves the execution running, and the same call again waits for it', async () => {
    const before = local.durableExecutions();
    const body = input(callback);
    const DurableExecutionName = 'broken';
    const socket = createConnection(local.port, '127.0.0.1');
    await once(socket, 'connect');
    // The request that the SDK would send, on a connection that can be cut.
    const command = new InvokeCommand({ FunctionName: 'durable:1', DurableExecutionName, Payload: body });
    client.middlewareStack.add(
      () =>
        async ({ request }) => {
          const { method, path, headers } = request as {
            method: string;
            path: string;
            headers: Record<string, string>;
          };
          const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
          socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
          throw new Error('sent by hand');
        },
      { step: 'deserialize', name: 'by hand', priority: 'low' },
    );
    await expect(client.send(command)).rejects.toThrow('sent by hand');
    client.middlewareStack.remove('by hand');
    const arn = await named(client, DurableExecutionName);
    await callbackId(client, arn);
    socket.destroy();
    const again = run(client, { DurableExecutionName, Payload: body });
    await client.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn }));
    expect((await again).arn).toBe(arn);
    expect(local.durableExecutions()).toBe(before + 1);
  });
});

test('an Event answers 202 with the ARN, and the execution goes on', async () => {
  const { status, arn, payload, log } = await run(client, { InvocationType: 'Event', Payload: input(step) });
  expect({ status, payload, log }).toEqual({ status: 202, payload: undefined, log: '' });
  expect(await closed(client, arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '[{"total":7}]' });
});

test('an alias is resolved, and the execution stays on the version', async () => {
  const { arn, version } = await run(client, { FunctionName: `${ARN}:live`, Payload: input(step) });
  expect(arn.startsWith(`${ARN}:1/durable-execution/`)).toBe(true);
  expect(version).toBe('1');
  const latest = await run(client, { FunctionName: 'durable:$LATEST', Payload: input(step) });
  expect(latest.arn.startsWith(`${ARN}:$LATEST/durable-execution/`)).toBe(true);
});

describe('what is refused', () => {
  test.each([
    ['durable', 'RequestResponse', /unqualified ARN/],
    ['durable', 'Event', /unqualified ARN/],
    ['durable', 'DryRun', /unqualified ARN/],
    ['long:1', 'RequestResponse', /executionTimeout greater than 30 minutes/],
  ] as const)('%s by %s', async (FunctionName, InvocationType, message) => {
    const before = local.durableExecutions();
    await expect(run(client, { FunctionName, InvocationType })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(local.durableExecutions()).toBe(before);
  });

  test.each(['has space', 'x'.repeat(65), 'a.b'])('the name %j', async (DurableExecutionName) => {
    const before = local.durableExecutions();
    await expect(run(client, { DurableExecutionName, Payload: input(step) })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('durableExecutionName'),
    });
    expect(local.durableExecutions()).toBe(before);
  });

  test('nothing of a Dry Run, which starts nothing', async () => {
    const before = local.durableExecutions();
    expect((await run(client, { InvocationType: 'DryRun' })).status).toBe(204);
    expect(local.durableExecutions()).toBe(before);
  });

  test('a long execution may be started by Event', async () => {
    const arn = await begin(client, { FunctionName: 'long:1' });
    expect((await closed(client, arn)).Status).toBe('SUCCEEDED');
  });
});

test('a function that is not durable runs as ever under a name, and there is no ARN', async () => {
  for (const InvocationType of ['RequestResponse', 'Event', 'RequestResponse'] as const) {
    const given = { FunctionName: 'mirror', DurableExecutionName: 'same', InvocationType, Payload: '1' };
    expect((await run(client, given)).arn).toBe('');
  }
  await local.logged(/mirror \| REPORT/);
  expect(local.durableExecutions('mirror')).toBe(0);
});

describe('a name', () => {
  test('with the same payload gives the running execution', async () => {
    const given = { DurableExecutionName: 'running', Payload: input(callback) };
    const before = local.durableExecutions();
    const arns = await Promise.all([begin(client, given), begin(client, given), begin(client, given)]);
    expect(new Set(arns).size).toBe(1);
    expect(local.durableExecutions()).toBe(before + 1);
    expect(types(await history(client, arns[0] ?? '')).filter((type) => type === 'ExecutionStarted')).toHaveLength(1);
  });

  test.each([
    ['SUCCEEDED', input(step)],
    ['FAILED', '{"fail":"no stock"}'],
  ])('of an execution that is %s gives its old result, and nothing runs', async (status, Payload) => {
    const given = { DurableExecutionName: `closed-${status}`, Payload };
    const first = await run(client, given);
    const ran = local.executions('durable');
    expect(await run(client, given)).toEqual({ ...first, log: '' });
    expect(await begin(client, given)).toBe(first.arn);
    expect((await get(client, first.arn)).Status).toBe(status);
    expect(local.executions('durable')).toBe(ran);
  });

  test.each([
    ['running', input(callback), { Payload: input(step) }],
    ['running', input(callback), { Payload: `${input(callback)} ` }],
    ['closed', input(step), { Payload: input(callback) }],
    ['of another version', input(step), { FunctionName: 'durable:$LATEST' }],
  ])('that is %s and has another payload or version is refused (%s, %j)', async (what, Payload, change) => {
    const DurableExecutionName = `taken-${what.replaceAll(' ', '-')}`;
    const arn = await begin(client, { DurableExecutionName, Payload });
    if (what !== 'running') await closed(client, arn);
    const before = local.durableExecutions();
    await expect(run(client, { DurableExecutionName, Payload, ...change })).rejects.toMatchObject({
      name: 'DurableExecutionAlreadyStartedException',
      message: `Execution already started: ${arn}`,
      $metadata: { httpStatusCode: 409 },
    });
    expect(local.durableExecutions()).toBe(before);
  });

  test('belongs to one function', async () => {
    const DurableExecutionName = 'shared';
    const durable = await begin(client, { DurableExecutionName, Payload: input(step) });
    const long = await begin(client, { FunctionName: 'long:1', DurableExecutionName });
    expect(long).not.toBe(durable);
  });
});
