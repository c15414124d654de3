import type { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../support/until.ts';
import { invoke, type LoggedLocal, lambdaClient, meetingPoint, start } from './support/local.ts';

let local: LoggedLocal;
let client: LambdaClient;

beforeAll(async () => {
  process.env.SOME_SECRET = 'hidden';
  local = await start();
  client = lambdaClient(local);
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:context';

describe('the name of the function', () => {
  test.each([
    ['context', ARN, '$LATEST'],
    ['context:live', `${ARN}:live`, '1'],
    ['context:$LATEST', `${ARN}:$LATEST`, '$LATEST'],
    ['123456789012:function:context', ARN, '$LATEST'],
    ['function:context:1', `${ARN}:1`, '1'],
    [ARN, ARN, '$LATEST'],
    [`${ARN}:PROD`, `${ARN}:PROD`, '1'],
  ])('%s is understood', async (FunctionName, arn, version) => {
    const { payload, version: executed } = await invoke(client, { FunctionName });
    expect(payload).toMatchObject({ functionName: 'context', invokedFunctionArn: arn, functionVersion: version });
    expect(executed).toBe(version);
  });

  test('the qualifier may stand apart', async () => {
    const { payload } = await invoke(client, { FunctionName: 'context', Qualifier: 'live' });
    expect(payload.invokedFunctionArn).toBe(`${ARN}:live`);
  });

  test.each([
    [
      'nothere',
      undefined,
      404,
      'ResourceNotFoundException',
      /^Function not found: arn:aws:lambda:.*:function:nothere$/,
    ],
    ['context:nothere', undefined, 404, 'ResourceNotFoundException', /:function:context:nothere$/],
    ['constructor:toString', undefined, 404, 'ResourceNotFoundException', /:function:constructor:toString$/],
    ['context:live', '1', 400, 'InvalidParameterValueException', /derived qualifier/],
    ['con text', undefined, 400, 'ValidationException', /functionName/],
    [ARN.replace('eu-central-1', 'us-west-2'), undefined, 404, 'ResourceNotFoundException', /not reachable/],
    [ARN.replace('123456789012', '999999999999'), undefined, 404, 'ResourceNotFoundException', /999999999999/],
  ])('%s with %s is refused', async (FunctionName, Qualifier, status, name, message) => {
    const before = local.executions();
    await expect(invoke(client, { FunctionName, Qualifier })).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: status },
    });
    expect(local.executions()).toBe(before);
  });
});

