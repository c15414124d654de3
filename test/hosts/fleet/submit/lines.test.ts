import { describe, expect, test } from '@jest/globals';
import { compactJson } from '../../../../extension/hosts/fleet/reports/compact.ts';
import { nextTimes } from '../../../../extension/hosts/fleet/schedule/recurrence.ts';
import { type Line, linesOf } from '../../../../extension/hosts/fleet/submit/lines.ts';
import { batchProgress } from '../../../../extension/hosts/fleet/submit/progress.ts';
import { startTime } from '../../../../extension/hosts/fleet/submit/start-time.ts';
import { random } from '../../../support/random.ts';

async function read(bytes: Buffer, sizes: () => number, limit = 20): Promise<Line[]> {
  async function* chunks() {
    for (let start = 0; start < bytes.length; ) {
      const end = start + Math.max(1, sizes());
      const chunk = Buffer.from(bytes.subarray(start, end));
      yield chunk;
      chunk.fill(0); // a stream may use its memory again
      start = end;
    }
  }
  const lines: Line[] = [];
  for await (const line of linesOf(chunks(), limit)) lines.push(line);
  return lines;
}

describe('lines', () => {
  test.each([
    ['', []],
    ['\n\n', []],
    ['{"a":1}', ['1 {"a":1}']],
    ['1\r\n2\n\n 3 \n', ['1 1', '2 2', '4  3 ']],
    ['\ufeff7\n\ufeff', ['1 7', '2 \ufeff']],
    [`${'x'.repeat(20)}\n${'x'.repeat(21)}\nz`, [`1 ${'x'.repeat(20)}`, '2 has more than the 20 bytes', '3 z']],
    [Buffer.from([0x31, 0x0a, 0xff, 0x0a, 0x32]), ['1 1', '2 must be JSON in UTF-8', '3 2']],
  ])('%j', async (input, expected) => {
    const bytes = typeof input === 'string' ? Buffer.from(input) : input;
    const chance = random(7);
    for (let round = 0; round < 20; round += 1) {
      const lines = await read(bytes, () => chance.number(9));
      expect(lines).toHaveLength(expected.length);
      for (const [index, { number, text, fault }] of lines.entries()) {
        expect(`${number} ${text ?? fault}`).toContain(expected[index]);
      }
    }
  });
});

test('of what never ends, such as /dev/zero, no more than 64 MB are read', async () => {
  let read = 0;
  async function* zeros() {
    for (const chunk = Buffer.alloc(2 ** 20); ; read += chunk.length) yield chunk;
  }
  const lines: Line[] = [];
  for await (const line of linesOf(zeros(), 20)) lines.push(line);
  expect(lines).toEqual([{ number: 1, text: null, fault: expect.stringContaining('more than the 20 bytes') }]);
  expect(read).toBe(64 * 2 ** 20);
});

test('compact JSON keeps every digit, key and escape', () => {
  const text = '{\n  "a": [1.0, 1e400, -0 ,"x  \\" y"],\n  "a": null ,\t"b" : { }\n}\n';
  expect(compactJson(text)).toBe('{"a":[1.0,1e400,-0,"x  \\" y"],"a":null,"b":{}}');
});

describe('a start', () => {
  const now = Date.parse('2027-01-01T00:00:00Z');
  test.each([
    ['90s', '2027-01-01T00:01:30.000Z'],
    ['2h', '2027-01-01T02:00:00.000Z'],
    ['1d', '2027-01-02T00:00:00.000Z'],
    ['2027-01-31T06:00:00+01:00', '2027-01-31T05:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(startTime(text, now).toISOString()).toBe(expected);
  });
  test.each(['', 'soon', '5', '-5m', '2027-13-01T00:00:00Z', '2027-01-31', '400d'])('%s is refused', (text) => {
    expect(() => startTime(text, now)).toThrow('--start-after');
  });
});

describe('a recurrence', () => {
  const from = new Date('2027-03-27T12:00:00Z');
  const times = (expression: string, zone: string, count = 2) =>
    nextTimes({ expression, zone }, count, from).map((time) => time.toISOString());
  test('a time that the clock skips runs an hour later', () => {
    expect(times('30 2 * * *', 'Europe/Berlin')).toEqual(['2027-03-28T01:30:00.000Z', '2027-03-29T00:30:00.000Z']);
  });
  test('a rule', () => {
    expect(times('FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0', 'UTC', 1)).toEqual(['2027-04-30T17:00:00.000Z']);
  });
  test.each([
    ['*/20 * * * * *', 'UTC', 'at most once a minute'],
    ['* *', 'UTC', 'has 2 fields and not five'],
    ['61 * * * *', 'UTC', 'this is no schedule'],
    ['FREQ=SOMETIMES', 'UTC', 'this is no schedule'],
    ['0 6 * * *', 'Mars/Phobos', 'time zone'],
  ])('%s in %s is refused', (expression, zone, message) => {
    expect(() => nextTimes({ expression, zone }, 1)).toThrow(message);
  });
});

test('progress: a bar that fits the terminal, with the rate of the last seconds and what is left', () => {
  const written: string[] = [];
  let at = 0;
  const terminal = { isTerminal: true, width: 100, paint: (_style: unknown, text: string) => text };
  const progress = batchProgress({ terminal, isQuiet: false, write: (text) => written.push(text), now: () => at });
  const tally = { all: 1000, waiting: 900, running: 100, completed: 0, failed: 0, cancelled: 0 };
  progress.show(tally);
  at = 2000;
  progress.show({ ...tally, waiting: 700, completed: 190, failed: 10 });
  progress.stop();
  expect(written.at(-2)).toContain('200 of 1,000 done, 10 failed, 100 running, 100 a second, about 8 s left');
  expect(written.at(-2)).toMatch(/█+░+/);
  expect(written.at(-2)?.replace('\r\u001b[2K', '').length).toBeLessThanOrEqual(100);
  expect(written.at(-1)).toBe('\r\u001b[2K');
});
