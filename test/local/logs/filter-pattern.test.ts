import { expect, test } from '@jest/globals';
import { parseFilterPattern } from '../../../local/logs/filter-pattern.ts';

const JSON_EVENT = '{"level":"ERROR","ms":12.5,"ok":false,"none":null,"record":{"requestId":"a-1"},"list":["x","y"]}';

test.each([
  ['', 'anything', true],
  ['ERROR', '[ERROR] gone', true],
  ['error', '[ERROR] gone', false],
  ['"a-1"', 'id a-1 b', true],
  ['"a-1" gone', 'id a-1 b', false],
  ['ERROR gone', 'gone: ERROR', true],
  ['?ERROR ?WARN', 'a WARN', true],
  ['?ERROR ?WARN', 'an INFO', false],
  ['ERROR -gone', 'ERROR gone', false],
  ['"say \\"no\\""', 'they say "no"', true],
  ['%a-\\d+%', 'id a-17', true],
  ['{ $.level = "ERROR" }', JSON_EVENT, true],
  ['{ $.level = "ERR*" }', JSON_EVENT, true],
  ['{ $.level = ERROR }', JSON_EVENT, true],
  ['{ $.level != "ERROR" }', JSON_EVENT, false],
  ['{ $.ms > 12 }', JSON_EVENT, true],
  ['{ $.ms >= 13 }', JSON_EVENT, false],
  ['{ $.ms = 12.5 }', JSON_EVENT, true],
  ['{ $.ok IS FALSE }', JSON_EVENT, true],
  ['{ $.none IS NULL }', JSON_EVENT, true],
  ['{ $.nothing NOT EXISTS }', JSON_EVENT, true],
  ['{ $.list[1] = "y" }', JSON_EVENT, true],
  ['{ ($.requestId = "a-1") || ($.record.requestId = "a-1") }', JSON_EVENT, true],
  ['{ ($.level = "ERROR") && ($.record.requestId = "b") }', JSON_EVENT, false],
  ['{ $.level = "ERROR" }', 'no JSON with ERROR', false],
])('%s on %s: %s', (pattern, message, expected) => {
  expect(parseFilterPattern(pattern)(message)).toBe(expected);
});

test.each(['a-b', '"open', '[a, b]', '{ $.a', '{ a = 1 }', '{ $.a ~ 1 }', '{ $.a = 1 } more', '%(%'])(
  '%s is refused',
  (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow();
  },
);
