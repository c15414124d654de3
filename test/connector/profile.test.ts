import { describe, expect, test } from '@jest/globals';
import { ConnectionProfileError, createConnector } from '../../extension/index.ts';
import { readSchema } from './support.ts';

const sound = { name: 'Plant 7', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'hush-hush' };

function faultsOf(profile: object): Record<string, string> {
  try {
    createConnector(profile as { name: string }).close();
    return {};
  } catch (error) {
    if (!(error instanceof ConnectionProfileError)) throw error;
    expect(error.message).not.toContain('hush');
    return Object.fromEntries(error.violations.map(({ field, message }) => [String(field), message]));
  }
}

describe('a profile', () => {
  test('needs no more than a name: us-east-1, 60 seconds, the default credential chain', () => {
    expect(faultsOf({ name: 'Plant 7', description: '', region: null })).toEqual({});
    const { region, timeout } = readSchema('connection').properties;
    expect([region.default, timeout.default]).toEqual(['us-east-1', 60]);
  });

  test.each<[string, object, RegExp]>([
    ['name', { name: '' }, /is required/],
    ['name', { name: 'x'.repeat(101) }, /at most 100 characters/],
    ['region', { region: 'Frankfurt' }, /code of an AWS region/],
    ['secretAccessKey', { secretAccessKey: '' }, /is required when accessKeyId is set/],
    ['accessKeyId', { accessKeyId: '' }, /is required when secretAccessKey is set/],
    ['secretAccessKey', { secretAccessKey: 'hush hush' }, /without blanks/],
    [
      'accessKeyId',
      { accessKeyId: '', secretAccessKey: '', sessionToken: 't' },
      /is required when sessionToken is set/,
    ],
    ['timeout', { timeout: 0 }, /from 1 to 1800/],
    ['timeout', { timeout: 1801 }, /from 1 to 1800/],
    ['timeout', { timeout: 1.5 }, /from 1 to 1800/],
    ['connectTimeout', { connectTimeout: 61 }, /from 1 to 60/],
    ['maxAttempts', { maxAttempts: 11 }, /from 1 to 10/],
    ['endpointUrl', { endpointUrl: 'localhost:4566' }, /http or https URL/],
    ['endpointUrl', { endpointUrl: 'http://me:hush@localhost' }, /must not hold a user or password/],
    ['stsEndpointUrl', { stsEndpointUrl: 'ftp://x', roleArn: 'arn:aws:iam::123456789012:role/x' }, /http or https URL/],
    ['roleArn', { roleArn: 'invoke' }, /ARN of an IAM role/],
    ['roleArn', { roleExternalId: 'abc' }, /is required when roleExternalId is set/],
    ['roleSessionName', { roleArn: 'arn:aws:iam::123456789012:role/x', roleSessionName: 'a b' }, /letters, digits/],
    ['roleDurationSeconds', { roleArn: 'arn:aws:iam::123456789012:role/x', roleDurationSeconds: 60 }, /900 to 43200/],
    ['proxy', { proxy: 'proxy:3128' }, /URL with a scheme/],
    ['proxy', { proxy: 'http://me:hush@proxy:3128' }, /proxyUser and proxyPassword/],
    ['proxy', { proxyUser: 'me', proxyPassword: 'hush' }, /is required when proxyUser is set/],
    ['proxyPassword', { proxy: 'http://proxy:3128', proxyUser: 'me' }, /is required when proxyUser is set/],
    ['proxyUser', { proxy: 'http://proxy:3128', proxyUser: 'a:b', proxyPassword: 'hush' }, /without a colon/],
    ['secretKey', { secretKey: 'hush' }, /is not a field of a connection profile/],
  ])('with a wrong %s %j is refused', (field, change, message) => {
    expect(faultsOf({ ...sound, ...change })[field]).toMatch(message);
  });

  test('tells everything that is wrong at once', () => {
    expect(Object.keys(faultsOf({ name: '', region: '!', timeout: -1 })).sort()).toEqual(['name', 'region', 'timeout']);
  });
});

test('fields that a profile shares with the task have the same rules', () => {
  const [profile, task] = [readSchema('connection').properties, readSchema('fields').properties];
  const shared = {
    region: task.region,
    accessKeyId: task.credentials.properties.user,
    secretAccessKey: task.credentials.properties.password,
    sessionToken: task.credentials.properties.token,
    roleArn: task.role_arn,
    roleExternalId: task.role_external_id,
    roleSessionName: task.role_session_name,
    roleDurationSeconds: task.role_duration_seconds,
    timeout: task.wait_for_completion_timeout,
    connectTimeout: task.connect_timeout,
    maxAttempts: task.max_attempts,
    proxyUser: task.proxy_credentials.properties.user,
    proxyPassword: task.proxy_credentials.properties.password,
  };
  for (const [name, { pattern, minimum, maximum }] of Object.entries(shared)) {
    const { [name]: own } = profile;
    expect([name, own.pattern, own.minimum, own.maximum]).toEqual([name, pattern, minimum, maximum]);
  }
});

test('secrets are write-only, and none is in what a result says', async () => {
  const { properties } = readSchema('connection');
  const secret = Object.keys(properties).filter((name) => properties[name].writeOnly);
  expect(secret).toEqual(['accessKeyId', 'secretAccessKey', 'sessionToken', 'proxyPassword']);
  const lambda = createConnector({ ...sound, endpointUrl: 'http://127.0.0.1:9', maxAttempts: 1 });
  expect(JSON.stringify([await lambda.testConnection(), lambda])).not.toContain('hush');
  lambda.close();
});