describe('handlers', () => {
  test.each([
    ['callback', {}, { from: 'callback' }],
    ['done', {}, { from: 'succeed' }],
    ['sync', {}, null],
    ['plain', {}, { module: 'function' }],
    ['folder', {}, { from: 'folder' }],
  ])('%s gives its result', async (FunctionName, event, expected) => {
    const { status, error, payload } = await invoke(client, { FunctionName, Payload: JSON.stringify(event) });
    expect({ status, error, payload }).toEqual({ status: 200, error: undefined, payload: expected });
  });

  test('the context is complete', async () => {
    const ClientContext = Buffer.from('{"custom":{"tenant":"Ä"}}').toString('base64');
    const { payload, requestId } = await invoke(client, { FunctionName: 'context', ClientContext });
    expect(payload).toMatchObject({
      awsRequestId: requestId,
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/context',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      clientContext: { custom: { tenant: 'Ä' } },
      callbackWaitsForEmptyEventLoop: true,
      methods: ['function', 'function', 'function'],
    });
    expect(payload.remaining).toBeGreaterThan(0);
    expect(payload.remaining).toBeLessThanOrEqual(42_000);
  });

  test('the environment of the configuration is there when the code is loaded, and no secret of the user', async () => {
    const { payload } = await invoke(client, { FunctionName: 'context' });
    expect(payload.COLOUR).toBe('red');
    expect(payload.environment).toContain('AWS_LAMBDA_FUNCTION_NAME');
    expect(payload.environment).not.toContain('SOME_SECRET');
  });

  test('a warm copy is used again, and a failure does not end it', async () => {
    const first = await invoke(client, { FunctionName: 'warm' });
    const second = await invoke(client, { FunctionName: 'warm', LogType: 'Tail' });
    expect(second.payload).toEqual({ calls: 2, pid: first.payload.pid });
    expect(second.log?.toString()).not.toContain('Init Duration');
  });

  test('concurrent invocations run at the same time', async () => {
    const point = await meetingPoint();
    const Payload = JSON.stringify({ port: point.port });
    const running = [1, 2, 3].map(() => invoke(client, { FunctionName: 'meet', Payload }));
    await point.gathered(3);
    point.release();
    const pids = (await Promise.all(running)).map(({ payload }) => payload.pid);
    expect(new Set(pids).size).toBe(3);
    point.close();
  });

  test('the copies of a burst are used by the next one, and ten of them stay', async () => {
    const burst = async () => {
      const point = await meetingPoint();
      const Payload = JSON.stringify({ port: point.port });
      const running = Array.from({ length: 12 }, () => invoke(client, { FunctionName: 'meet', Payload }));
      await point.gathered(12);
      point.release();
      const pids = (await Promise.all(running)).map(({ payload }) => payload.pid as number);
      point.close();
      return pids.sort();
    };
    const first = await burst();
    expect(await burst()).toEqual(first);
    await until(() => first.filter(isAlive).length === 10);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the payload', () => {
  test('an empty one is an empty object', async () => {
    const examples = await start({ directory: 'examples/functions' });
    const echo = await invoke(lambdaClient(examples), { FunctionName: 'echo' });
    expect(echo.payload.event).toEqual({});
    await examples.close();
  });

  test.each(['{"a":', '', '\ufeff{}', '{} {}', 'NaN'].filter((text) => text !== ''))(
    '%j is refused',
    async (Payload) => {
      await expect(invoke(client, { FunctionName: 'warm', Payload })).rejects.toMatchObject({
        name: 'InvalidRequestContentException',
        $metadata: { httpStatusCode: 400 },
      });
    },
  );

  test('bytes that are no UTF-8 are refused', async () => {
    const Payload = Uint8Array.of(0x22, 0xff, 0x22);
    await expect(invoke(client, { FunctionName: 'warm', Payload })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
  });

  test.each([
    ['RequestResponse', 6_291_456],
    ['Event', 1_048_576],
  ] as const)('%s takes %i bytes and not one more', async (InvocationType, limit) => {
    const Payload = JSON.stringify('x'.repeat(limit - 2));
    const taken = await invoke(client, { FunctionName: 'warm', InvocationType, Payload });
    expect(taken.status).toBe(InvocationType === 'Event' ? 202 : 200);
    const refused = invoke(client, { FunctionName: 'warm', InvocationType, Payload: `${Payload} ` });
    await expect(refused).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      message: expect.stringContaining(`${limit + 1} byte payload`),
      $metadata: { httpStatusCode: 413 },
    });
  });

  test('a body that is far too long is refused, too', async () => {
    const Payload = new Uint8Array(9 * 1024 * 1024).fill(0x20);
    await expect(invoke(client, { FunctionName: 'warm', Payload })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
  });

  test.each([
    ['{"a":9007199254740993}', '{"a":9007199254740992}'],
    ['{"a":1e400}', '{"a":null}'],
    ['{"__proto__":{"b":1}}', '{"__proto__":{"b":1}}'],
    ['"\\ud83d"', '"\\ud83d"'],
    ['null', 'null'],
    ['"grüßt 東京 🚀"', '"grüßt 東京 🚀"'],
  ])('%s reaches the handler as JSON.parse gives it, and comes back as %s', async (Payload, expected) => {
    expect((await invoke(client, { FunctionName: 'mirror', Payload })).text).toBe(expected);
  });

  test('a result of 6 MB is handed over, one byte more is not', async () => {
    const fits = await invoke(client, { FunctionName: 'big', Payload: '{"bytes":6291456}' });
    expect(fits).toMatchObject({ error: undefined });
    expect(fits.text.length).toBe(6_291_456);
    const tooBig = await invoke(client, { FunctionName: 'big', Payload: '{"bytes":6291457}' });
    expect(tooBig).toMatchObject({ status: 200, error: 'Unhandled' });
    expect(tooBig.payload.errorType).toBe('Function.ResponseSizeTooLarge');
  });

  test.each([['not base64 of JSON'], ['e30'.repeat(1300)]])(
    'the client context %.20s is refused',
    async (ClientContext) => {
      await expect(invoke(client, { FunctionName: 'warm', ClientContext })).rejects.toMatchObject({
        name: 'InvalidRequestContentException',
      });
    },
  );
});

test('more invocations at a time than allowed are throttled, and later ones are not', async () => {
  const narrow = await start({ concurrentExecutions: 1 });
  const narrowClient = lambdaClient(narrow);
  const point = await meetingPoint();
  const running = invoke(narrowClient, { FunctionName: 'meet', Payload: JSON.stringify({ port: point.port }) });
  await point.gathered(1);
  await expect(invoke(narrowClient, { FunctionName: 'warm' })).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ConcurrentInvocationLimitExceeded',
    retryAfterSeconds: '1',
    $metadata: { httpStatusCode: 429 },
  });
  expect(narrow.executions('warm')).toBe(0);
  point.release();
  await running;
  expect((await invoke(narrowClient, { FunctionName: 'warm' })).payload.calls).toBe(1);
  point.close();
  await narrow.close();
});

test('a copy belongs to a region', async () => {
  const regions = ['eu-west-1', 'us-gov-west-1', 'eu-west-2', 'eu-west-2'];
  for (const region of regions) {
    const { payload } = await invoke(lambdaClient(local, undefined, region), { FunctionName: 'region' });
    const partition = region.startsWith('us-gov') ? 'aws-us-gov' : 'aws';
    expect(payload).toEqual([region, `arn:${partition}:lambda:${region}:123456789012:function:region`]);
  }
});

describe('the invocation type', () => {
  test('Event answers 202 at once and runs the function', async () => {
    const point = await meetingPoint();
    const Payload = JSON.stringify({ port: point.port });
    const input = { FunctionName: 'meet', InvocationType: 'Event', LogType: 'Tail', Payload } as const;
    const { status, text, log, requestId } = await invoke(client, input);
    expect({ status, text, log }).toEqual({ status: 202, text: '', log: undefined });
    await point.gathered(1);
    point.release();
    await local.logged(new RegExp(`${requestId}.*met: go`));
    point.close();
  });

  test('DryRun answers 204 and does not run it', async () => {
    const before = local.executions('warm');
    const { status, text } = await invoke(client, { FunctionName: 'warm', InvocationType: 'DryRun' });
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(local.executions('warm')).toBe(before);
  });

  test('another one is refused', async () => {
    const InvocationType = 'Sometimes' as 'Event';
    await expect(invoke(client, { FunctionName: 'warm', InvocationType })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});
