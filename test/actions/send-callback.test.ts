import { afterEach, describe, expect, test } from '@jest/globals';
import { type DurableOptions, type DurableServer, durableServer } from '../support/durable-server.ts';
import { runDurable } from '../support/durable-task.ts';

let server: DurableServer;
afterEach(() => server.close());

const id = 'Ab+/c9==';
const base = {
  ...{ action: 'Send Callback', callback_id: id, payload_source: null, payload_script: null },
  ...{ wait_for_durable_execution: null, durable_execution_name: null, function_name: null },
};

async function answer(over: object, options: DurableOptions = {}) {
  server = await durableServer(options);
  return (await runDurable(server, { ...base, ...over })).output;
}

describe('Send Callback', () => {
  test.each<[string, object, string, string]>([
    ['success with a value', { callback_payload: { approved: true } }, 'succeed', '{"approved":true}'],
    ['success with a text as it is', { callback_payload: ' not JSON ' }, 'succeed', ' not JSON '],
    ['success without a result', {}, 'succeed', ''],
    [
      'failure',
      { callback_result: 'Failure', callback_error_type: 'Rejected', callback_error_message: 'too dear' },
      'fail',
      '{"ErrorMessage":"too dear","ErrorType":"Rejected"}',
    ],
    [
      'failure without words of its own, which is never an empty error',
      { callback_result: 'Failure', callback_payload: '{"by":"Ada"}' },
      'fail',
      '{"ErrorMessage":"the callback was answered with a failure","ErrorType":"CallbackFailure","ErrorData":"{\\"by\\":\\"Ada\\"}"}',
    ],
    ['heartbeat', { callback_result: 'Heartbeat' }, 'heartbeat', ''],
  ])('%s', async (_, over, path, body) => {
    const output = await answer(over);
    expect(output).toMatchObject({
      ...{ exit_code: 0, changed: false },
      result: { status_code: 200, execution: 'not_started', attempts: 1, error: null },
    });
    expect(server.calls).toMatchObject([
      { path: `/2025-12-01/durable-execution-callbacks/${encodeURIComponent(id)}/${path}`, body },
    ]);
  });

  test('that broke off is sent again, and a refusal of the second says what that may mean', async () => {
    const output = await answer(
      {},
      { fault: ({ nth }) => (nth === 1 ? { cut: 'unread' } : { refuse: [400, 'CallbackTimeoutException'] }) },
    );
    expect(server.calls).toHaveLength(2);
    expect(output).toMatchObject({ exit_code: 1, result: { execution: 'not_started', attempts: 2 } });
    expect(output.status_description).toContain('an earlier attempt of this task may have answered the callback');
  });

  test('of one that has expired fails', async () => {
    const output = await answer({}, { fault: () => ({ refuse: [400, 'CallbackTimeoutException'] }) });
    expect(output).toMatchObject({
      ...{ exit_code: 1, status_description: 'FAIL: CallbackTimeoutException: refused by the test' },
      result: { execution: 'not_started' },
    });
  });

  test.each<[string, object, string]>([
    ['no id', { callback_id: null }, 'callback_id'],
    ['an id that is none', { callback_id: 'a b' }, 'callback_id'],
    ['a payload of a heartbeat', { callback_result: 'Heartbeat', callback_payload: '1' }, 'callback_payload'],
    ['more than 1 MB', { callback_payload: 'x'.repeat(2 ** 20 + 1) }, 'callback_payload'],
    ['an error of a success', { callback_error_message: 'no' }, 'callback_error_message'],
  ])('%s is not valid', async (_, over, field) => {
    const output = await answer(over);
    expect(output).toMatchObject({ exit_code: 20, result: { error: [{ field }] } });
    expect(server.calls).toHaveLength(0);
  });
});
