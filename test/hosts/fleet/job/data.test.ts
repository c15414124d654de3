import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ValidationError } from '../../../../extension/errors.ts';
import { readData, toFields, toJobData } from '../../../../extension/hosts/fleet/job/data.ts';
import { keyVariable, loadKeys, parseKeys } from '../../../../extension/hosts/fleet/job/sealed.ts';
import { readFile } from '../../../../extension/hosts/process/read-file.ts';
import { toFailure } from '../../../../extension/outcome/failure.ts';
import { parseDocument } from '../../../../extension/task/document.ts';

const key = () => randomBytes(32).toString('base64');
const group = '00000000-0000-4000-8000-000000000001';
const secret = { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' };

function violations(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('fields come back as they were, with every digit, key and character of a payload', () => {
  const payload = '{"a":1,"a":2,"n":12345678901234567890.00,"s":"\\u0000\\ud800"}';
  const text = `{"function_name":"order","region":"eu-west-1","payload_source":"Script","payload_script":${payload}}`;
  const parsed = parseDocument(text);
  const data = toJobData('value' in parsed && parsed.value, { group });
  expect(data).toMatchObject({ form: 1, function: 'order', group, label: null });
  const wire = JSON.stringify(data);
  expect(wire.replaceAll('\\\\', '')).not.toContain('\\u');
  const back = readData(JSON.parse(wire));
  if (back.kind !== 'job') throw new Error(back.kind);
  expect(toFields(back.data, null)).toEqual({
    ...{ function_name: 'order', region: 'eu-west-1' },
    ...{ payload_source: 'Script', payload_script: payload },
  });
});

test('every violation is told at once, with those of a fleet', () => {
  const fields = {
    ...{ function_name: 'a b', region: 'Mars', credentials: secret, payload_source: 'File', payload_file: 'data.json' },
    ...{ proxy_credentials: secret, response_file: './out', log_file: '~/log', fucntion_name: 'x' },
  };
  const found = violations(() => toJobData(fields, { group }));
  const named = found.map((line) => line.split(':')[0]);
  expect(named).toEqual(
    expect.arrayContaining(
      ['function_name', 'region', 'fucntion_name', 'payload_file', 'response_file', 'log_file'].concat([
        ...['credentials', 'proxy_credentials'],
      ]),
    ),
  );
  expect(found.join('\n')).not.toMatch(/EXAMPLE/);
  expect(found.join('\n')).toContain('from (env:PREFIX');
});

describe('a path', () => {
  const task = { function_name: 'order', region: 'eu-west-1' };
  test.each([
    ['payload_file', { payload_source: 'File', payload_file: 'p.json' }],
    ['response_file', { response_file: 'out.json' }],
    ['credentials', { credentials: { from: 'file:keys.json' } }],
    ['proxy_ca_bundle_file', { proxy_ca_bundle_file: '../ca.pem' }],
  ])('%s must be absolute', (field, fields) => {
    expect(violations(() => toJobData({ ...task, ...fields }, { group }))).toEqual([
      `${field}: must be an absolute path, since the worker that runs the task opens it`,
    ]);
  });
  test.each(['/tmp/out.json', 'C:\\out.json', '\\\\server\\share\\x'])('%s is one', (path) => {
    expect(violations(() => toJobData({ ...task, response_file: path }, { group }))).toEqual([]);
  });
});

describe('secrets', () => {
  const fields = { function_name: 'order', region: 'eu-west-1', credentials: { ...secret, token: 'T0KEN' } };
  const keys = parseKeys(key(), 'test');
  const data = toJobData(fields, { group, keys });

  test('a reference is stored as it is', () => {
    const { sealed, fields: text } = toJobData({ ...fields, credentials: { from: 'env:PROD' } }, { group, keys });
    expect([sealed, text]).toEqual([undefined, expect.stringContaining('env:PROD')]);
  });

  test('are encrypted and come back', () => {
    expect(JSON.stringify(data)).not.toMatch(/EXAMPLE|T0KEN/);
    expect(data.sealed).toMatch(new RegExp(`^1\\.${keys.current}\\.`));
    expect(toFields(data, keys)).toEqual(fields);
  });

  test('a new key goes first, and an old one still decrypts', () => {
    const text = key();
    const before = toJobData(fields, { group, keys: parseKeys(text, 'test') });
    const rotated = parseKeys(`# new\n${randomBytes(32).toString('hex')}\n# old\n${text}\n`, 'test');
    expect(toFields(before, rotated)).toEqual(fields);
    expect(toJobData(fields, { group, keys: rotated }).sealed).toMatch(new RegExp(`^1\\.${rotated.current}\\.`));
  });

  test.each([
    ['no key', null, /this worker has no key; [0-9a-f]{12} is needed/],
    [
      'another key',
      parseKeys(key(), 'test'),
      /encrypted with key [0-9a-f]{12}, and this worker has only [0-9a-f]{12};/,
    ],
  ])('%s: the task is not started, and says why', (_name, wrong, message) => {
    let outcome = null;
    try {
      toFields(data, wrong);
    } catch (error) {
      outcome = toFailure(error);
    }
    expect(outcome).toMatchObject({ status: 'DATA_VALIDATION_ERROR', execution: 'not_started' });
    expect(outcome?.errors?.[0]?.message).toMatch(message);
  });

  test('fields that were changed, so that the secrets would go elsewhere, are refused', () => {
    const elsewhere = { ...data, fields: data.fields.replace('eu-west-1', 'eu-west-2') };
    expect(violations(() => toFields(elsewhere, keys))[0]).toContain('were changed');
    const damaged = { ...data, sealed: `${data.sealed?.slice(0, -2)}AA` };
    expect(violations(() => toFields(damaged, keys))[0]).toContain('were changed');
    expect(violations(() => toFields({ ...data, sealed: '2.x' }, keys))[0]).toContain('not in a form');
    expect(violations(() => toFields({ ...data, sealed: `1.${keys.current}.AA` }, keys))[0]).toContain('were changed');
  });

  test('keys come from a file or the environment', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'keys-')), 'key');
    const text = key();
    writeFileSync(path, `${text}\n`);
    const fromFile = await loadKeys(path, {}, readFile);
    const fromVariable = await loadKeys(undefined, { [keyVariable]: text }, readFile);
    expect(fromFile?.current).toBe(fromVariable?.current);
    expect(await loadKeys(undefined, {}, readFile)).toBeNull();
    await expect(loadKeys(`${path}x`, {}, readFile)).rejects.toThrow(/key file .*keyx/);
    await expect(loadKeys(undefined, { [keyVariable]: 'short' }, readFile)).rejects.toThrow(
      `key 1 of the variable ${keyVariable} is not 32 bytes in base64 or hexadecimal; make one by: openssl rand -base64 32`,
    );
    expect(JSON.stringify([...(fromFile?.byId.values() ?? [])])).not.toContain(text);
  });
});

describe('data that is not ours', () => {
  const ours = toJobData({ function_name: 'order', region: 'eu-west-1' }, { group });
  test.each([
    ['null', null, 'foreign'],
    ['another program', { url: 'x' }, 'foreign'],
    ['a later form', { ...ours, form: 2 }, 'later'],
    ['fields that are no text', { ...ours, fields: {} }, 'foreign'],
    ['no group', { ...ours, group: null }, 'foreign'],
    ['a flow that is none', { ...ours, flow: { name: 'x' } }, 'foreign'],
    ['ours', ours, 'job'],
  ])('%s', (_name, value, kind) => {
    expect(readData(value).kind).toBe(kind);
  });

  test('damaged fields are said to be', () => {
    expect(violations(() => toFields({ ...ours, fields: '{' }, null))).toEqual([
      'the fields of the job are damaged; submit it again',
    ]);
  });
});
