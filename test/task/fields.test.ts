import { describe, expect, test } from '@jest/globals';
import { parseFields } from '../../extension/task/fields.ts';
import { faultsOf } from './support/tasks.ts';

const whole = 'the input must be one JSON object of fields';

test.each([null, [], [{}], 'text', 7, undefined])('input that is %j', async (input) => {
  expect(await faultsOf(input)).toEqual([whole]);
});

describe('a field that is not valid', () => {
  const script = 'script must be text or a JSON value';
  test.each<[object, readonly string[]]>([
    [{ region: '' }, ['function_name: is required when action is Trigger Lambda Function']],
    [
      { action: 'Send Callback' },
      [
        'callback_id: is required when action is Send Callback; it must be the id of a callback, 1 to 1024 characters of base64, as in result.durable.waiting_for',
      ],
    ],
    [
      { action: 'Test Connection', use_proxy: true, proxy_type: 'HTTPS with Credentials', proxy: 'http://p:1' },
      [
        "proxy_credentials: is required when use_proxy is true and proxy_type is HTTPS with Credentials; it takes this: give the proxy's user (without a colon) and password",
      ],
    ],
    [
      { function_name: 'f', action: 'Dance' },
      ['action: must be one of Trigger Lambda Function, List Functions, Test Connection, Send Callback'],
    ],
    [{ function_name: 'f', use_proxy: 'perhaps' }, ['use_proxy: must be true or false']],
    [{ function_name: true }, ['function_name: must be text']],
    [
      { function_name: 'f', region: 'A B', max_attempts: 0 },
      [
        'region: must be the code of an AWS region, such as us-east-1',
        'max_attempts: must be a whole number from 1 to 10',
      ],
    ],
    // Each speaks of its own fault only, once.
    [
      { function_name: 'f', credentials: { user: '\n', token: '\n' } },
      [
        'credentials: give the access key id as user and the secret access key as password, or a reference as from (env:PREFIX, file:PATH or profile:NAME); leave all unset to use the default credential chain',
      ],
    ],
    [
      { function_name: 'f', invocation_type: 'Evnt', log_type: 'Tail' },
      ['invocation_type: must be one of Request Response, Event, Dry Run'],
    ],
  ])('%j', async (fields, faults) => {
    expect(await faultsOf(fields)).toEqual(faults);
  });

  test('a script that is neither text nor JSON', async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const faults = await faultsOf({ function_name: 'f', payload_source: 'Script', payload_script: circle });
    expect(faults).toEqual([`payload_${script.replace('script ', 'script: ')}`]);
  });
});

describe('a field that is not known', () => {
  const said = async (key: string) => (await faultsOf({ function_name: 'f', [key]: 1 })).join('\n');
  const none = (field: string) => `${field}: is not a field of this task; remove it`;
  const near = (field: string, name: string) => `${field}: is not a field of this task; did you mean ${name}?`;

  test.each([
    ['marxxr', near('marxxr', 'marker')],
    ['marxxx', none('marxxx')],
    ['regXYZ', none('regXYZ')],
    ['REGION', near('REGION', 'region')],
    ['wait_for_completion_tXXXXXXXX', near('wait_for_completion_tXXXXXXXX', 'wait_for_completion_timeout')],
    ['wait_for_completXXXXXXXXXXX', none('wait_for_completXXXXXXXXXXX')],
    ['x'.repeat(64), none('x'.repeat(64))],
    ['x'.repeat(65), none(`${'x'.repeat(64)}…`)],
  ])('%s', async (key, sentence) => {
    expect(await said(key)).toBe(sentence);
  });

  test('is named before the others', async () => {
    expect(await faultsOf({ odd_one_out: 1, function_name: 'a b', region: 'A B' })).toEqual([
      none('odd_one_out'),
      expect.stringMatching(/^region: /),
      expect.stringMatching(/^function_name: /),
    ]);
  });
});

