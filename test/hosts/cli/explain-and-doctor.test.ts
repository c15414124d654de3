import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { topics } from '../../../extension/hosts/cli/explanations.ts';
import { createConnector } from '../../../extension/index.ts';
import { statuses } from '../../../extension/outcome/status.ts';
import { startLocal } from '../../support/local-program.ts';
import { root, runProgram } from '../../support/run-program.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

describe('explain', () => {
  test.each([...new Set(Object.values(statuses).map(({ exitCode }) => String(exitCode)))])(
    'says of exit code %s what it means, whether to call again and what to do',
    async (code) => {
      const { code: exit, stdout } = await runProgram(['explain', code]);
      expect(exit).toBe(0);
      for (const part of [`exit ${code}\n`, '  Means   ', '  Again?  ', '  Do      ']) expect(stdout).toContain(part);
    },
  );

  test.each([
    ['TooManyRequestsException', /exit 1\n[\s\S]*Yes: the function did not run\. The task itself tries again/],
    ['ServiceException', /HTTP 500: FAIL[\s\S]*Not before you have looked/],
    ['accessdeniedexception', /AUTHORIZATION_ERROR, exit 3/],
  ])('takes its word on %s from the verdict of the task', async (name, text) => {
    expect((await runProgram(['explain', name])).stdout.replace(/\n {10}/g, ' ')).toMatch(text);
  });

  test('names the nearest topic', async () => {
    const { code, stderr } = await runProgram(['explain', 'ResourceNotFound']);
    expect([code, stderr]).toEqual([20, expect.stringContaining('did you mean ResourceNotFoundException?')]);
    expect(topics).toContain('22');
  });
});

describe('doctor', () => {
  let local: Awaited<ReturnType<typeof startLocal>>;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    local = await startLocal(`${root}examples/functions`);
    env = { ...local.env, AWS_REGION: 'us-east-1' };
  });
  afterAll(() => local.stop());

  test('checks everything that a call needs and warns of a timeout that is too short', async () => {
    const { code, stdout, stderr } = await runProgram(['doctor', 'slow', '--data', 'seconds:=1'], { env });
    expect(code).toBe(0);
    for (const line of [
      /^good +Region +us-east-1, from AWS_REGION$/m,
      /^good +Identity +arn:aws:iam::123456789012:user\/local/m,
      /^good +Permission +a Dry Run was accepted$/m,
      /^good +State +Active$/m,
      /^warning +Timeout +the function has 60 s, we wait 60 s; give --timeout 65/m,
      /^good +Log +Text in \/aws\/lambda\/slow$/m,
      /^good +Payload +13 bytes$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stderr).toContain('SUCCESS: slow can be invoked');
  });

  test('of a function that is not there is bad, with the exit code of a call', async () => {
    const { code, stdout } = await runProgram(['doctor', 'nope'], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad +Permission +ResourceNotFoundException/m);
  });

  test('without permission is bad, and says which calls it could not make', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'denied', AWS_SECRET_ACCESS_KEY: 'denied-secret' };
    const { code, stdout } = await runProgram(['doctor', 'hello', '--json'], { env: { ...env, ...keys } });
    expect(code).toBe(3);
    const checks: { what: string; level: string; remedy?: string }[] = JSON.parse(stdout);
    expect(checks.find(({ what }) => what === 'Permission')?.level).toBe('bad');
    expect(checks.find(({ what }) => what === 'Configuration')?.remedy).toContain('lambda:GetFunctionConfiguration');
  });

  test('never sends an invocation that could run the function', async () => {
    const server = await scriptedServer({ status: 204, body: '', after: [{ body: '{"State":"Failed","Timeout":3}' }] });
    const own = { ...env, AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_LAMBDA: server.url };
    const { code, stdout } = await runProgram(['doctor', 'hello'], { env: own });
    await server.close();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad +State +Failed; deploy it again$/m);
    const calls = server.received.map(({ headers }) => headers['x-amz-invocation-type']);
    expect(calls).toEqual(['DryRun', undefined]);
  });
});

test('explain and the connector explain an error of AWS in the same words', async () => {
  const failure = {
    status: 404,
    body: '{"Message":"no"}',
    headers: { 'x-amzn-errortype': 'ResourceNotFoundException' },
  };
  const server = await scriptedServer(failure);
  const connector = createConnector({
    ...{ name: 'c', endpointUrl: server.url, region: 'us-east-1' },
    ...{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'EXAMPLE-SECRET' },
  });
  try {
    const { metadata } = await connector.invoke({ functionName: 'nope' });
    const page = (await runProgram(['explain', 'ResourceNotFoundException'])).stdout.replace(/\n {10}/g, ' ');
    expect(metadata.cause).toBeTruthy();
    expect(page).toContain(`${metadata.cause}.`);
    expect(page).toContain(`${metadata.remedy}.`);
  } finally {
    connector.close();
    await server.close();
  }
});
