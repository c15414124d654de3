import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SharedSessions, sharedSessions } from '../../../extension/aws/shared-sessions.ts';
import { execute } from '../../../extension/execute.ts';
import { readFile } from '../../../extension/hosts/process/input.ts';
import { lazySharedSessions } from '../../../extension/hosts/process/lazy-sessions.ts';
import type { Local } from '../../../local/server.ts';
import { startExamples } from '../../connector/support.ts';

let lambda: Local;

beforeAll(async () => {
  lambda = await startExamples();
});
afterAll(() => lambda.close());

function run({ openSession }: SharedSessions) {
  const log = { error() {}, warn() {}, info() {}, debug() {} };
  const credentials = { user: 'local', password: 'local-secret' };
  const fields = { function_name: 'hello', region: 'us-east-1', endpoint_url: lambda.url, credentials };
  return execute(fields, { openSession, readFile, log, signal: new AbortController().signal });
}

/** Loads sessions with these methods over their own, and notes what is called. */
function watched(own: { drain?: () => Promise<void> }) {
  const calls: string[] = [];
  const load = async () => {
    calls.push('load');
    const sessions = sharedSessions();
    return {
      ...{ openSession: sessions.openSession, ...own },
      close() {
        calls.push('close');
        sessions.close();
      },
    };
  };
  return { calls, load };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('loads once, with the first task, and closes', async () => {
  const { calls, load } = watched({});
  const sessions = lazySharedSessions(load);
  expect(calls).toEqual([]);
  for (const outcome of await Promise.all([run(sessions), run(sessions)])) expect(outcome.status).toBe('SUCCESS');
  sessions.close();
  await turn();
  expect(calls).toEqual(['load', 'close']);
});

test('loads nothing in order to close', async () => {
  const { calls, load } = watched({});
  lazySharedSessions(load).close();
  await turn();
  expect(calls).toEqual([]);
});

test('drains where that is offered', async () => {
  let drained = 0;
  const { calls, load } = watched({
    drain: async () => {
      drained += 1;
    },
  });
  const sessions = lazySharedSessions(load);
  await run(sessions);
  sessions.close();
  await turn();
  expect([calls, drained]).toEqual([['load'], 1]);
});

test('a failure to load is the answer of the task, and no rejection when it closes', async () => {
  const sessions = lazySharedSessions(() => Promise.reject(new Error('no such module')));
  expect(await run(sessions)).toMatchObject({ status: 'FAIL', detail: expect.stringContaining('no such module') });
  sessions.close();
  await turn();
});

test('the sessions are those of the AWS client, unless told otherwise', async () => {
  const sessions = lazySharedSessions();
  expect(await run(sessions)).toMatchObject({ status: 'SUCCESS', execution: 'completed' });
  sessions.close();
});
