import { describe, expect, test } from '@jest/globals';
import validate from '../../extension/task/validate.gen.js';
import { assertValid } from '../support/schemas.ts';

/** What editors make of the published schema, and tasks of the validator that is derived from it. */
const judges: readonly [string, (fields: object) => boolean][] = [
  ['the published schema', isValid],
  ['the validator of a task', (fields) => validate(structuredClone(fields))],
];

function isValid(fields: object): boolean {
  try {
    assertValid('fields', fields);
    return true;
  } catch {
    return false;
  }
}

const keys = { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' };

describe.each(judges)('%s', (_name, accepts) => {
  test.each([
    keys,
    { ...keys, token: 'SESSION' },
    { from: 'env:ORDERS' },
    { from: 'env:_orders_2' },
    { from: 'file:/run/secrets/orders keys.json' },
    { from: 'profile:orders prod' },
  ])('takes credentials of the form %j', (credentials) => {
    expect(accepts({ function_name: 'hello', credentials })).toBe(true);
  });

  test.each([
    {},
    { user: keys.user },
    { password: keys.password },
    { token: 'SESSION' },
    { from: 'ORDERS' },
    { from: 'env:' },
    { from: 'env:2ORDERS' },
    { from: 'env:ORDERS-PROD' },
    { from: 'file:' },
    { from: 'file:a\nb' },
    { from: 'profile:' },
    { from: 'ENV:ORDERS' },
    { from: 7 },
    { from: 'env:ORDERS', token: 'SESSION' },
    { from: 'env:ORDERS', user: keys.user },
    { from: 'env:ORDERS', ...keys },
  ])('refuses credentials of the form %j', (credentials) => {
    expect(accepts({ function_name: 'hello', credentials })).toBe(false);
  });

  test('takes no reference for the proxy', () => {
    const proxied = { function_name: 'hello', use_proxy: true, proxy: 'http://proxy:3128' };
    expect(accepts({ ...proxied, proxy_credentials: { user: 'me', password: 'pw' } })).toBe(true);
    expect(accepts({ ...proxied, proxy_credentials: { from: 'env:PROXY' } })).toBe(false);
  });

  test('takes the name of a schema, and no other field that it does not know', () => {
    const fields = { function_name: 'hello', $schema: './fields.schema.json' };
    expect(accepts(fields)).toBe(true);
    expect(accepts({ ...fields, $schema: 7 })).toBe(false);
    expect(accepts({ ...fields, schema: 'x' })).toBe(false);
  });

  test('takes a wait of 1 to 1800 seconds', () => {
    const wait = (seconds: number) => accepts({ function_name: 'hello', wait_for_completion_timeout: seconds });
    expect([0, 1, 1800, 1801].map(wait)).toEqual([false, true, true, false]);
  });
});
