import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCommandInput,
  type InvokeWithResponseStreamCompleteEvent,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DENIED_KEY, invoke, type LoggedLocal, lambdaClient, meetingPoint, start } from '../support/local.ts';

let local: LoggedLocal;
let client: LambdaClient;

beforeAll(async () => {
  local = await start();
  client = lambdaClient(local);
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

interface Received {
  readonly chunks: Buffer[];
  readonly complete: InvokeWithResponseStreamCompleteEvent | undefined;
}

async function stream(given: Partial<InvokeWithResponseStreamCommandInput> = {}, own = client) {
  const command = new InvokeWithResponseStreamCommand({ FunctionName: 'streamer', ...given });
  const { StatusCode, ExecutedVersion, EventStream, ResponseStreamContentType, $metadata } = await own.send(command);
  const received = async (): Promise<Received> => {
    const chunks: Buffer[] = [];
    let complete: InvokeWithResponseStreamCompleteEvent | undefined;
    for await (const event of EventStream ?? []) {
      if (event.PayloadChunk?.Payload !== undefined) chunks.push(Buffer.from(event.PayloadChunk.Payload));
      if (event.InvokeComplete !== undefined) complete = event.InvokeComplete;
    }
    return { chunks, complete };
  };
  return {
    status: StatusCode,
    version: ExecutedVersion,
    type: ResponseStreamContentType,
    requestId: $metadata.requestId,
    events: EventStream,
    received,
  };
}

const payload = (event: unknown) => ({ Payload: JSON.stringify(event) });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = ({ chunks }: Received) => Buffer.concat(chunks).toString();

describe('a streaming handler', () => {
  test('is heard as it writes, and at the end there is one InvokeComplete', async () => {
    const answer = await stream({
      Qualifier: 'live',
      ...payload({ writes: ['one ', '', 'grüßt 東京 🚀'].map(base64) }),
    });
    expect([answer.status, answer.version, answer.type]).toEqual([200, '1', 'application/vnd.amazon.eventstream']);
    const received = await answer.received();
    expect(text(received)).toBe('one grüßt 東京 🚀');
    expect(received.complete).toEqual({});
  });

  test('is heard before it ends', async () => {
    const answer = await stream(payload({ writes: [base64('first')], end: 'never' }));
    for await (const event of answer.events ?? []) {
      expect(Buffer.from(event.PayloadChunk?.Payload ?? []).toString()).toBe('first');
      break;
    }
  });

  test('that writes nothing gives InvokeComplete only', async () => {
    const received = await (await stream()).received();
    expect(received).toEqual({ chunks: [], complete: {} });
  });

  test('gives its log with the end when asked to', async () => {
    const answer = await stream({ LogType: 'Tail', ...payload({}) });
    const { complete } = await answer.received();
    const log = Buffer.from(complete?.LogResult ?? '', 'base64').toString();
    expect(log).toContain(`START RequestId: ${answer.requestId} Version: $LATEST`);
    expect(log).toContain(`streaming for ${answer.requestId}`);
    expect(log).toContain(`REPORT RequestId: ${answer.requestId}`);
  });

  test('may write an HTTP response: the head, eight zeros, the body', async () => {
    const http = { statusCode: 201, headers: { 'x-made': 'here' } };
    const received = await (await stream(payload({ writes: [base64('body')], http }))).received();
    expect(text(received)).toBe(`${JSON.stringify(http)}${'\0'.repeat(8)}body`);
  });

  test('is a warm copy afterwards, also after an error', async () => {
    const before = local.executions('streamer');
    for (const end of ['end', 'throw', 'end']) await (await stream(payload({ end }))).received();
    expect(local.executions('streamer')).toBe(before + 3);
  });

  test('answers a plain Invoke with the whole', async () => {
    const output = await client.send(
      new InvokeCommand({ FunctionName: 'streamer', ...payload({ writes: ['{"a":', '1}'].map(base64) }) }),
    );
    expect(output.FunctionError).toBeUndefined();
    expect(output.Payload?.transformToString()).toBe('{"a":1}');
  });

  test('answers a plain Invoke with its error, and with one for more than 6 MB', async () => {
    const failed = await invoke(client, { FunctionName: 'streamer', ...payload({ writes: ['YQ=='], end: 'throw' }) });
    expect(failed).toMatchObject({ error: 'Unhandled', payload: { errorType: 'RangeError' } });
    const large = await invoke(client, { FunctionName: 'streamer', ...payload({ bytes: 6_291_457 }) });
    expect(large).toMatchObject({ error: 'Unhandled', payload: { errorType: 'Function.ResponseSizeTooLarge' } });
  });
});

describe('an error', () => {
  test.each([
    ['throw', { errorType: 'RangeError', errorMessage: 'in the middle' }],
    ['exit', { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/exit status 3$/) }],
  ])('in the middle (%s) comes after what was written', async (end, details) => {
    const answer = await stream(payload({ writes: [base64('half')], bytes: 300_000, end }));
    const received = await answer.received();
    expect(answer.status).toBe(200);
    expect(text(received).startsWith('half')).toBe(true);
    expect(received.complete?.ErrorCode).toBe('Unhandled');
    expect(JSON.parse(received.complete?.ErrorDetails ?? '')).toMatchObject(details);
  });

  test('before the first byte is the only event', async () => {
    const { chunks, complete } = await (await stream(payload({ end: 'throw' }))).received();
    expect(chunks).toEqual([]);
    expect(complete).toMatchObject({ ErrorCode: 'Unhandled', ErrorDetails: expect.stringContaining('RangeError') });
  });

  test('of the timeout ends the stream', async () => {
    const quick = await start({ timeoutSeconds: 1 });
    const { complete } = await (await stream({ FunctionName: 'never' }, lambdaClient(quick))).received();
    expect(complete).toMatchObject({
      ErrorCode: 'Unhandled',
      ErrorDetails: expect.stringContaining('Sandbox.Timedout'),
    });
    await quick.close();
  });

  test('while the code is loaded is one of the function', async () => {
    const { complete } = await (await stream({ FunctionName: 'toplevel' })).received();
    expect(complete?.ErrorDetails).toContain('EvalError');
  });
});

describe('a plain handler', () => {
  test('comes as one chunk', async () => {
    const { chunks, complete } = await (await stream({ FunctionName: 'mirror', ...payload({ a: '東京' }) })).received();
    expect(chunks.map(String)).toEqual(['{"a":"東京"}']);
    expect(complete).toEqual({});
  });

  test('that fails has no chunk', async () => {
    const { chunks, complete } = await (await stream({ FunctionName: 'reject' })).received();
    expect(chunks).toEqual([]);
    expect(complete?.ErrorDetails).toContain('only a text');
  });
});

describe('a large stream', () => {
  test('arrives whole', async () => {
    const bytes = 20_000_001;
    const answer = await stream(payload({ bytes }));
    let length = 0;
    let wrong = 0;
    for await (const { PayloadChunk } of answer.events ?? []) {
      const chunk = PayloadChunk?.Payload ?? new Uint8Array();
      length += chunk.length;
      wrong += chunk.filter((byte) => byte !== 'x'.charCodeAt(0)).length;
    }
    expect([length, wrong]).toEqual([bytes, 0]);
  });

  test('goes at the pace of its reader', async () => {
    const point = await meetingPoint();
    const bytes = 100_000_000;
    const answer = await stream(payload({ bytes, port: point.port }));
    const events = answer.events?.[Symbol.asyncIterator]();
    let length = 0;
    const read = async (): Promise<boolean> => {
      const { done, value } = (await events?.next()) ?? { done: true };
      length += value?.PayloadChunk?.Payload?.length ?? 0;
      return !done;
    };
    await read();
    // Nobody reads on: the function is held up, long before its end.
    await point.gathered(1);
    const [written] = await new Promise<Buffer[]>((resolve) =>
      point.sockets[0]?.once('data', (data) => resolve([data])),
    );
    expect(Number(written)).toBeLessThan(bytes / 2);
    while (await read());
    expect(length).toBe(bytes);
    point.close();
  });

  test('of more than 200 MB ends with an error', async () => {
    const answer = await stream(payload({ bytes: 200 * 1024 * 1024 + 1 }));
    let length = 0;
    let complete: InvokeWithResponseStreamCompleteEvent | undefined;
    for await (const event of answer.events ?? []) {
      length += event.PayloadChunk?.Payload?.length ?? 0;
      complete ??= event.InvokeComplete;
    }
    expect(length).toBeLessThanOrEqual(200 * 1024 * 1024);
    expect(complete?.ErrorDetails).toContain('Function.ResponseSizeTooLarge');
  });

  test('that nobody reads any more does not stop the function', async () => {
    const own = lambdaClient(local);
    const answer = await stream(payload({ bytes: 50_000_000 }), own);
    const events = answer.events?.[Symbol.asyncIterator]();
    await events?.next();
    own.destroy();
    await local.logged(new RegExp(`REPORT RequestId: ${answer.requestId}`));
    await local.logged(/response-streaming-invocations 200/);
  });
});

describe('what is refused', () => {
  const tooLong = Object.assign(Buffer.from(JSON.stringify('x'.repeat(6_291_455))), { toJSON: () => '6 MB' });

  test.each([
    [{ FunctionName: 'nothere' }, 'ResourceNotFoundException', 404],
    [{ FunctionName: 'durable:1' }, 'InvalidParameterValueException', 400],
    [{ InvocationType: 'Event' as 'DryRun' }, 'InvalidParameterValueException', 400],
    [{ Payload: '{"a":' }, 'InvalidRequestContentException', 400],
    [{ Payload: tooLong }, 'RequestTooLargeException', 413],
  ])('%j', async (given, name, status) => {
    const before = local.executions();
    await expect(stream(given)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(local.executions()).toBe(before);
  });

  test('the key that may do nothing', async () => {
    await expect(stream({}, lambdaClient(local, DENIED_KEY))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('lambda:InvokeFunction'),
    });
  });

  test('too many at a time', async () => {
    const narrow = await start({ concurrentExecutions: 1 });
    const own = lambdaClient(narrow);
    const running = await stream(payload({ writes: ['YQ=='], end: 'never' }), own);
    await expect(stream({}, own)).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    expect(running.status).toBe(200);
    await narrow.close();
  });

  test('a Dry Run runs nothing', async () => {
    const before = local.executions();
    expect((await stream({ InvocationType: 'DryRun' })).status).toBe(204);
    expect(local.executions()).toBe(before);
  });

  test('a response for an invocation that nobody made', async () => {
    const seen = await invoke(client, { FunctionName: 'runtimeapi' });
    expect(seen.payload).toEqual([403, 'Forbidden']);
  });
});
