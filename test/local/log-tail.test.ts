import type { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tail } from '../../local/lambda/log-tail.ts';
import { invoke, type LoggedLocal, lambdaClient, start } from './support/local.ts';

let local: LoggedLocal;
let client: LambdaClient;

beforeAll(async () => {
  local = await start({ directory: 'examples/functions' });
  client = lambdaClient(local);
});
afterAll(async () => {
  client.destroy();
  await local.close();
});

test('the tail has the lines of Lambda', async () => {
  const input = { FunctionName: 'hello', Qualifier: 'live', LogType: 'Tail', Payload: '{"name":"Ada"}' } as const;
  const { log, requestId } = await invoke(client, input);
  const [start, line, end, report, ...rest] = log?.toString().split('\n') ?? [];
  expect(start).toBe(`START RequestId: ${requestId} Version: 1`);
  expect(line).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\t${requestId}\tINFO\tGreeting Ada$`));
  expect(end).toBe(`END RequestId: ${requestId}`);
  expect(report?.split('\t').map((part) => part.replace(/[\d.]+ (?=ms|MB)/, 'N '))).toEqual([
    `REPORT RequestId: ${requestId}`,
    'Duration: N ms',
    'Billed Duration: N ms',
    'Memory Size: N MB',
    'Max Memory Used: N MB',
    'Init Duration: N ms',
    '',
  ]);
  expect(rest).toEqual(['']);
});

test('it is the last 4 KB of a long log, in the order of its writing', async () => {
  const { log, payload } = await invoke(client, { FunctionName: 'log', LogType: 'Tail', Payload: '{"lines":1000}' });
  expect(payload).toEqual({ lines: 1000 });
  expect(log?.length).toBe(4096);
  expect(log?.toString()).toContain('Zeile 1000: grüßt Ωmega, 東京 und 🚀\nwritten to stderr\nEND RequestId');
});

test('it is cut by bytes, also in the middle of a character', () => {
  const bytes = Buffer.from(tail(Buffer.from(`${'é'.repeat(3000)}.`)), 'base64');
  expect(bytes.length).toBe(4096);
  expect(bytes[0]).toBe(Buffer.from('é')[1]);
  expect(bytes.at(-1)).toBe('.'.charCodeAt(0));
});

test('an error is in the log', async () => {
  const { log } = await invoke(client, { FunctionName: 'fail', LogType: 'Tail' });
  expect(log?.toString()).toMatch(/\tERROR\tInvoke Error \t\{"errorType":"InvalidOrderError"/);
});

test('what the code printed while it was loaded is before the start', async () => {
  const fixtures = await start();
  const { log } = await invoke(lambdaClient(fixtures), { FunctionName: 'toplevel', LogType: 'Tail' });
  expect(log?.toString()).toMatch(/INFO\tloading\n[\s\S]*START RequestId/);
  await fixtures.close();
});

test('without Tail there is none', async () => {
  expect((await invoke(client, { FunctionName: 'hello' })).log).toBeUndefined();
});
