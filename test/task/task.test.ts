import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../extension/secret.ts';
import { fieldTable } from '../../extension/task/fields.gen.ts';
import { parseFields } from '../../extension/task/fields.ts';
import { toTask } from '../../extension/task/task.ts';
import { faultsOf, files, taskOf } from './support/tasks.ts';

/** Of a task of the base fields alone. */
const plain = {
  action: 'Trigger Lambda Function',
  connection: { region: 'us-east-1', credentials: { kind: 'chain' } },
  limits: { connectTimeout: 10_000, waitTimeout: 60_000, maxAttempts: 3 },
  request: {
    ...{ functionName: 'hello', invocationType: 'RequestResponse', logTail: false, failOnFunctionError: true },
  },
  delivery: { streamed: false },
};

/** A value with its secrets to be seen, marked, and its bytes as text. */
function shown(value: unknown): unknown {
  if (value instanceof Secret) return `secret ${value.reveal()}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shown(part)]));
}

test('the base fields alone', async () => {
  expect(await taskOf({})).toEqual(plain);
});

const role = 'arn:aws:iam::123456789012:role/x';

describe('the connection', () => {
  test.each<[object, object]>([
    [{ region: null }, { region: undefined }],
    [{ region: null, function_name: 'arn:aws:lambda:eu-west-1:123456789012:function:f' }, { region: 'eu-west-1' }],
    [
      { endpoint_url: 'http://127.0.0.1:9', sts_endpoint_url: 'http://127.0.0.1:8' },
      { endpointUrl: 'http://127.0.0.1:9', stsEndpointUrl: 'http://127.0.0.1:8' },
    ],
    [{ role_arn: role }, { role: undefined }],
    [
      { role_based_access: true, role_arn: role, role_session_name: 'me', role_duration_seconds: 901 },
      { role: { arn: role, sessionName: 'me', durationSeconds: 901 } },
    ],
    [
      {
        role_based_access: true,
        role_arn: role,
        role_session_name: 'me',
        role_duration_seconds: 901,
        role_external_id: 'ext',
      },
      { role: { arn: role, sessionName: 'me', durationSeconds: 901, externalId: 'ext' } },
    ],
    [
      { credentials: { user: 'me', password: 'pw' } },
      { credentials: { kind: 'given', keys: { accessKeyId: 'secret me', secretAccessKey: 'secret pw' } } },
    ],
    [
      { credentials: { user: 'me', password: 'pw', token: 't' } },
      {
        credentials: {
          kind: 'given',
          keys: { accessKeyId: 'secret me', secretAccessKey: 'secret pw', sessionToken: 'secret t' },
        },
      },
    ],
    [
      { credentials: { from: 'file:/a:b' } },
      { credentials: { kind: 'reference', reference: { from: 'file', name: '/a:b' } } },
    ],
    [{ proxy: 'http://p:1' }, { proxy: undefined }],
  ])('%j', async (fields, connection) => {
    expect(shown((await taskOf(fields)).connection)).toEqual({ ...plain.connection, ...connection });
  });

  const pem = Buffer.from('-----BEGIN CERTIFICATE-----\nM\xfc\n', 'latin1');
  const proxied = { use_proxy: true, proxy: 'http://p:1', proxy_ca_bundle_file: '/ca' };
  const proxyOf = async (fields: object) =>
    shown((await taskOf(fields, files({ '/ca': pem }))).connection.proxy) as Record<string, unknown>;

  test('through a proxy, with its certificates', async () => {
    const { servers, ...rest } = await proxyOf(proxied);
    expect(servers).toBeDefined();
    expect(rest).toEqual({ ca: pem.toString('latin1') });
  });

  test('through a proxy that asks who it is', async () => {
    const fields = { ...proxied, proxy_ca_bundle_file: null, proxy_credentials: { user: 'me', password: 'pw' } };
    const { servers, ...rest } = await proxyOf(fields);
    expect(rest).toEqual({ credentials: { user: 'secret me', password: 'secret pw' } });
  });

  test('a file of certificates that is not used is not read', async () => {
    expect(await taskOf({ proxy_ca_bundle_file: '/none' })).toEqual(plain);
  });

  test.each<[object, string]>([
    [Buffer.from('no PEM'), 'must be a PEM file with at least one certificate'],
    [{ message: 'is too large', size: 5_000_000 }, 'is too large: /ca'],
  ])('certificates that cannot be used: %j', async (found, message) => {
    const faults = await faultsOf({ function_name: 'f', ...proxied }, files({ '/ca': found }));
    expect(faults).toEqual([`proxy_ca_bundle_file: ${message}`]);
  });

  test('a file of certificates is read up to 4 MB', async () => {
    const limits: number[] = [];
    const valid = parseFields({ function_name: 'f', ...proxied });
    await toTask(valid, async (_path, limit) => {
      limits.push(limit);
      return pem;
    });
    expect(limits).toEqual([4 * 1024 * 1024]);
  });
});

describe('the request', () => {
  test.each<[object, object]>([
    [{ qualifier: '7' }, { qualifier: '7' }],
    [{ function_name: 'hello:PROD' }, { qualifier: 'PROD' }],
    [{ invocation_type: 'Event' }, { invocationType: 'Event' }],
    [{ invocation_type: 'Dry Run' }, { invocationType: 'DryRun' }],
    [{ log_type: 'Tail' }, { logTail: true }],
    [{ log_type: 'Full' }, { logTail: true }],
    [{ tenant_id: 'blue' }, { tenantId: 'blue' }],
    [{ durable_execution_name: 'one' }, { durableExecutionName: 'one' }],
    [{ fail_on_function_error: false }, { failOnFunctionError: false }],
    [{ payload_source: 'Script', payload_script: ' {"a":1}' }, { payload: ' {"a":1}' }],
    [{ payload_script: '{"a":1}' }, {}],
    [{ payload_source: 'File', payload_file: '/p' }, { payload: '[1]' }],
    [{ payload_file: '/p' }, {}],
    [{ payload_file: '/none' }, {}],
    [{ client_context_source: 'Script', client_context_script: '{}' }, { clientContext: 'secret {}' }],
    [{ client_context_script: '{}' }, {}],
  ])('%j', async (fields, request) => {
    const task = await taskOf(fields, files({ '/p': Buffer.from('[1]') }));
    expect(shown('request' in task && task.request)).toEqual({ ...plain.request, ...request });
  });

  test('a payload file is read up to the limit of its invocation', async () => {
    const limitOf = async (more: object) => {
      let seen = 0;
      await taskOf({ payload_source: 'File', payload_file: '/p', ...more }, async (_path, limit) => {
        seen = limit;
        return Buffer.from('1');
      });
      return seen / 1024 / 1024;
    };
    const waited = { wait_for_durable_execution: true, qualifier: '1' };
    const more = [{}, { invocation_type: 'Event' }, { invocation_type: 'Dry Run' }, waited];
    expect(await Promise.all(more.map(limitOf))).toEqual([6, 1, 6, 1]);
  });

  test.each<[Uint8Array | object, object, string]>([
    [Buffer.from('{"a"'), {}, 'must be valid JSON, but ends too early'],
    [Buffer.from([0x22, 0xff, 0x22]), {}, 'must be JSON in UTF-8, but has bytes that are not UTF-8'],
    [{ message: 'is a folder' }, {}, 'is a folder: /p'],
    [{ message: 'is too large', size: null }, {}, 'is too large: /p'],
    [
      { message: 'x', size: 7_000_000 },
      {},
      'has 7,000,000 bytes; AWS Lambda takes at most 6,291,456 with Request Response',
    ],
    [
      { message: 'x', size: 7_000_000 },
      { wait_for_durable_execution: true, qualifier: '1' },
      'has 7,000,000 bytes; AWS Lambda takes at most 1,048,576 with Event',
    ],
  ])('a payload file that cannot be sent: %j %j', async (found, more, message) => {
    const fields = { function_name: 'f', payload_source: 'File', payload_file: '/p', ...more };
    expect(await faultsOf(fields, files({ '/p': found }))).toEqual([`payload_file: ${message}`]);
  });

  test('bytes within a larger buffer are judged by themselves', async () => {
    const bytes = Buffer.from('xx{"a" x').subarray(2, 6);
    const fields = { function_name: 'f', payload_source: 'File', payload_file: '/p' };
    expect(await faultsOf(fields, files({ '/p': bytes }))).toEqual([
      'payload_file: must be valid JSON, but ends too early',
    ]);
  });

  test('every file that cannot be read is named', async () => {
    const faults = await faultsOf({
      ...{ function_name: 'f', payload_source: 'File', payload_file: '/p' },
      ...{ use_proxy: true, proxy: 'http://p:1', proxy_ca_bundle_file: '/ca' },
    });
    expect(faults.sort()).toEqual(['payload_file: cannot be read: /p', 'proxy_ca_bundle_file: cannot be read: /ca']);
  });
});

describe('the delivery', () => {
  test.each<[object, object]>([
    [{ response_mode: 'Streamed' }, { streamed: true }],
    [{ response_file: '/r' }, { responseFile: '/r' }],
    [{ log_type: 'Full', full_log_wait: 7 }, { fullLog: { wait: 7000 } }],
    [{ log_type: 'Full', full_log_wait: 7, log_file: '/l' }, { fullLog: { wait: 7000, file: '/l' } }],
  ])('%j', async (fields, delivery) => {
    expect(await taskOf(fields)).toMatchObject({ delivery: { ...plain.delivery, ...delivery } });
    const task = await taskOf(fields);
    expect('delivery' in task && task.delivery).toEqual({ ...plain.delivery, ...delivery });
  });

  test('goes on with the trace that is named', async () => {
    const task = await taskOf({ trace_id: '1-5759e988-bd862e3fe1be46a994272793' });
    expect('delivery' in task && task.delivery.trace).toBeDefined();
  });
});

test('the limits, in milliseconds', async () => {
  const { limits } = await taskOf({ connect_timeout: 2, wait_for_completion_timeout: 3, max_attempts: 4 });
  expect(limits).toEqual({ connectTimeout: 2000, waitTimeout: 3000, maxAttempts: 4 });
});

describe('a durable execution that is waited for', () => {
  const fields = { wait_for_durable_execution: true, qualifier: '1' };

  test('is started by Event, and gives no tail of a log', async () => {
    expect(await taskOf({ ...fields, log_type: 'Full' })).toMatchObject({
      request: { invocationType: 'Event', logTail: false },
      durable: { onTimeout: 'leave running', onCancel: 'stop' },
    });
  });

  test('has its own limit, and what is done at its end', async () => {
    const task = await taskOf({ ...fields, durable_timeout: 5, on_timeout: 'Stop', on_cancel: 'Leave Running' });
    expect('durable' in task && task.durable).toEqual({ timeout: 5000, onTimeout: 'stop', onCancel: 'leave running' });
  });
});

describe('other actions', () => {
  const asked = { connection: plain.connection, limits: plain.limits };

  test('Test Connection', async () => {
    expect(await taskOf({ action: 'Test Connection' })).toEqual({ ...asked, action: 'Test Connection' });
  });

  test('reads no payload', async () => {
    const fields = { action: 'Test Connection', payload_source: 'File', payload_file: '/none' };
    expect(await taskOf(fields)).toEqual({ ...asked, action: 'Test Connection' });
  });

  test.each<[object, object]>([
    [{ max_items: 7 }, { maxItems: 7, allVersions: true }],
    [
      { max_items: 7, function_version: 'unqualified' },
      { maxItems: 7, allVersions: false },
    ],
    [
      { max_items: 7, marker: 'm', function_version: 'ALL' },
      { maxItems: 7, allVersions: true, marker: 'm' },
    ],
  ])('List Functions %j', async (fields, request) => {
    const task = await taskOf({ action: 'List Functions', ...fields });
    expect(task).toEqual({ ...asked, action: 'List Functions', request });
  });

  test.each<[object, object]>([
    [{ callback_result: 'Success' }, { result: 'success' }],
    [
      { callback_result: 'Success', callback_payload: '{}' },
      { result: 'success', payload: '{}' },
    ],
    [{ callback_result: 'Heartbeat' }, { result: 'heartbeat' }],
    [
      { callback_result: 'Failure' },
      {
        result: 'failure',
        error: {
          ...{ type: 'CallbackFailure', message: 'the callback was answered with a failure' },
          ...{ data: null, stackTrace: [] },
        },
      },
    ],
    [
      { callback_result: 'Failure', callback_error_type: 'T', callback_error_message: 'M', callback_payload: 'D' },
      { result: 'failure', error: { type: 'T', message: 'M', data: 'D', stackTrace: [] } },
    ],
  ])('Send Callback %j', async (fields, request) => {
    const task = await taskOf({ action: 'Send Callback', callback_id: 'abc', ...fields });
    expect(shown(task)).toEqual({ ...asked, action: 'Send Callback', request: { callbackId: 'abc', ...request } });
  });
});

test('a task without its name is a fault of ours, and not one of the user', async () => {
  const { fields } = parseFields({ function_name: 'f' });
  await expect(toTask({ fields, parsed: {} }, files())).rejects.toThrow('a task without function_name');
  const callback = { ...fields, action: 'Send Callback' } as const;
  await expect(toTask({ fields: callback, parsed: {} }, files())).rejects.toThrow('a task without callback_id');
});

test('valid fields are frozen', () => {
  const { fields } = parseFields({ function_name: 'f', credentials: { user: 'me', password: 'pw' } });
  expect(Object.isFrozen(fields) && Object.isFrozen(fields.credentials)).toBe(true);
  expect(Object.keys(fieldTable)).toEqual(expect.arrayContaining(Object.keys(fields)));
});
