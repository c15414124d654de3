import { request } from 'node:http';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DENIED_KEY, LOCAL_KEY, type LoggedLocal, lambdaClient, start } from './support/local.ts';

let local: LoggedLocal;
let skew = 0;

beforeAll(async () => {
  local = await start({ now: () => Date.now() + skew });
});
afterAll(() => local.close());

const ROLE = 'arn:aws:iam::123456789012:role';

function stsClient(credentials: Parameters<typeof lambdaClient>[1] = LOCAL_KEY): STSClient {
  return new STSClient({ region: 'eu-central-1', endpoint: local.url, credentials, maxAttempts: 1 });
}

async function assumeRole(input: Partial<AssumeRoleCommandInput> = {}, key?: Parameters<typeof stsClient>[0]) {
  const command = new AssumeRoleCommand({ RoleArn: `${ROLE}/jobs`, RoleSessionName: 'a-test', ...input });
  return stsClient(key).send(command);
}

async function temporaryKey(input?: Partial<AssumeRoleCommandInput>) {
  const { Credentials: { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = {} } = await assumeRole(input);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

describe('AssumeRole', () => {
  test('gives temporary credentials that are accepted', async () => {
    const key = await temporaryKey();
    expect(key.accessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
    const { AccountUsage } = await lambdaClient(local, key).send(new GetAccountSettingsCommand({}));
    expect(AccountUsage).toBeDefined();
    const { Arn, Account } = await stsClient(key).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/jobs/a-test');
    expect(Account).toBe('123456789012');
  });

  test('gives them for the time that was asked for', async () => {
    const before = Date.now();
    const { Credentials } = await assumeRole({ DurationSeconds: 900 });
    const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - before) / 1000;
    expect(seconds).toBeGreaterThan(898);
    expect(seconds).toBeLessThan(960);
  });

  test('gives others every time', async () => {
    const [one, two] = await Promise.all([temporaryKey(), temporaryKey()]);
    expect(one.accessKeyId).not.toBe(two.accessKeyId);
  });

  test('gives credentials that need their token', async () => {
    const { accessKeyId, secretAccessKey } = await temporaryKey();
    const answer = lambdaClient(local, { accessKeyId, secretAccessKey }).send(new GetAccountSettingsCommand({}));
    await expect(answer).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('gives credentials that expire', async () => {
    const key = await temporaryKey({ DurationSeconds: 900 });
    try {
      skew = 901_000;
      const late = { systemClockOffset: skew };
      const lambda = lambdaClient(local, key);
      Object.assign(lambda.config, late);
      await expect(lambda.send(new GetAccountSettingsCommand({}))).rejects.toMatchObject({
        name: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
        $metadata: { httpStatusCode: 403 },
      });
      const sts = stsClient(key);
      Object.assign(sts.config, late);
      await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
    } finally {
      skew = 0;
    }
  });

  test('asks roles named external for the external id', async () => {
    const RoleArn = `${ROLE}/path/external-jobs`;
    await expect(assumeRole({ RoleArn, ExternalId: 'local-external-id' })).resolves.toHaveProperty('Credentials');
    const refusal = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    await expect(assumeRole({ RoleArn })).rejects.toMatchObject(refusal);
    await expect(assumeRole({ RoleArn, ExternalId: 'guessed' })).rejects.toMatchObject(refusal);
  });

  test('does not let anybody take roles named denied', async () => {
    const message = `User: arn:aws:iam::123456789012:user/local is not authorized to perform: sts:AssumeRole on resource: ${ROLE}/denied`;
    await expect(assumeRole({ RoleArn: `${ROLE}/denied` })).rejects.toMatchObject({ name: 'AccessDenied', message });
  });

  test.each([
    [{ DurationSeconds: 899 }, /durationSeconds.*greater than or equal to 900/],
    [{ DurationSeconds: 43_201 }, /durationSeconds.*less than or equal to 43200/],
    [{ RoleArn: 'arn:aws:iam::123456789012:user/jobs' }, /is invalid/],
    [{ RoleArn: '' }, /'roleArn'/],
    [{ RoleSessionName: 'a test' }, /'roleSessionName'/],
    [{ RoleSessionName: '' }, /'roleSessionName'/],
  ])('with %j is refused', async (input, message) => {
    await expect(assumeRole(input)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('from a role is limited to an hour', async () => {
    const key = await temporaryKey();
    await expect(assumeRole({ DurationSeconds: 3601 }, key)).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(assumeRole({ DurationSeconds: 3600 }, key)).resolves.toHaveProperty('Credentials');
  });
});

describe('the key', () => {
  test.each([
    ['unknown', { ...LOCAL_KEY, accessKeyId: 'AKIANOBODY' }, 'InvalidClientTokenId'],
    ['of a wrong secret', { ...LOCAL_KEY, secretAccessKey: 'guessed' }, 'SignatureDoesNotMatch'],
    ['without permissions', DENIED_KEY, 'AccessDenied'],
  ])('%s is refused', async (_what, key, name) => {
    await expect(assumeRole({}, key)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
  });

  test('may always be asked who it is', async () => {
    const { Arn } = await stsClient(DENIED_KEY).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:iam::123456789012:user/denied');
  });
});

test('an unsigned call gets the XML of STS', async () => {
  const [type, body] = await new Promise<[unknown, string]>((resolve) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    request(local.url, { method: 'POST', headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve([response.headers['content-type'], text]);
    }).end('Action=GetCallerIdentity&Version=2011-06-15');
  });
  expect(type).toBe('text/xml');
  expect(body).toContain('<Code>MissingAuthenticationToken</Code>');
});