describe('the wire', () => {
  const read = (fields: object) => {
    const { fields: all } = parseFields({ function_name: 'f', ...fields });
    return Object.fromEntries(Object.keys(fields).map((name) => [name, Reflect.get(all, name)]));
  };

  test.each<[object, object]>([
    [{ region: ' eu-west-1 ' }, { region: 'eu-west-1' }],
    [{ region: ['eu-west-1'] }, { region: 'eu-west-1' }],
    [{ region: [''] }, { region: undefined }],
    [{ region: [] }, { region: undefined }],
    [{ region: '   ' }, { region: undefined }],
    [{ qualifier: 7 }, { qualifier: '7' }],
    [
      { use_proxy: ' TRUE ', proxy: 'http://p:1' },
      { use_proxy: true, proxy: 'http://p:1' },
    ],
    [{ use_proxy: 'False' }, { use_proxy: false }],
    [{ max_attempts: ' 7 ' }, { max_attempts: 7 }],
    [{ invocation_type: 'request_response' }, { invocation_type: 'Request Response' }],
    [{ invocation_type: ['DRY-RUN'] }, { invocation_type: 'Dry Run' }],
    [{ payload_script: [1] }, { payload_script: '[1]' }],
    [{ payload_script: 7 }, { payload_script: '7' }],
    [{ payload_script: ' {} ' }, { payload_script: ' {} ' }],
    [{ payload_script: false }, { payload_script: 'false' }],
    [{ payload_script: [''] }, { payload_script: undefined }],
    [{ credentials: { user: 'me', password: 'pw', token: '' } }, { credentials: { user: 'me', password: 'pw' } }],
    [{ credentials: { user: '', password: null } }, { credentials: undefined }],
    [{ $schema: './x.json' }, { $schema: undefined }],
  ])('%j', (fields, expected) => {
    expect(read(fields)).toEqual(expected);
  });

  test.each<[object]>([
    [{ max_attempts: '7x' }],
    [{ max_attempts: 'x7' }],
    [{ max_attempts: ''.padEnd(16, '1') }],
    [{ use_proxy: 'yes' }],
    [{ use_proxy: 1 }],
    [{ region: ['a', 'b'] }],
    [{ invocation_type: 7 }],
    [{ credentials: ['me', 'pw'] }],
    [{ credentials: 'me' }],
    [{ credentials: { user: 'me', password: 'pw', strange: 'x' } }],
    [{ 'credentials.strange': 'x' }],
    [{ 'region.user': 'x' }],
    [{ 'x.credentials.user': 'x' }],
    [{ 'credentials.user!': 'x' }],
    [{ '.user': 'x' }],
  ])('%j is not read', async (fields) => {
    expect(await faultsOf({ function_name: 'f', ...fields })).toHaveLength(1);
  });

  const pair = { 'credentials.user': 'me', credentials_password: 'pw' };

  test.each<[object]>([[{ credentials: 7 }], [{ credentials: 7, ...pair }], [{ credentials: true, ...pair }]])(
    '%j are no credentials',
    async (fields) => {
      expect(await faultsOf({ function_name: 'f', ...fields })).toEqual([expect.stringMatching(/^credentials: give /)]);
    },
  );

  test.each([
    '\ncredentials.user',
    'credentials.user!',
    'credentials.strange',
    'region.user',
    'proxy_credentials.token',
  ])('%j is no part of a field', async (key) => {
    const faults = await faultsOf({ function_name: 'f', ...pair, [key]: 'x' });
    expect(faults).toEqual([expect.stringContaining(`${key}: is not a field of this task`)]);
  });

  test('what is unset is not there', () => {
    const { fields } = parseFields({ function_name: 'f', region: '', 'credentials.user': '', credentials_token: null });
    expect(Object.keys(fields)).not.toContain('region');
    expect(Object.keys(fields)).not.toContain('credentials');
  });

  test.each<[object, object]>([
    [
      { 'credentials.user': 'me', credentials_password: 'pw' },
      { user: 'me', password: 'pw' },
    ],
    [
      { 'credentials.user': ['me'], credentials_password: 'pw', 'credentials.token': '' },
      { user: 'me', password: 'pw' },
    ],
    // The nested form is the agent's own, and the flattened keys repeat it.
    [
      { 'credentials.user': 'other', credentials: { user: 'me', password: 'pw' } },
      { user: 'me', password: 'pw' },
    ],
  ])('%j are credentials', (fields, credentials) => {
    expect(parseFields({ function_name: 'f', ...fields }).fields.credentials).toEqual(credentials);
  });
});
