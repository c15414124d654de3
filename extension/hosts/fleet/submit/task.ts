import { randomUUID } from 'node:crypto';
import { ValidationError } from '../../../errors.ts';
import type { Database } from '../database/database.ts';
import { toJobData } from '../job/data.ts';
import { idOfKey } from '../job/ids.ts';
import type { Keys } from '../job/sealed.ts';
import { insertJobs, type Placing } from './insert.ts';

export interface SubmittedTask {
  readonly id: string;
  /** Whether it was there already, by its key. */
  readonly existed: boolean;
}

/** Submits one task; with a key once, however often it is asked for. Throws ValidationError. */
export async function submitTask(
  db: Database,
  raw: unknown,
  placing: Placing,
  keys: Keys | null,
  key?: string,
): Promise<SubmittedTask> {
  const id = key === undefined ? randomUUID() : idOfKey('task', placing.queue, key);
  const data = toJobData(raw, { group: id, keys });
  const inserted = await insertJobs(db, [{ id, data }], placing);
  if (inserted.length > 0) return { id, existed: false };
  const text = `SELECT data->>'fields' AS fields FROM ${db.schema}.job WHERE name = $1 AND id = $2`;
  const [found] = await db.sql<{ fields: string | null }>(text, [placing.queue, id]);
  if (found?.fields !== data.fields) {
    const message = `was used before for another task, ${id}; give another key for another task`;
    throw new ValidationError([{ field: '--key', message }]);
  }
  return { id, existed: true };
}
