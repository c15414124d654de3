import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Connector, createConnector } from '../../extension/index.ts';
import type { Local } from '../../local/server.ts';
import { KEYS, schemaFaults, startExamples } from './support.ts';

type Method = Exclude<keyof Connector, 'close'>;

interface Case {
  name: string;
  method: Method;
  call?: object;
  profile?: object;
  result: object;
}

const cases: Case[] = JSON.parse(readFileSync('test/connector/results.json', 'utf8'));

let local: Local;
let lambda: Connector;
const profile = (more: object = {}) => ({
  ...{ id: 'plant-7', name: 'Plant 7', region: 'us-east-1', endpointUrl: local.url, ...KEYS },
  ...more,
});

beforeAll(async () => {
  // Nothing of this machine's own AWS setup may answer for the empty chain.
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'])
    delete process.env[name];
  local = await startExamples();
  lambda = createConnector(profile());
});

afterAll(async () => {
  lambda?.close();
  await local?.close();
});

describe('result shapes', () => {
  test.each(cases)('$name', async ({ method, call, profile: more, result: expected }) => {
    const connector = createConnector(profile(more));
    const result = await (connector[method] as (call?: object) => Promise<unknown>)(call);
    connector.close();
    expect(schemaFaults(result)).toBe('');
    expect(result).toEqual(matching(expected));
  });

  test('the error of a function is its kind and its payload verbatim', async () => {
    const { error, data } = await lambda.invoke({ functionName: 'fail' });
    expect(error).toBe(`Unhandled: ${JSON.stringify(data?.payload)}`);
  });

  test('bad input names every field in the terms of the connector', async () => {
    const { error } = await lambda.invoke({
      functionName: 'not a name',
      payload: '{',
      qualifier: 'a b',
      timeout: 1801,
    });
    for (const field of ['functionName', 'payload', 'qualifier', 'timeout']) expect(error).toContain(`${field}: `);
    expect(error).not.toMatch(/_/);
  });

  test('every failure has its cause and remedy in the error as well', async () => {
    const { error, metadata } = await lambda.invoke({ functionName: 'nobody' });
    expect(error).toContain('ResourceNotFoundException');
    expect(error).toContain(metadata.cause);
    expect(error).toContain(metadata.remedy);
  });
});

