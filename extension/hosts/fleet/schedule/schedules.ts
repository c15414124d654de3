import type { Schedule } from 'pg-boss';
import { ValidationError } from '../../../errors.ts';
import type { Database } from '../database/database.ts';
import { checkFlow } from '../flow/submit.ts';
import { readData, toJobData } from '../job/data.ts';
import { derived } from '../job/ids.ts';
import type { JobData } from '../job/job.ts';
import type { Keys } from '../job/sealed.ts';
import type { Placing } from '../submit/insert.ts';
import { nextTimes, type Recurrence } from './recurrence.ts';

export type Missed = 'skip' | 'once';

export interface NewSchedule extends Recurrence {
  readonly name: string;
  readonly missed: Missed;
  readonly placing: Omit<Placing, 'startAfter'>;
  readonly keys: Keys | null;
}

/** What a schedule submits each time. */
export type Scheduled =
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'flow'; readonly text: string; readonly path: string };

/** Adds a schedule, or changes the one of that name. Returns the time of its first run. */
export async function addSchedule(db: Database, schedule: NewSchedule, what: Scheduled): Promise<Date> {
  const { name, expression, zone, missed, placing } = schedule;
  const [first] = nextTimes(schedule, 1);
  if (first === undefined)
    throw new ValidationError([{ field: '--rrule', message: 'has no time that is still to come' }]);
  const { queue, ...options } = placing;
  await db.boss.schedule(queue, expression, dataOf(schedule, what), { ...options, key: name, tz: zone, missed });
  return first;
}

function dataOf({ name, placing, keys }: NewSchedule, what: Scheduled): JobData {
  const group = scheduleGroup(placing.queue, name);
  if (what.kind === 'fields') {
    if ('durable_execution_name' in what.fields) throw new ValidationError([sameName]);
    return toJobData(what.fields, { group, label: name, keys });
  }
  if (what.text.includes('\0') || !what.text.isWellFormed()) {
    throw new ValidationError([{ field: null, message: 'the flow file has U+0000 or half of a surrogate pair' }]);
  }
  checkFlow(what.text, { path: what.path, keys });
  return { form: 1, fields: '{}', function: null, group, label: name, submits: what.text };
}

const sameName = {
  field: 'durable_execution_name',
  message: 'would be the same for every run, and AWS starts one execution of a name; leave it out, each task makes one',
};

/** What the tasks of a schedule share. */
function scheduleGroup(queue: string, name: string): string {
  return derived(`schedule\n${queue}\n${name}`);
}

export interface ScheduleView {
  readonly name: string;
  readonly queue: string;
  readonly expression: string;
  readonly zone: string;
  readonly missed: Missed;
  /** Null for one that submits a flow, and for one of another program. */
  readonly function: string | null;
  readonly submits: 'task' | 'flow' | null;
  readonly next: string | null;
  readonly last_task: string | null;
  readonly problem: string | null;
}

export async function schedulesOf({ boss }: Database, queue?: string): Promise<readonly ScheduleView[]> {
  const found = await boss.getSchedules(queue);
  return [...found].map(viewOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function viewOf({ name: queue, key, cron, timezone, data, options, lastJobId }: Schedule): ScheduleView {
  const read = readData(data);
  const own = read.kind === 'job' ? read.data : null;
  const { next, problem } = nextOf({ expression: cron, zone: timezone });
  return {
    ...{ name: key, queue, expression: cron, zone: timezone },
    missed: options?.missed === 'once' ? 'once' : 'skip',
    function: own?.function ?? null,
    submits: own === null ? null : own.submits === undefined ? 'task' : 'flow',
    next,
    last_task: lastJobId,
    problem: own === null ? 'not a schedule of this program' : problem,
  };
}

function nextOf(recurrence: Recurrence): { readonly next: string | null; readonly problem: string | null } {
  try {
    return { next: nextTimes(recurrence, 1)[0]?.toISOString() ?? null, problem: null };
  } catch (error) {
    return { next: null, problem: (error as Error).message };
  }
}

/** Whether there was one. */
export async function removeSchedule(db: Database, name: string, queue?: string): Promise<boolean> {
  const found = (await schedulesOf(db, queue)).filter((schedule) => schedule.name === name);
  for (const schedule of found) await db.boss.unschedule(schedule.queue, name);
  return found.length > 0;
}
