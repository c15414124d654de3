import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SharedSessions, sharedSessions } from '../../../extension/aws/shared-sessions.ts';
import { execute } from '../../../extension/execute.ts';
import { lazySharedSessions } from '../../../extension/hosts/process/lazy-sessions.ts';
import { processPorts } from '../../../extension/hosts/process/ports.ts';
import type { Local } from '../../../local/server.ts';
import { startExamples } from '../../connector/support.ts';

let lambda: Local;

beforeAll(async () => {
  lambda = await startExamples();
});
afterAll(() => lambda.close());

function run({ openSession }: SharedSessions, function_name = 'hello') {
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  const credentials = { user: 'local', password: 'local-secret' };
  const fields = { function_name, region: 'us-east-1', endpoint_url: lambda.url, credentials };
  return execute(fields, { ...processPorts, openSession, log, signal: new AbortController().signal });
}

function counted() {
  const calls = { load: 0 };
  const load = async () => {
    calls.load += 1;
    return sharedSessions();
  };
  return { calls, load };
}

test('loads once, with the first task, and serves again after a close', async () => {
  const { calls, load } = counted();
  const sessions = lazySharedSessions(load);
  expect(calls.load).toBe(0);
  for (const outcome of await Promise.all([run(sessions), run(sessions)])) expect(outcome.status).toBe('SUCCESS');
  sessions.close();
  expect((await run(sessions)).status).toBe('SUCCESS');
  await sessions.drain();
  expect(calls.load).toBe(1);
});

test('a drain waits for the tasks that run', async () => {
  const sessions = lazySharedSessions();
  const ended: string[] = [];
  const task = run(sessions).then(({ status }) => ended.push(status));
  await run(sessions); // the sessions are loaded by then
  await sessions.drain().then(() => ended.push('drained'));
  await task;
  expect(ended).toEqual(['SUCCESS', 'drained']);
});

test('closing and draining what was never loaded, or could not be, does nothing', async () => {
  const unused = lazySharedSessions();
  unused.close();
  await unused.drain();
  const broken = lazySharedSessions(() => Promise.reject(new Error('cannot be loaded')));
  expect((await run(broken)).status).toBe('FAIL');
  broken.close();
  await broken.drain();
});