describe('invoke', () => {
  test.each([
    ['name', 'hello'],
    ['partial ARN', '123456789012:function:hello'],
    ['full ARN', 'arn:aws:lambda:us-east-1:123456789012:function:hello'],
  ])('takes a function by %s', async (_, functionName) => {
    const { success, metadata } = await lambda.invoke({ functionName });
    expect([success, metadata.functionName]).toEqual([true, functionName]);
  });

  test('a full ARN of another region than the profile’s is refused before anything is sent', async () => {
    const plain = createConnector({ name: 'Paris', region: 'eu-west-3', ...KEYS });
    const { error } = await plain.invoke({ functionName: 'arn:aws:lambda:us-west-2:123456789012:function:hello' });
    expect(error).toContain('contradicts the region');
    plain.close();
  });

  test('takes a qualifier', async () => {
    const { metadata } = await lambda.invoke({ functionName: 'echo', qualifier: '$LATEST' });
    expect(metadata.executedVersion).toBe('$LATEST');
  });

  test('sends an empty event when there is no payload', async () => {
    expect(await echoed({})).toMatchObject({ event: {} });
  });

  test('sends JSON text byte for byte', async () => {
    expect(await echoed({ payload: '{ "big": 9007199254740993, "a": 1 }' })).toMatchObject({ event: { a: 1 } });
  });

  test.each([
    ['base64', Buffer.from('{"custom":{"line":7}}').toString('base64')],
    ['JSON text', '{"custom":{"line":7}}'],
    ['an object', { custom: { line: 7 } }],
  ])('takes the client context as %s', async (_, clientContext) => {
    expect(await echoed({ clientContext })).toMatchObject({ clientContext: { custom: { line: 7 } } });
  });

  test.each([
    ['no base64', 'line 7'],
    ['base64 of no object', Buffer.from('[7]').toString('base64')],
    ['broken JSON', '{"custom":'],
  ])('refuses a client context that is %s', async (_, clientContext) => {
    const { error } = await lambda.invoke({ functionName: 'echo', clientContext });
    expect(error).toBe('clientContext: must be the base64 of a JSON object, or the JSON object itself');
  });

  test.each([
    ['JSON with a placeholder’s value', '{"n":"{{ order.n }}"}', { n: 3 }],
    ['a value', { text: 'n={{ order.n }}', all: '{{ order }}' }, { text: 'n=3', all: { n: 3, tags: ['a"b'] } }],
  ])('puts parameters into %s', async (_, payload, event) => {
    const parameters = { order: { n: 3, tags: ['a"b'] }, which: 'echo' };
    const { data } = await lambda.invoke({ functionName: '{{ which }}', payload, parameters });
    expect(data?.payload).toMatchObject({ event });
  });

  test('a parameter that is not there is a failure, and nothing is sent', async () => {
    const before = local.executions();
    const { error, metadata } = await lambda.invoke({
      functionName: '{{ a }}',
      payload: '{"x":"{{ b.c }}"}',
      parameters: { b: {} },
    });
    expect(error).toBe(
      'functionName: {{ a }} has no value; check the path; payload: {{ b.c }} has no value; check the path',
    );
    expect([metadata.execution, local.executions()]).toEqual(['not_started', before]);
  });

  test('without parameters braces are sent as they are', async () => {
    expect(await echoed({ payload: '{"t":"{{ x }}"}' })).toMatchObject({ event: { t: '{{ x }}' } });
  });

  test('a mistyped option is refused', async () => {
    const { error } = await lambda.invoke({ functionName: 'hello', qualifer: '7' } as never);
    expect(error).toContain('qualifer: is not one of');
  });

  test('a per-call timeout wins over the connection’s, and 0 or empty is the connection’s', async () => {
    const slow = { functionName: 'slow', payload: { seconds: 3 } };
    const late = await lambda.invoke({ ...slow, timeout: 1 });
    expect(late).toMatchObject({ success: false, data: null, metadata: { execution: 'unknown' } });
    expect(late.error).toContain('TimeoutError');
    expect(late.error).toContain('The function may have run');
    const hasty = createConnector(profile({ timeout: 1 }));
    for (const timeout of [0, '', '0', null, undefined]) {
      expect((await hasty.invoke({ ...slow, timeout })).error).toContain('TimeoutError');
    }
    expect((await hasty.invoke({ ...slow, payload: { seconds: 1.3 }, timeout: 60 })).success).toBe(true);
    hasty.close();
  });

  test('a signal cancels a call, close() all of them', async () => {
    const abort = new AbortController();
    const before = local.executions();
    const mine = createConnector(profile());
    const one = mine.invoke({ functionName: 'slow', signal: abort.signal });
    const two = mine.invoke({ functionName: 'slow' });
    while (local.executions() < before + 2) await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort();
    expect(await one).toMatchObject({ success: false, metadata: { execution: 'unknown' } });
    mine.close();
    expect(await two).toMatchObject({ success: false, metadata: { execution: 'unknown' } });
    const after = await mine.invoke({ functionName: 'hello' });
    expect(after).toMatchObject({ success: false, metadata: { execution: 'not_started' } });
    for (const result of [await one, await two, after]) expect(schemaFaults(result)).toBe('');
  });

  test('nothing reachable is a result too', async () => {
    const nowhere = createConnector(profile({ endpointUrl: 'http://127.0.0.1:9', maxAttempts: 1 }));
    const result = await nowhere.invoke({ functionName: 'hello' });
    expect(result).toMatchObject({ success: false, data: null, metadata: { execution: 'not_started' } });
    expect(result.error).toContain('ECONNREFUSED');
    nowhere.close();
  });

  async function echoed(call: object) {
    const { data, error } = await lambda.invoke({ functionName: 'echo', ...call });
    if (error !== undefined) throw new Error(error);
    return data?.payload;
  }
});

