import { PgBoss } from 'pg-boss';
import { UsageError } from '../../cli/usage-error.ts';

/** When a schedule runs: a cron expression or a recurrence rule, in a time zone. */
export interface Recurrence {
  readonly expression: string;
  readonly zone: string;
}

/**
 * The next times of a recurrence, as the engine reckons them. Throws UsageError for what the engine refuses, and for a cron
 * of six fields, which it takes and runs once a minute.
 */
export function nextTimes({ expression, zone }: Recurrence, count: number, from = new Date()): readonly Date[] {
  const isRule = /(^|\n)\s*(DTSTART|RRULE|FREQ)\b/i.test(expression);
  const fields = expression.trim().split(/\s+/).length;
  if (!isRule && fields === 6) {
    throw new UsageError(
      `the cron expression has six fields, and so one for seconds: a schedule runs at most once a minute; leave the first out`,
    );
  }
  if (!isRule && fields !== 5 && !/^@[a-z]+$/i.test(expression.trim())) {
    throw new UsageError(
      `the cron expression has ${fields} fields and not five: minute, hour, day of the month, month, day of the week`,
    );
  }
  try {
    return engine().previewSchedule(expression, { tz: zone, from, count });
  } catch (error) {
    const { message } = error as Error;
    // So the engine says that it has searched in vain.
    const reason = /maximum iterations/i.test(message) ? 'no time fits all parts of the rule' : message;
    throw new UsageError(`this is no schedule: ${reason}`);
  }
}

/** It reckons without a database. */
function engine(): PgBoss {
  boss ??= new PgBoss({ db: { executeSql: async () => ({ rows: [] }) } });
  return boss;
}

let boss: PgBoss | undefined;
