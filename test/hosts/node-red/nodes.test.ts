import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Local } from '../../../local/server.ts';
import { schemaFaults, startExamples } from '../../connector/support.ts';
import { CONNECTION, flowWith, helper, next, send, statuses } from './support/node-red.ts';

let lambda: Local;

beforeAll(async () => {
  lambda = await startExamples();
  await new Promise<void>((done) => helper.startServer(done));
});
afterEach(() => helper.unload());
afterAll(async () => {
  await new Promise<void>((done) => helper.stopServer(done));
  await lambda.close();
});

const invoke = { type: 'connected.awslambda.invoke', functionName: 'hello', payload: '{}', payloadType: 'json' };

describe('connected.awslambda.invoke', () => {
  test('sends the decoded payload on, with the whole result', async () => {
    await flowWith({ ...invoke, payload: '{"name":"{{ payload.who }}"}', logType: 'Tail' }, lambda.url);
    const completed = next('completed');
    const { from, message } = await send({ payload: { who: 'Ada' }, topic: 'kept' });
    expect([from, message.payload, message.topic]).toEqual(['out', { message: 'Hello, Ada!' }, 'kept']);
    expect(schemaFaults(message.result)).toBe('');
    expect(message.result?.metadata).toMatchObject({
      connectionId: CONNECTION,
      logs: expect.stringContaining('Greeting Ada'),
    });
    await completed;
  });

  test('a failing function goes to the Catch node with payload and result, and shows a red ring', async () => {
    await flowWith({ ...invoke, functionName: 'fail' }, lambda.url);
    const shown = statuses();
    const { from, message } = await send({ payload: 1 });
    expect(from).toBe('caught');
    expect(message.payload).toMatchObject({ errorType: 'InvalidOrderError' });
    expect(message.result).toMatchObject({ success: false, metadata: { functionError: 'Unhandled' } });
    expect(message.error?.message).toBe(message.result?.error);
    expect(shown.at(-1)).toEqual({ fill: 'red', shape: 'ring', text: 'status.executionFailed' });
  });

  test('shows that it works, and then how it ended', async () => {
    await flowWith({ ...invoke, functionName: 'slow', payload: '{"seconds":1.2}' }, lambda.url);
    const shown = statuses();
    await send({});
    expect(shown.map(({ fill, shape }) => `${fill} ${shape}`)).toEqual(
      expect.arrayContaining(['blue dot', 'green dot']),
    );
    expect(shown.filter(({ fill }) => fill === 'blue').length).toBeGreaterThan(1);
    expect(shown.at(-1)).toEqual({ fill: 'green', shape: 'dot', text: 'status.completed' });
  });

  test.each([
    ['an object', { a: { b: 1 } }, { b: 1 }],
    ['JSON text, braces and all', { a: '{"t":"{{ x }}"}' }, { t: '{{ x }}' }],
    ['a number', { a: 0 }, 0],
    ['bytes', { a: Buffer.from('{"t":1}') }, { t: 1 }],
  ])('takes the payload from the message: %s', async (_, message, event) => {
    await flowWith({ ...invoke, functionName: 'echo', payload: 'a', payloadType: 'msg' }, lambda.url);
    expect((await send(message)).message.payload).toMatchObject({ event });
  });

  test.each([
    ['text that is no JSON', { payload: 'a', payloadType: 'msg' }, { a: 'hello' }, /^payload: must be valid JSON/],
    ['a property that is not there', { payload: 'a', payloadType: 'msg' }, {}, /^payload: \{\{ a \}\} has no value/],
    [
      'a placeholder without a value',
      { payload: '{"n":"{{ a.b }}"}' },
      { a: 1 },
      /^payload: \{\{ a\.b \}\} has no value/,
    ],
    ['a bad function name', { functionName: '{{ msg.a }}' }, { a: 'x y' }, /^functionName: must be the name/],
    ['a bad timeout', { timeout: '1801' }, {}, /^timeout: must be a whole number of seconds/],
  ])('%s fails before anything is sent', async (_, config, message, error) => {
    await flowWith({ ...invoke, ...config }, lambda.url);
    const before = lambda.executions();
    const { from, message: answer } = await send(message);
    expect([from, answer.payload, answer.result?.metadata.execution]).toEqual(['caught', null, 'not_started']);
    expect(answer.error?.message).toMatch(error);
    expect(lambda.executions()).toBe(before);
  });

  test('a dry run probes the permission and runs nothing', async () => {
    await flowWith({ ...invoke, dryRun: true, logType: 'Tail' }, lambda.url);
    const before = lambda.executions();
    const { message } = await send({ payload: 'gone' });
    expect([message.payload, message.result?.metadata.statusCode, lambda.executions()]).toEqual([null, 204, before]);
  });

  test.each([
    [1, 900],
    [2, 600],
  ])('works on at most %d messages at once', async (concurrency, atLeast) => {
    const slow = { functionName: 'slow', payload: '{"seconds":0.3}', concurrency: String(concurrency) };
    await flowWith({ ...invoke, ...slow }, lambda.url);
    const started = Date.now();
    const order: number[] = [];
    const messages = concurrency === 1 ? [1, 2, 3] : [1, 2, 3, 4];
    await new Promise<void>((done) => {
      helper.getNode('out').on('input', ((message: { n: number }) => {
        order.push(message.n);
        if (order.length === messages.length) done();
      }) as never);
      for (const n of messages) helper.getNode('node').receive({ n });
    });
    expect(Date.now() - started).toBeGreaterThanOrEqual(atLeast);
    expect(concurrency === 1 ? order : order.sort()).toEqual(messages); // of two, any may end first
  });

  test('closing the node cancels what runs and what waits', async () => {
    await flowWith({ ...invoke, functionName: 'slow', payload: '{"seconds":30}', concurrency: '1' }, lambda.url);
    const caught: { n: number; result: { metadata: { execution: string } } }[] = [];
    helper.getNode('caught').on('input', ((message: never) => caught.push(message)) as never);
    for (const n of [1, 2]) helper.getNode('node').receive({ n });
    await new Promise((wait) => setTimeout(wait, 300));
    const started = Date.now();
    await helper.getNode('node').close();
    expect(Date.now() - started).toBeLessThan(2000);
    await new Promise((wait) => setTimeout(wait, 50));
    expect(caught.map(({ n, result }) => [n, result.metadata.execution])).toEqual([
      [1, 'unknown'],
      [2, 'not_started'],
    ]);
  });

  test('without a connection, or with one that is not valid, it says so', async () => {
    await flowWith({ ...invoke, connection: 'nobody' }, lambda.url);
    expect((await send({})).message.error?.message).toBe('connection: runtime.noConnection');
    await helper.unload();
    await flowWith(invoke, lambda.url, { accessKeyId: 'local' });
    const { message } = await send({});
    expect(message.error?.message).toBe('secretAccessKey: is required when accessKeyId is set');
    expect(schemaFaults(message.result)).toBe('');
  });

  test('a connection’s timeout holds, and a node’s own wins', async () => {
    const slow = { ...invoke, functionName: 'slow', payload: '{"seconds":1.5}' };
    await flowWith(slow, lambda.url, undefined, { timeout: '1' });
    expect((await send({})).message.error?.message).toMatch(/^TimeoutError/);
    await helper.unload();
    await flowWith({ ...slow, timeout: '10' }, lambda.url, undefined, { timeout: '1' });
    expect((await send({})).from).toBe('out');
  });
});

