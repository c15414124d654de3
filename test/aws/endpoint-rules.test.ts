import { afterEach, describe, expect, test } from '@jest/globals';
import { executeTask } from '../support/execute.ts';
import { type ScriptedServer, scriptedServer } from '../support/scripted-server.ts';

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

const allowed = { UE_AWS_LAMBDA_LINK_LOCAL_ENDPOINTS: 'true' };
const role = { role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/x' };

describe('a link-local endpoint is refused before anything is sent', () => {
  test.each<[string, object, Record<string, string>, string | undefined]>([
    ['endpoint_url', { endpoint_url: 'http://169.254.169.254/latest' }, {}, 'endpoint_url'],
    ['endpoint_url in another spelling', { endpoint_url: 'http://0xa9fea9fe' }, {}, 'endpoint_url'],
    ['endpoint_url over IPv6', { endpoint_url: 'http://[fe80::1]' }, {}, 'endpoint_url'],
    ['endpoint_url, mapped', { endpoint_url: 'https://[::ffff:169.254.170.2]' }, {}, 'endpoint_url'],
    ['sts_endpoint_url', { ...role, sts_endpoint_url: 'http://169.254.1.1' }, {}, 'sts_endpoint_url'],
    ['a variable', { endpoint_url: null }, { AWS_ENDPOINT_URL: 'http://169.254.1.1' }, undefined],
    [
      'without the right word',
      { endpoint_url: 'http://169.254.1.1' },
      { UE_AWS_LAMBDA_LINK_LOCAL_ENDPOINTS: '1' },
      'endpoint_url',
    ],
  ])('%s', async (_, fields, environment, field) => {
    server = await scriptedServer({});
    const { output } = await executeTask(server.url, fields, { environment });
    expect(output).toMatchObject({ exit_code: 20, result: { execution: 'not_started' } });
    expect(output.result.error).toHaveLength(1);
    expect(output.result.error[0].field).toBe(field);
    expect(output.result.error[0].message).toMatch(/link-local.*UE_AWS_LAMBDA_LINK_LOCAL_ENDPOINTS=true/);
    expect(server.received).toEqual([]);
  });

  test('unless the host allows it', async () => {
    const fields = { endpoint_url: 'http://169.254.1.1:1', connect_timeout: 1 };
    const { output } = await executeTask('', fields, { environment: allowed });
    expect(output.exit_code).not.toBe(20); // what is there is the network's
  });
});

describe('plain http', () => {
  const real = { user: 'AKIAIOSFODNN7EXAMPLE', password: 'EXAMPLE-SECRET-KEY' };
  const elsewhere = 'http://lambda.invalid:9';
  const warnings = (logged: readonly string[]) => logged.filter((line) => /^warn .*is not encrypted/.test(line));

  test.each<[string, object, number]>([
    ['with real keys to another host', { endpoint_url: elsewhere, credentials: real }, 1],
    ['with keys of the environment', { endpoint_url: elsewhere, credentials: null }, 1],
    ['also to STS', { ...role, endpoint_url: elsewhere, sts_endpoint_url: elsewhere, credentials: real }, 2],
    ['with keys of an emulator', { endpoint_url: elsewhere, credentials: { user: 'test', password: 'test' } }, 0],
    ['over TLS', { endpoint_url: 'https://lambda.invalid:9', credentials: real }, 0],
  ])('%s', async (_, fields, count) => {
    const environment = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' };
    const { logged } = await executeTask('', fields, { environment });
    expect(warnings(logged)).toHaveLength(count);
  });

  test('to this machine', async () => {
    server = await scriptedServer({ body: '{}' });
    const { output, logged } = await executeTask(server.url, { credentials: real });
    expect(output.exit_code).toBe(0);
    expect(warnings(logged)).toEqual([]);
  });
});
