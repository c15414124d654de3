import { ValidationError } from '../../../errors.ts';
import { printable } from '../../../formats/printable.ts';
import { statuses } from '../../../outcome/status.ts';
import { type Flags, type Given, has, textOf } from '../../cli/command.ts';
import { keepOf } from '../../cli/fleet-flags.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { type Fleet, withFleet, withPrepared } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import { ensureQueue } from '../database/queue.ts';
import { type Column, tableOf } from '../reports/table.ts';
import { type Order, orderOf, queueOf } from '../submit/command.ts';
import { nextTimes, type Recurrence } from './recurrence.ts';
import { addSchedule, type Missed, removeSchedule, type ScheduleView, schedulesOf } from './schedules.ts';

/** Runs `schedule add`. */
export function addCommand(given: Given, flags: Flags): Promise<number> {
  const [name = '', ...words] = given.parameters;
  const recurrence = recurrenceOf(given);
  assertName(name);
  nextTimes(recurrence, 1); // before anything else is asked
  const use = async (fleet: Fleet, { request, keys }: Order) => {
    const priority = textOf(given, 'priority');
    const queue = queueOf(given);
    const placing = { queue, ...(priority !== undefined && { priority: Number(priority) }), ...keepOf(given) };
    const missed = (textOf(given, 'missed') ?? 'skip') as Missed;
    await ensureQueue(fleet.db, queue);
    const existed = (await schedulesOf(fleet.db, queue)).some((schedule) => schedule.name === name);
    const first = await addSchedule(fleet.db, { ...recurrence, name, missed, placing, keys }, request);
    const json = { name, queue, existed, ...recurrence, missed, next: first.toISOString() };
    await print(fleet.isJson ? `${JSON.stringify(json)}\n` : `${name}\n`);
    fleet.say(`${existed ? 'Changed' : 'Added'}; the next run is at ${timeIn(first, recurrence.zone)}`);
    return 0;
  };
  return withPrepared(given, (commandLine) => orderOf({ ...given, parameters: words }, flags, commandLine), use);
}

function recurrenceOf(given: Given): Recurrence {
  const expression = textOf(given, 'cron') ?? textOf(given, 'rrule');
  if (expression === undefined) throw new UsageError('give --cron or --rrule');
  return { expression, zone: textOf(given, 'time-zone') ?? 'UTC' };
}

function assertName(name: string): void {
  if (/^[A-Za-z0-9_.-]{1,100}$/.test(name)) return;
  throw new UsageError('the name of a schedule has letters, digits, _, . and - only, at most 100');
}

/** Runs `schedule list`. */
export function listCommand(given: Given): Promise<number> {
  return withFleet(given, async ({ db, out, isJson, say }) => {
    const schedules = await schedulesOf(db, textOf(given, 'queue'));
    if (isJson) await print(schedules.map((schedule) => `${JSON.stringify(schedule)}\n`).join(''));
    else if (schedules.length === 0) say('No schedule');
    else await print(tableOf(schedules, columns, out));
    return 0;
  });
}

const text = (value: string | null) => (value === null || value === '' ? '-' : printable(value));

const columns: readonly Column<ScheduleView>[] = [
  { title: 'NAME', of: ({ name }) => text(name), least: 12 },
  { title: 'QUEUE', of: ({ queue }) => text(queue), least: 6 },
  { title: 'WHEN', of: ({ expression }) => text(expression), least: 12 },
  { title: 'ZONE', of: ({ zone }) => text(zone), least: 8 },
  { title: 'MISSED', of: ({ missed }) => missed },
  { title: 'NEXT', of: ({ next }) => text(next) },
  { title: 'SUBMITS', of: (row) => text(row.problem ?? row.function ?? row.submits), least: 12 },
];

/** Runs `schedule remove`. */
export function removeCommand(given: Given): Promise<number> {
  const [name = ''] = given.parameters;
  return withFleet(given, async ({ db, say }) => {
    if (await removeSchedule(db, name, textOf(given, 'queue'))) {
      say(`${name} is removed; what it has submitted stays`);
      return 0;
    }
    process.stderr.write(`ue-aws-lambda: there is no schedule ${printable(name)}\n`);
    return statuses.FAIL.exitCode;
  });
}

/** Runs `schedule preview`, which needs no database. */
export async function previewCommand(given: Given): Promise<number> {
  const recurrence = recurrenceOf(given);
  const times = nextTimes(recurrence, Number(textOf(given, 'count') ?? 5));
  const lines = times.map((time) =>
    has(given, 'json') ? JSON.stringify(time.toISOString()) : `${time.toISOString()}\t${timeIn(time, recurrence.zone)}`,
  );
  await print(lines.map((line) => `${line}\n`).join(''));
  if (times.length === 0)
    throw new ValidationError([{ field: null, message: 'there is no time that is still to come' }]);
  return 0;
}

/** For people: the day, the time and its zone. */
function timeIn(time: Date, zone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long', timeZone: zone });
  return format.format(time);
}
