import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  type LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  type ListDurableExecutionsByFunctionCommandInput,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Refusal, throttled } from '../../../local/faults.ts';
import { DENIED_KEY, type LoggedLocal, lambdaClient, start } from '../support/local.ts';
import { begin, callbackId, closed, get, history, input, named, run, types } from './support.ts';

const refusals = new Map<string, Refusal>();
let local: LoggedLocal;
let client: LambdaClient;

beforeAll(async () => {
  local = await start({ timeScale: 100, faults: { refuse: (operation) => refusals.get(operation) } });
  client = lambdaClient(local);
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

const step = { kind: 'step', name: 'price', result: 7 };
const callback = { kind: 'callback', name: 'approval' };

describe('GetDurableExecution', () => {
  test('gives the record of a closed execution', async () => {
    const given = { DurableExecutionName: 'record', Payload: input(step) };
    const { arn } = await run(client, given);
    const execution = await get(client, arn);
    expect(execution).toMatchObject({
      DurableExecutionArn: arn,
      DurableExecutionName: 'record',
      FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:durable:1',
      Version: '1',
      Status: 'SUCCEEDED',
      InputPayload: given.Payload,
      Result: '[7]',
      ExecutionDataIncluded: true,
      DurableConfig: { ExecutionTimeout: 1800, RetentionPeriodInDays: 7 },
      TraceHeader: { XAmznTraceId: expect.stringMatching(/^Root=1-/) },
    });
    const [from, to] = [execution.StartTimestamp?.getTime() ?? 0, execution.EndTimestamp?.getTime() ?? 0];
    expect(to).toBeGreaterThan(from);
  });

  test('of a running one has no end and no result', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    const execution = await get(client, arn);
    expect(execution.Status).toBe('RUNNING');
    expect([execution.EndTimestamp, execution.Result, execution.Error]).toEqual([undefined, undefined, undefined]);
  });

  test('leaves the data out when asked to', async () => {
    const { arn } = await run(client, { Payload: input(step) });
    const command = new GetDurableExecutionCommand({ DurableExecutionArn: arn, IncludeExecutionData: false });
    const { Status, ExecutionDataIncluded, InputPayload, Result } = await client.send(command);
    expect([Status, ExecutionDataIncluded, InputPayload, Result]).toEqual(['SUCCEEDED', false, undefined, undefined]);
  });
});

describe('an ARN', () => {
  const unknown =
    'arn:aws:lambda:eu-central-1:123456789012:function:durable:1/durable-execution/name/00000000-0000-0000-0000-000000000000';
  const calls = {
    GetDurableExecution: (arn: string) => get(client, arn),
    GetDurableExecutionHistory: (arn: string) => history(client, arn),
    StopDurableExecution: (arn: string) => client.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn })),
  };

  test.each(Object.entries(calls))('that nobody knows is not found by %s', async (_name, send) => {
    const answer: Promise<unknown> = send(unknown);
    await expect(answer).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test.each([
    [unknown.replace('eu-central-1', 'eu-west-1'), 'ResourceNotFoundException'],
    [unknown.replace('123456789012', '999999999999'), 'ResourceNotFoundException'],
    [unknown.replace(':1/', '/'), 'InvalidParameterValueException'],
    ['durable', 'InvalidParameterValueException'],
    [`${unknown}/more`, 'InvalidParameterValueException'],
  ])('%s is a %s', async (arn, name) => {
    await expect(get(client, arn)).rejects.toMatchObject({ name });
  });

  test('may come with its slashes as they are', async () => {
    const { arn } = await run(client, { Payload: input(step) });
    client.middlewareStack.add(
      (next) => async (args) => {
        const { request } = args as { request: { path: string } };
        request.path = decodeURIComponent(request.path);
        return next(args);
      },
      { step: 'build', name: 'as it is' },
    );
    expect((await get(client, arn)).Status).toBe('SUCCEEDED');
    expect(types(await history(client, arn))[0]).toBe('ExecutionStarted');
    client.middlewareStack.remove('as it is');
  });
});

