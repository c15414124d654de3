import { expect, test } from '@jest/globals';
import { jsonFault } from '../../extension/formats/parse-json.ts';

const mebibyte = 2 ** 20;

/** Damaged texts, and the column at which each stops being JSON. With a megabyte of text none may take seconds. */
const faults: readonly [string, string, number][] = [
  ['an escape that JSON does not have', `{"a":"${'x'.repeat(mebibyte)}\\q"}`, 6],
  ['the same after many escapes', `{"a":"${'\\n'.repeat(mebibyte)}\\q"}`, 6],
  ['a control character', `{"a":"${'x\\n'.repeat(mebibyte / 2)}\u0001"}`, 6],
  ['a string without an end', `{"a":"${'x'.repeat(mebibyte)}`, 6],
  ['a word after many members', `[${'"a",'.repeat(mebibyte / 4)}x]`, mebibyte + 2],
];

test.each(faults)('%s is found where it is', (_name, text, column) => {
  expect(jsonFault(text)).toBe(`must be valid JSON, but is not at line 1, column ${column}`);
});
