import { expect, test } from '@jest/globals';
import { printable } from '../../extension/formats/printable.ts';

test.each([
  ['plain ASCII, ümläut, 日本語, 😀 and a \\ stay', 'plain ASCII, ümläut, 日本語, 😀 and a \\ stay'],
  ['\u0000 \u0007 \t \r \n \u001b[31m', '\\u0000 \\u0007   \\u000d   \\u001b[31m'],
  ['\u007f \u0080 \u0085 \u009b2J', '\\u007f \\u0080 \\u0085 \\u009b2J'],
  ['\u2028 \u2029', '\\u2028 \\u2029'],
  ['\u202a\u202b\u202c\u202d\u202e', '\\u202a\\u202b\\u202c\\u202d\\u202e'],
  ['\u2066\u2067\u2068\u2069', '\\u2066\\u2067\\u2068\\u2069'],
  ['a ##[error]b', 'a #\\u0023[error]b'],
  ['###[x] ##vso[task.x] ##teamcity[y]', '##\\u0023[x] #\\u0023vso[task.x] #\\u0023teamcity[y]'],
  ['## heading, #1 and a[0]', '## heading, #1 and a[0]'],
])('%j', (text, expected) => expect(printable(text)).toBe(expected));

test('takes no longer for a hostile text', () => {
  expect(printable('##a'.repeat(1_000_000))).toHaveLength(3_000_000);
});