test('connected.awslambda.invoke_async hands the event over and does not wait', async () => {
  await flowWith({ ...invoke, type: 'connected.awslambda.invoke_async', functionName: 'slow' }, lambda.url);
  const started = Date.now();
  const { from, message } = await send({});
  expect(Date.now() - started).toBeLessThan(2000);
  expect([from, message.payload, message.result?.metadata.execution]).toEqual(['out', { statusCode: 202 }, 'accepted']);
});

test('connected.awslambda.list_functions gives the functions, page by page', async () => {
  const list = {
    type: 'connected.awslambda.list_functions',
    marker: '{{ marker }}',
    maxItems: '3',
    functionVersion: 'unqualified',
  };
  await flowWith(list, lambda.url);
  const { message } = await send({ marker: '' });
  const names = (functions: unknown) =>
    (functions as { functionName: string }[]).map(({ functionName }) => functionName);
  const files = readdirSync('examples/functions');
  const examples = files.map((file) => file.replace('.mjs', '')).sort();
  expect(names(message.payload)).toEqual(examples.slice(0, 3));
  const { nextMarker } = (message.result as { data: { nextMarker: string } }).data;
  await helper.unload();
  await flowWith(list, lambda.url);
  expect(names((await send({ marker: nextMarker })).message.payload)).toEqual(examples.slice(3, 6));
});
