import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLocal } from '../../support/local-program.ts';
import { root, runProgram } from '../../support/run-program.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

let local: Awaited<ReturnType<typeof startLocal>>;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  local = await startLocal(`${root}examples/functions`);
  env = { ...local.env, AWS_REGION: 'eu-west-1' };
});
afterAll(() => local.stop());

describe('list', () => {
  test('gives lines of values between tabs on a pipe', async () => {
    const { stdout } = await runProgram(['list', '--prefix', 'he'], { env });
    expect(stdout).toMatch(/^hello\t\$LATEST\tnodejs\d+\.x\t30 s\t128 MB\t\d{4}-\d\d-\d\d\tGreets by name\n$/);
  });

  test('says that there are more than --limit', async () => {
    const { stdout, stderr } = await runProgram(['list', '--limit', '2'], { env });
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stderr).toMatch(/2 AWS Lambda functions listed; there are more, from --marker \S+/);
  });

  test('brings all pages, each function once', async () => {
    const page = (names: readonly string[], NextMarker?: string) => ({
      body: JSON.stringify({ Functions: names.map((FunctionName) => ({ FunctionName })), NextMarker }),
    });
    const names = Array.from({ length: 110 }, (_, index) => `f${index}`);
    const server = await scriptedServer({
      ...page(names.slice(0, 50), 'a'),
      after: [page(names.slice(50, 100), 'b'), page(names.slice(100))],
    });
    const run = await runProgram(['list', '--query', '[].function_name'], {
      env: { ...env, AWS_ENDPOINT_URL: server.url },
    });
    await server.close();
    expect(JSON.parse(run.stdout)).toEqual(names);
    expect(server.received.map(({ path }) => path).some((path) => path.includes('FunctionVersion'))).toBe(false);
  });
});

describe('test', () => {
  test('says where everything comes from and who the credentials are', async () => {
    const { code, stdout } = await runProgram(['test'], { env: { ...env, AWS_CA_BUNDLE: '/etc/ca.pem' } });
    expect(code).toBe(0);
    for (const line of [
      'Region       eu-west-1, from AWS_REGION',
      `Endpoint     ${local.url} (AWS_ENDPOINT_URL)`,
      'Credentials  from the environment (AWS_ACCESS_KEY_ID)',
      'Identity     arn:aws:iam::123456789012:user/local (account 123456789012)',
      'Proxy        none',
      'AWS_CA_BUNDLE (/etc/ca.pem)',
      'Limits of the account',
      'Total code size                   75 GB',
      'Usage of the account',
    ]) {
      expect(stdout).toContain(line);
    }
  });

  test('does not ask STS when only Lambda has an endpoint of its own', async () => {
    const { AWS_ENDPOINT_URL, ...bare } = env;
    const { code, stdout } = await runProgram(['test', '--endpoint-url', local.url], { env: bare });
    expect(code).toBe(0);
    expect(stdout).toContain('Identity     not asked: Lambda has an endpoint of its own; give --sts-endpoint-url to');
  });

  test('is a success when only STS cannot be asked', async () => {
    const { code, stdout } = await runProgram(['test', '--max-attempts', '1'], {
      env: { ...env, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Identity {5}unknown: GetCallerIdentity: 127\.0\.0\.1:9: connection refused/);
  });

  test('of a profile takes its keys, not those of the environment', async () => {
    const { code, stderr } = await runProgram(['test', '--profile', 'nobody'], { env });
    expect(code).not.toBe(0);
    expect(stderr).toContain('nobody');
  });

  test('prints the extension output alone with --output json', async () => {
    const { stdout } = await runProgram(['test', '--output', 'json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ exit_code: 0, result: { account_usage: {} } });
  });
});
