import { expect, test } from '@jest/globals';
import { UsageError } from '../../../../extension/hosts/cli/usage-error.ts';
import { nextTimes } from '../../../../extension/hosts/fleet/schedule/recurrence.ts';

const from = new Date('2026-03-01T00:00:00Z');

test.each([
  ['0 6 * * *', 'UTC', ['2026-03-01T06:00:00.000Z', '2026-03-02T06:00:00.000Z']],
  // The clock goes from 2 to 3 on 29 March: what it skips runs an hour later.
  ['30 2 28-30 3 *', 'Europe/Berlin', ['2026-03-28T01:30:00.000Z', '2026-03-29T01:30:00.000Z']],
  ['FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0', 'UTC', ['2026-03-27T17:00:00.000Z', '2026-04-24T17:00:00.000Z']],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 'UTC', ['2028-02-29T00:00:00.000Z', '2032-02-29T00:00:00.000Z']],
  ['FREQ=DAILY;UNTIL=20200101T000000Z', 'UTC', []],
])('%s in %s', (expression, zone, times) => {
  expect(nextTimes({ expression, zone }, 2, from).map((time) => time.toISOString())).toEqual(times);
});

test.each([
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'UTC', /no time fits all parts/],
  ['FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31', 'UTC', /no time fits all parts/],
  ['FREQ=DAILY;COUNT=3', 'UTC', /DTSTART/],
  ['FREQ=DAILY;BYHOUR=25', 'UTC', /BYHOUR=25/],
  ['0 0 6 * * *', 'UTC', /six fields/],
  ['6 * * *', 'UTC', /4 fields and not five/],
  ['61 6 * * *', 'UTC', /this is no schedule/],
  ['0 6 * * *', 'Mars/X', /this is no schedule/],
])('%s in %s is refused', (expression, zone, message) => {
  const preview = () => nextTimes({ expression, zone }, 2, from);
  expect(preview).toThrow(UsageError);
  expect(preview).toThrow(message);
});
