import { afterEach, describe, expect, test } from '@jest/globals';
import { runTask, sharedSessions } from '../extension/index.ts';
import { assertValid } from './support/schemas.ts';
import { type ScriptedServer, scriptedServer } from './support/scripted-server.ts';

let server: ScriptedServer;
afterEach(() => server.close());

const fields = () => ({
  function_name: 'order',
  region: 'us-east-1',
  endpoint_url: server.url,
  credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET' },
  payload_source: 'Script' as const,
  payload_script: { id: 'A-17' },
});

describe('runTask', () => {
  test('gives the answer of a success and the document', async () => {
    server = await scriptedServer({ body: '{"n":12345678901234567890}' });
    const result = await runTask(fields());
    expect(result).toMatchObject({ success: true, exitCode: 0 });
    if (!result.success || result.outcome.answer.kind !== 'invoke') throw new Error('not an answer of Invoke');
    expect(result.outcome.answer.payload).toMatchObject({ kind: 'text', text: '{"n":12345678901234567890}' });
    expect(result.document).toContain('"payload_json": {"n":12345678901234567890}');
    assertValid('extension-output', JSON.parse(result.document));
    expect(server.received[0]?.body.toString()).toBe('{"id":"A-17"}');
  });

  test('gives a failure as a result, with what is known of the function', async () => {
    server = await scriptedServer({ fault: 'reset' });
    const result = await runTask(fields());
    expect(result).toMatchObject({ success: false, exitCode: 10, outcome: { execution: 'unknown' } });
    expect(result.outcome.errors).toHaveLength(1);
  });

  test('is cancelled by its signal', async () => {
    server = await scriptedServer({ fault: 'hang' });
    const cancel = new AbortController();
    const log = { error() {}, warn() {}, debug() {}, info: () => cancel.abort() };
    const result = await runTask(fields(), { signal: cancel.signal, log });
    expect(result).toMatchObject({ success: false, exitCode: 22 });
  });

  test('keeps the connections of shared sessions', async () => {
    server = await scriptedServer({ body: '1' });
    const sessions = sharedSessions();
    const results = [
      await runTask(fields(), { openSession: sessions.openSession }),
      await runTask(fields(), { openSession: sessions.openSession }),
    ];
    sessions.close();
    expect(results.map(({ success }) => success)).toEqual([true, true]);
    expect(server.received).toHaveLength(2);
  });

  test('a session that opens after the cancel is closed', async () => {
    server = await scriptedServer({ body: '1' });
    const sessions = sharedSessions();
    const cancel = new AbortController();
    const result = await runTask(fields(), {
      signal: cancel.signal,
      async openSession(task, ports) {
        cancel.abort();
        return sessions.openSession(task, ports);
      },
    });
    expect(result).toMatchObject({ success: false, exitCode: 22, outcome: { execution: 'not_started' } });
    await sessions.drain(); // would never end with a session that nobody closes
    expect(server.received).toHaveLength(0);
  });

  test('refuses wrong fields without sending anything', async () => {
    server = await scriptedServer({});
    const result = await runTask({ ...fields(), wait_for_completion_timeout: 0 });
    expect(result).toMatchObject({ success: false, exitCode: 20, outcome: { execution: 'not_started' } });
    expect(server.received).toHaveLength(0);
  });
});