describe('GetDurableExecutionHistory', () => {
  const ids = async (arn: string, ReverseOrder: boolean) => {
    const found: (number | undefined)[] = [];
    let Marker: string | undefined;
    let pages = 0;
    do {
      const asked = { DurableExecutionArn: arn, MaxItems: 3, ReverseOrder, ...(Marker && { Marker }) };
      const page = await client.send(new GetDurableExecutionHistoryCommand(asked));
      found.push(...(page.Events ?? []).map(({ EventId }) => EventId));
      Marker = page.NextMarker;
      pages += 1;
    } while (Marker !== undefined);
    return { found, pages };
  };

  test('comes in pages, in both orders', async () => {
    const { arn } = await run(client, { Payload: input(step, step, step) });
    const all = (await history(client, arn)).map(({ EventId }) => EventId);
    expect(all).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await ids(arn, false)).toEqual({ found: all, pages: 3 });
    expect(await ids(arn, true)).toEqual({ found: all.toReversed(), pages: 3 });
  });

  test('says that data was left out when asked to', async () => {
    const { arn } = await run(client, { Payload: input(step) });
    const asked = { DurableExecutionArn: arn, IncludeExecutionData: false };
    const { Events = [] } = await client.send(new GetDurableExecutionHistoryCommand(asked));
    expect(Events[0]?.ExecutionStartedDetails).toEqual({ Input: { Truncated: true }, ExecutionTimeout: 1800 });
    expect(Events.at(-1)?.ExecutionSucceededDetails).toEqual({ Result: { Truncated: true } });
  });

  test.each([{ MaxItems: 1001 }, { MaxItems: -1 }, { Marker: 'made up' }, { Marker: 'W10=' }])(
    'with %j is refused',
    async (change) => {
      const { arn } = await run(client, { Payload: input(step) });
      const answer = client.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, ...change }));
      await expect(answer).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    },
  );
});

