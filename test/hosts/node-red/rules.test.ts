import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ConnectionProfile, profileFields } from '../../../extension/connector/profile.gen.ts';
import { ConnectionProfileError, parseProfile } from '../../../extension/connector/profile.ts';
// @ts-expect-error a script of the editor without types
import { callRules, profileFaults } from '../../../extension/hosts/node-red/editor/rules.js';

type Name = keyof ConnectionProfile;
type Values = Partial<Record<Name, string>>;

beforeAll(() => {
  const catalogue = JSON.parse(readFileSync('extension/hosts/node-red/locales/en-US/awslambda.json', 'utf8'));
  /** The editor's catalogue of texts, as Node-RED reads it. */
  const translate = (key: string, values: Record<string, unknown> = {}) => {
    const [group = '', name = ''] = key.replace('ue-aws-lambda/awslambda:', '').split('.');
    return catalogue[group][name].replace(/__(\w+?)__/g, (_: string, word: string) => String(values[word]));
  };
  Object.assign(globalThis, { RED: { _: translate } });
});

/** A right value of every field. */
const samples = {
  id: 'a1',
  name: 'Plant 7',
  description: 'Orders',
  region: 'eu-central-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'EXAMPLE-SECRET-KEY',
  sessionToken: 'SESSION',
  roleArn: 'arn:aws:iam::123456789012:role/invoke',
  roleExternalId: 'partner-7',
  roleSessionName: 'orders',
  roleDurationSeconds: '900',
  stsEndpointUrl: 'http://localhost:4566',
  endpointUrl: 'http://localhost:4566',
  timeout: '1800',
  connectTimeout: '60',
  maxAttempts: '10',
  proxy: 'http://proxy:3128',
  proxyUser: 'me',
  proxyPassword: 'pw',
  proxyCaBundleFile: '/etc/ssl/proxy.pem',
} satisfies Record<Name, string>;
const names = Object.keys(samples) as Name[];
const minimal = { name: samples.name, region: samples.region };

const faultsOf = (values: Values): Values => profileFaults(values, (name: Name) => Boolean(values[name]));

/** Whether the runtime takes the same values, as the node hands them on. */
function isAccepted(values: Values): boolean {
  const typed = Object.entries(values).map(([name, value]) => [
    name,
    profileFields[name as Name].type === 'integer' ? Number(value) : value,
  ]);
  try {
    parseProfile(Object.fromEntries(typed));
    return true;
  } catch (error) {
    if (!(error instanceof ConnectionProfileError)) throw error;
    return false;
  }
}

describe('the form of a connection', () => {
  test('takes every field together', () => {
    expect(faultsOf(samples)).toEqual({});
    expect(isAccepted(samples)).toBe(true);
  });

  test.each(names)('takes %s alone exactly when the runtime does', (name) => {
    const values = { ...minimal, [name]: samples[name] };
    expect(Object.keys(faultsOf(values)).length === 0).toBe(isAccepted(values));
  });

  test.each(names.filter((name) => !(name in minimal)))('without %s agrees with the runtime', (name) => {
    const { [name]: _, ...values } = samples;
    expect(Object.keys(faultsOf(values)).length === 0).toBe(isAccepted(values));
  });

  test.each<[Name, Values, Values]>([
    ['name', { name: '' }, { name: 'is required' }],
    ['region', { region: '' }, { region: 'is required' }],
    [
      'accessKeyId',
      { accessKeyId: samples.accessKeyId },
      { secretAccessKey: 'is required: it must be set together with Access Key ID' },
    ],
    [
      'secretAccessKey',
      { secretAccessKey: samples.secretAccessKey },
      { accessKeyId: 'is required: it must be set together with Secret Access Key' },
    ],
    ['sessionToken', { sessionToken: samples.sessionToken }, { sessionToken: 'works only with Access Key ID' }],
    ['roleExternalId', { roleExternalId: 'partner-7' }, { roleExternalId: 'works only with Role ARN' }],
    [
      'proxyUser',
      { proxyUser: 'me' },
      { proxyUser: 'works only with Proxy', proxyPassword: 'is required: it must be set together with User' },
    ],
    ['timeout', { timeout: '1801' }, { timeout: profileFields.timeout.rule }],
    ['timeout', { timeout: '1e2' }, { timeout: profileFields.timeout.rule }],
    ['description', { description: 'x'.repeat(1001) }, { description: profileFields.description.rule }],
    ['roleArn', { roleArn: 'invoke' }, { roleArn: profileFields.roleArn.rule }],
  ])('says at the field what is wrong with %s: %j', (_name, values, faults) => {
    expect(faultsOf({ ...minimal, ...values })).toEqual(faults);
  });

  test('leaves a variable of Node-RED to the runtime', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: how Node-RED writes a variable
    expect(faultsOf({ ...minimal, timeout: '${TIMEOUT}', region: '$(REGION)' })).toEqual({});
  });
});

describe('the form of a call', () => {
  test.each<[string, string, string | null]>([
    ['timeout', '', null],
    ['timeout', '0', null],
    ['timeout', '1800', null],
    ['timeout', '1801', "must be 1 to 1800 seconds; empty or 0 for the connection's"],
    ['timeout', '1.5', "must be 1 to 1800 seconds; empty or 0 for the connection's"],
    ['timeout', '{{ payload.seconds }}', null],
    ['maxItems', '10000', null],
    ['maxItems', '0', 'must be a whole number from 1 to 10000'],
    ['maxItems', '10001', 'must be a whole number from 1 to 10000'],
    ['concurrency', '1000', null],
    ['concurrency', '0', 'must be a whole number from 1 to 1000'],
    ['concurrency', '1001', 'must be a whole number from 1 to 1000'],
    ['qualifier', '$LATEST', null],
    ['qualifier', 'PROD', null],
    ['qualifier', 'a b', 'must be a version number or an alias of the function, such as 7, PROD or $LATEST'],
  ])('says of the %s %j: %s', (name, value, fault) => {
    expect(callRules[name](value, {})).toBe(fault);
  });
});
