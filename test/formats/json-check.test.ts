import { isUtf8 } from 'node:buffer';
import { describe, expect, test } from '@jest/globals';
import { JsonCheck } from '../../extension/formats/json-check.ts';

/** What the check says of bytes that come in pieces of the given sizes, over and over. */
function judged(bytes: Uint8Array, sizes: readonly number[]): boolean {
  const check = new JsonCheck();
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] as number;
    check.write(bytes.subarray(start, start + size));
    start += size;
  }
  return check.end();
}

function parses(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  try {
    JSON.parse(Buffer.from(bytes).toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The same numbers in every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const atoms = [
  '0',
  '-0',
  '12',
  '-3.25',
  '1e9',
  '2E-07',
  '0.1e+3',
  'true',
  'false',
  'null',
  '""',
  '"ä€😀"',
  '"\\u00fF\\n"',
];

function randomJson(random: (below: number) => number, depth: number): string {
  const kind = depth === 0 ? 0 : random(3);
  if (kind === 0) return atoms[random(atoms.length)] as string;
  const blank = () => ['', ' ', '\n\t', '\r'][random(4)] as string;
  const parts = Array.from({ length: random(4) }, () => `${blank()}${randomJson(random, depth - 1)}${blank()}`);
  if (kind === 1) return `[${parts.join(',') || blank()}]`;
  return `{${parts.map((part, index) => `${blank()}"k${index}"${blank()}:${part}`).join(',') || blank()}}`;
}

const splits = [[1], [2, 3, 1], [7], [1 << 20]];

describe('JsonCheck agrees with JSON.parse', () => {
  test('on random texts, whole and with a byte changed, added or left out', () => {
    const random = randomOf(7);
    const odd = Buffer.from('{}[],:"\\ue+-.0919 tfnul\n\0\x1f\x80\xc3\xff', 'latin1');
    const seen = { json: 0, none: 0 };
    for (let round = 0; round < 6000; round += 1) {
      let bytes = Buffer.from(randomJson(random, 4));
      const at = random(bytes.length + 1);
      const byte = odd[random(odd.length)] as number;
      const change = random(4);
      if (change === 1) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)]);
      if (change === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      if (change === 3 && at < bytes.length) bytes[at] = byte;
      const expected = parses(bytes);
      seen[expected ? 'json' : 'none'] += 1;
      for (const sizes of splits) {
        if (judged(bytes, sizes) !== expected) throw new Error(`${JSON.stringify(bytes.toString('latin1'))}, ${sizes}`);
      }
    }
    expect(Math.min(seen.json, seen.none)).toBeGreaterThan(1000);
  });

  test.each([
    '',
    ' ',
    '{}{}',
    '1 2',
    '01',
    '-',
    '1.',
    '1.e3',
    '.5',
    '1e',
    '1e+',
    '+1',
    '[1,]',
    '[,1]',
    '{"a":1,}',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '[1}',
    '{"a":1]',
    ']',
    'tru',
    'truex',
    'nul',
    'NaN',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12',
    '"a\nb"',
    '"open',
    '\uFEFF{}',
    '\u00a01',
    '/**/1',
    '"\ud7ff"',
    '"\\ud800"',
    '{"a":{"b":[]}}\n',
    '"\u2028"',
    '-0',
    '9'.repeat(400),
  ])('on %j', (text) => {
    const bytes = Buffer.from(text);
    for (const sizes of splits) expect(judged(bytes, sizes)).toBe(parses(bytes));
  });

  test.each(['22c328 22', '22 80 22', '22 e282 22', '22 f09f98', '22 ed a0 80 22', 'c3'])('on the bytes %s', (hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    for (const sizes of splits) expect(judged(bytes, sizes)).toBe(false);
  });
});

test('nesting is judged to a depth of 1,048,576, and no deeper', () => {
  const nested = (depth: number) => Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  expect(judged(nested(2 ** 20), [1000])).toBe(true);
  expect(judged(nested(2 ** 20 + 1), [1000])).toBe(false);
});