describe('ListDurableExecutionsByFunction', () => {
  let arns: string[];
  let between: Date;
  const own = () => lambdaClient(local, undefined, 'eu-west-1');
  const list = async (given: Partial<ListDurableExecutionsByFunctionCommandInput> = {}) => {
    const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'durable', ...given });
    const { DurableExecutions = [], NextMarker } = await own().send(command);
    return { found: DurableExecutions.map(({ DurableExecutionArn }) => DurableExecutionArn), NextMarker };
  };

  // In a region of its own, so that no other test's executions are in the list.
  beforeAll(async () => {
    const first = (await run(own(), { DurableExecutionName: 'first', Payload: input(step) })).arn;
    const second = await begin(own(), { DurableExecutionName: 'second', Payload: input(callback) });
    between = (await get(own(), second)).StartTimestamp ?? new Date();
    const third = (await run(own(), { FunctionName: 'durable:$LATEST', Payload: '{"fail":"no stock"}' })).arn;
    arns = [first, second, third];
  });

  test('gives the newest first, or the oldest', async () => {
    expect((await list()).found).toEqual(arns.toReversed());
    expect((await list({ ReverseOrder: true })).found).toEqual(arns);
  });

  test('has what there is to know without the data', async () => {
    const command = new ListDurableExecutionsByFunctionCommand({
      FunctionName: 'durable:1',
      DurableExecutionName: 'first',
    });
    const { DurableExecutions = [] } = await own().send(command);
    expect(DurableExecutions).toEqual([
      {
        DurableExecutionArn: arns[0],
        DurableExecutionName: 'first',
        FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:durable:1',
        Status: 'SUCCEEDED',
        StartTimestamp: expect.any(Date),
        EndTimestamp: expect.any(Date),
      },
    ]);
  });

  test.each<[Partial<ListDurableExecutionsByFunctionCommandInput>, number[]]>([
    [{ DurableExecutionName: 'second' }, [1]],
    [{ DurableExecutionName: 'nobody' }, []],
    [{ Statuses: ['RUNNING'] }, [1]],
    [{ Statuses: ['SUCCEEDED', 'FAILED'] }, [2, 0]],
    [{ Statuses: ['STOPPED'] }, []],
    [{ Qualifier: '1' }, [1, 0]],
    [{ Qualifier: 'live' }, [1, 0]],
    [{ Qualifier: '$LATEST' }, [2]],
    [{ Qualifier: '1', Statuses: ['RUNNING'], DurableExecutionName: 'second' }, [1]],
  ])('filters by %j', async (given, expected) => {
    expect((await list(given)).found).toEqual(expected.map((index) => arns[index]));
  });

  test('filters by time', async () => {
    expect((await list({ StartedAfter: new Date(between.getTime() + 1) })).found).toEqual([arns[2]]);
    expect((await list({ StartedBefore: new Date(between.getTime() - 1) })).found).toEqual([arns[0]]);
  });

  test.each([true, false])(
    'comes in pages (oldest first: %s), also when more start meanwhile',
    async (ReverseOrder) => {
      const first = await list({ ReverseOrder, MaxItems: 2 });
      expect(first.NextMarker).toBeDefined();
      const later = await begin(own(), { Payload: input(callback) });
      arns.push(later);
      const second = await list({ ReverseOrder, MaxItems: 100, Marker: first.NextMarker });
      const expected = ReverseOrder ? arns : arns.slice(0, -1).toReversed();
      expect([...first.found, ...second.found]).toEqual(expected);
      expect(second.NextMarker).toBeUndefined();
    },
  );

  test('of a plain function is empty, and of an unknown one an error', async () => {
    expect((await list({ FunctionName: 'mirror' })).found).toEqual([]);
    await expect(list({ FunctionName: 'nothere' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each<Partial<ListDurableExecutionsByFunctionCommandInput>>([
    { Statuses: ['DONE' as 'FAILED'] },
    { MaxItems: 1001 },
    { Marker: 'made up' },
  ])('with %j is refused', async (given) => {
    await expect(list(given)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

test('a new execution takes its time to show, when asked to', async () => {
  const slow = await start({ faults: { readLagMs: 300 } });
  const slowClient = lambdaClient(slow);
  const given = { DurableExecutionName: 'late', Payload: input(callback) };
  const arn = await begin(slowClient, given);
  await expect(get(slowClient, arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(history(slowClient, arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  // What keeps a name unique does not lag.
  expect(await begin(slowClient, given)).toBe(arn);
  expect(await named(slowClient, 'late')).toBe(arn);
  expect((await get(slowClient, arn)).Status).toBe('RUNNING');
  await slow.close();
});

test('a record is gone when its retention is over, and its name is free', async () => {
  const quick = await start({ timeScale: 2_000_000 });
  const quickClient = lambdaClient(quick);
  const given = { FunctionName: 'long:1', DurableExecutionName: 'again' };
  const first = await begin(quickClient, given);
  for (;;) {
    const gone = await get(quickClient, first).then(
      () => false,
      ({ name }) => name === 'ResourceNotFoundException',
    );
    if (gone) break;
  }
  expect(await begin(quickClient, given)).not.toBe(first);
  await quick.close();
});

describe('a refused call', () => {
  test('may be throttled, and says when to come again', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    refusals.set('GetDurableExecution', throttled(7));
    await expect(get(client, arn)).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'CallerRateLimitExceeded',
      retryAfterSeconds: '7',
      $metadata: { httpStatusCode: 429 },
    });
    refusals.clear();
    expect((await get(client, arn)).Status).toBe('RUNNING');
  });

  test('may fail with any error of AWS', async () => {
    refusals.set('Invoke', { status: 500, name: 'ServiceException', message: 'Something broke' });
    const before = local.durableExecutions();
    await expect(begin(client, { Payload: input(step) })).rejects.toMatchObject({
      name: 'ServiceException',
      message: 'Something broke',
      $metadata: { httpStatusCode: 500 },
    });
    refusals.clear();
    expect(local.durableExecutions()).toBe(before);
  });

  test('of the key that may do nothing is denied', async () => {
    const arn = await begin(client, { Payload: input(callback) });
    const denied = lambdaClient(local, DENIED_KEY);
    await expect(get(denied, arn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`lambda:GetDurableExecution on resource: ${arn}`),
    });
    await expect(run(denied, { Payload: input(step) })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect((await callbackId(client, arn)).length).toBeGreaterThan(0);
    await expect(closed(denied, arn)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
