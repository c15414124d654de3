import { expect, test } from '@jest/globals';
import { parseDocument } from '../../extension/task/document.ts';

const scripts: readonly [string, unknown][] = [
  ['{"payload_script":12345678901234567890.0}', '12345678901234567890.0'],
  ['{"payload_script" : {"a":1, "a":2} , "region":"x"}', '{"a":1, "a":2}'],
  ['{"region":"x","payload_script":[1 ,2]}', '[1 ,2]'],
  ['{"payload_script":[7.0]}', '[7.0]'],
  ['{"payload_script":[""]}', ['']],
  ['{"payload_script":["",""]}', '["",""]'],
  ['{"payload_script":[]}', []],
  ['{"payload_script":[null]}', [null]],
  ['{"payload_script":null}', null],
  ['{"payload_script":true}', 'true'],
  ['{"payload_script":"{}"}', '{}'],
  // The last of two members with one name counts, and what is within another value does not.
  ['{"payload_script":1,"payload_script":2.0}', '2.0'],
  [
    '{"payload_script":{"payload_script":3},"x":{"payload_script":4},"y":[5,{"payload_script":6}]}',
    '{"payload_script":3}',
  ],
  ['{"x":"a\\"},:{[","payload_script":{"b":"}\\\\"}}', '{"b":"}\\\\"}'],
  ['{"":"","payload_script":{"":"","c":[]}}', '{"":"","c":[]}'],
  ['{"payload\\u005fscript":1.0}', '1.0'],
  ['{"payload_script":\n{\n"s":"a b"\n}\n}', '{\n"s":"a b"\n}'],
];

test.each(scripts)('%s', (text, script) => {
  const parsed = parseDocument(text);
  expect('value' in parsed && Reflect.get(parsed.value as object, 'payload_script')).toEqual(script);
});

test('every script has its own text, and the other fields their values', () => {
  const text = '{"max_items":7,"payload_script":1.0,"client_context_script":{"a":1.0},"callback_payload":[1,2]}';
  expect(parseDocument(text)).toEqual({
    value: { max_items: 7, payload_script: '1.0', client_context_script: '{"a":1.0}', callback_payload: '[1,2]' },
  });
});

test.each(['[1]', 'null', '7', '"x"', '{"region":{"a":1}}', '[{"payload_script":1}]'])('%s stays as it is', (text) => {
  expect(parseDocument(text)).toEqual({ value: JSON.parse(text) });
});

test('what is no JSON has its fault', () => {
  expect(parseDocument('{"a"')).toEqual({ fault: 'must be valid JSON, but ends too early' });
});