describe('without keys the default credential chain is used', () => {
  test('from the environment', async () => {
    await withEnvironment({ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' }, async (connector) => {
      expect((await connector.testConnection()).success).toBe(true);
    });
  });

  test('from the shared files, also by a profile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'connector-'));
    const file = join(folder, 'credentials');
    writeFileSync(file, '[plant]\naws_access_key_id = local\naws_secret_access_key = local-secret\n');
    await withEnvironment({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: 'plant' }, async (connector) => {
      expect((await connector.testConnection()).success).toBe(true);
    });
    rmSync(folder, { recursive: true });
  });

  async function withEnvironment(values: Record<string, string>, run: (connector: Connector) => Promise<void>) {
    const before = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]));
    Object.assign(process.env, values);
    const connector = createConnector(profile({ accessKeyId: '', secretAccessKey: '' }));
    try {
      await run(connector);
    } finally {
      connector.close();
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  }
});

test('a role is assumed when the profile names one', async () => {
  const roleArn = 'arn:aws:iam::123456789012:role/invoke';
  const connector = createConnector(profile({ roleArn, stsEndpointUrl: local.url }));
  expect((await connector.testConnection()).success).toBe(true);
  connector.close();
});

describe('listFunctions', () => {
  test('ALL gives every published version, unqualified only the latest', async () => {
    const versions = async (functionVersion: 'ALL' | 'unqualified') =>
      (await lambda.listFunctions({ functionVersion })).data?.functions.map(({ version }) => version) ?? [];
    expect(new Set(await versions('unqualified'))).toEqual(new Set(['$LATEST']));
    expect(new Set(await versions('ALL')).size).toBeGreaterThan(1);
  });

  test('gives ALL versions, 50 at most, unless told otherwise', async () => {
    const { data } = await lambda.listFunctions();
    expect(data?.functions.map(({ functionName }) => functionName)).toContain('hello');
    expect(data).not.toHaveProperty('nextMarker');
  });

  test('goes on at the marker', async () => {
    const first = await lambda.listFunctions({ maxItems: 2 });
    const rest = await lambda.listFunctions({ marker: first.data?.nextMarker, maxItems: '10000' });
    const all = await lambda.listFunctions({ maxItems: 10000 });
    expect([...(first.data?.functions ?? []), ...(rest.data?.functions ?? [])]).toEqual(all.data?.functions);
  });

  test.each([
    ['maxItems', { maxItems: 10001 }],
    ['functionVersion', { functionVersion: 'newest' as 'ALL' }],
  ])('refuses a bad %s', async (field, call) => {
    expect((await lambda.listFunctions(call)).error).toMatch(new RegExp(`^${field}: must be`));
  });
});

const uuid = /^[0-9a-f-]{36}$/;

/** The expected result with the placeholders of the cases as matchers. */
function matching(expected: unknown): unknown {
  if (Array.isArray(expected)) return expected.map(matching);
  if (typeof expected === 'object' && expected !== null) {
    return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, matching(value)]));
  }
  switch (expected) {
    case '<uuid>':
      return expect.stringMatching(uuid);
    case '<log>':
      return expect.stringMatching(/START RequestId: [\s\S]*END RequestId: [\s\S]*REPORT/);
    case '<trace>':
      return expect.any(Array);
    case '<numbers>':
      return expect.any(Object);
    case '<text>':
      return expect.any(String);
    case '<function error>':
      return expect.stringMatching(/^Unhandled: \{"errorType":"InvalidOrderError"|^Unhandled: \{"errorMessage"/);
    default:
      return typeof expected === 'string' && expected.startsWith('<')
        ? expect.stringContaining(expected.slice(1, -1))
        : expected;
  }
}
