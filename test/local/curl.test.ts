import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LoggedLocal, start } from './support/local.ts';

/** A second implementation of the signature: that of curl, from 7.75 on. */
const hasCurl = spawnSync('curl', ['--help', 'all'], { encoding: 'utf8' }).stdout?.includes('--aws-sigv4') ?? false;
const curlTest = hasCurl ? test : test.skip;

let local: LoggedLocal;

beforeAll(async () => {
  local = await start({ directory: 'examples/functions' });
});
afterAll(() => local.close());

async function curl(service: string, key: string, path: string, ...args: string[]): Promise<string> {
  const signed = ['--aws-sigv4', `aws:amz:eu-central-1:${service}`, '--user', key];
  const { stdout } = await promisify(execFile)('curl', ['-sS', ...signed, ...args, `${local.url}${path}`]);
  return stdout;
}

const INVOKE = '/2015-03-31/functions/hello/invocations';

curlTest('curl invokes a function', async () => {
  expect(await curl('lambda', 'local:local-secret', INVOKE, '-d', '{"name":"curl"}')).toBe(
    '{"message":"Hello, curl!"}',
  );
});

curlTest('curl with a wrong secret is refused', async () => {
  const answer = await curl('lambda', 'local:guessed', INVOKE, '-d', '{}');
  expect(JSON.parse(answer).message).toMatch(/^The request signature we calculated does not match/);
});

curlTest('curl asks STS who it is', async () => {
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const answer = await curl('sts', 'local:local-secret', '/', '-d', body);
  expect(answer).toContain('<Arn>arn:aws:iam::123456789012:user/local</Arn>');
});
