import type { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { invoke, type LoggedLocal, lambdaClient, start } from './support/local.ts';

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

const FAIL = '{"fail":true,"code":7}';

test.each([
  ['callback', 'RangeError', 'too far'],
  ['done', 'TypeError', 'failed by context'],
  ['reject', 'string', 'only a text'],
  ['uncaught', 'URIError', 'nobody catches me'],
  ['toplevel', 'EvalError', 'cannot start'],
  ['nohandler', 'Runtime.HandlerNotFound', 'nohandler.handler is undefined or not exported'],
  ['unresolved', 'Runtime.ImportModuleError', expect.stringContaining("Cannot find module './nowhere.cjs'")],
  [
    'exit',
    'Runtime.ExitError',
    expect.stringMatching(/^RequestId: .* Error: Runtime exited with error: exit status 7$/),
  ],
  ['misconfigured', 'InvalidConfig', expect.stringContaining('config.timeout is "long"')],
])('%s fails with %s', async (FunctionName, errorType, errorMessage) => {
  const { status, error, payload } = await invoke(client, { FunctionName, Payload: FAIL });
  expect({ status, error }).toEqual({ status: 200, error: 'Unhandled' });
  expect(payload).toMatchObject({ errorType, errorMessage });
});

test('a trace shows where the error was made', async () => {
  const { payload } = await invoke(client, { FunctionName: 'callback', Payload: FAIL });
  expect(payload.trace[0]).toBe('RangeError: too far');
  expect(payload.trace.join()).toContain('callback.cjs');
});

test('a function can fail again and again', async () => {
  for (const FunctionName of ['exit', 'uncaught', 'exit', 'uncaught']) {
    const { payload } = await invoke(client, { FunctionName, Payload: FAIL });
    expect(payload.errorType).toBe(FunctionName === 'exit' ? 'Runtime.ExitError' : 'URIError');
  }
});

test('leaving with status 0 is a failure, too', async () => {
  const { payload } = await invoke(client, { FunctionName: 'exit', Payload: '{"code":0}' });
  expect(payload.errorMessage).toMatch(/Runtime exited without providing a reason$/);
});

test('a process that a function leaves behind does not hold the answer', async () => {
  const { payload } = await invoke(client, { FunctionName: 'child' });
  expect(payload.errorMessage).toMatch(/exit status 3$/);
});

describe('a timeout', () => {
  test('ends even a function that never yields, in the words of Lambda', async () => {
    const { status, error, payload, log, requestId } = await invoke(client, {
      FunctionName: 'endless',
      LogType: 'Tail',
    });
    expect({ status, error }).toEqual({ status: 200, error: 'Unhandled' });
    expect(payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(new RegExp(`^\\d{4}-.*Z ${requestId} Task timed out after 1.00 seconds$`)),
    });
    const text = log?.toString() ?? '';
    expect(text).toContain('looping');
    expect(text).toContain('Task timed out after 1.00 seconds\n\nEND RequestId');
    expect(text).toMatch(/\tDuration: 1000\.00 ms\t.*\tStatus: timeout\t\n$/);
  });

  test('of the endpoint holds where the function sets none', async () => {
    const other = await start({ timeoutSeconds: 1 });
    const message = expect.stringMatching(/Task timed out after 1\.00 seconds$/);
    const { payload } = await invoke(lambdaClient(other), { FunctionName: 'never' });
    expect(payload).toEqual({ errorType: 'Sandbox.Timedout', errorMessage: message });
    await other.close();
  });
});
