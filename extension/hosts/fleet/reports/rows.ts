import type { Database, Row } from '../database/database.ts';
import { isBatchId, rangeOf, repeatsOf } from '../job/ids.ts';
import type { JobState } from '../job/job.ts';

/** A row of the queue, which need not be ours; in a page without what can be large: the fields and the document. */
export interface JobRow extends Row {
  readonly id: string;
  readonly queue: string;
  readonly state: JobState;
  readonly data: unknown;
  readonly output: unknown;
  /** Whether nothing is left out of data and output. */
  readonly isWhole?: boolean;
  /** Characters of the fields and the document. */
  readonly size: number;
  readonly blocked: boolean;
  readonly priority: number;
  readonly claims: number;
  readonly created: Date;
  readonly start: Date;
  readonly started: Date | null;
  readonly ended: Date | null;
  /** The last sign of life of the worker that has it. */
  readonly heartbeat: Date | null;
  /** By the clock of the database. */
  readonly now: Date;
}

/** Which jobs are meant. */
export interface Selection {
  readonly queues: readonly string[];
  /** The id of a batch or of a job; all jobs when absent. */
  readonly id?: string | undefined;
  readonly where?: readonly Condition[];
}

/** A condition on `j`, where $ is each of its values in turn. */
export interface Condition {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The queues that may hold tasks: those of the engine hold none. */
export async function queuesOf({ boss, sql, schema }: Database, name?: string): Promise<readonly string[]> {
  if (name !== undefined) return (await boss.getQueue(name)) === null ? [] : [name];
  const rows = await sql<{ name: string }>(`SELECT name FROM ${schema}.queue ORDER BY name`);
  return rows.map((row) => row.name).filter((queue) => !queue.startsWith('__pgboss__'));
}

/** A task of a batch that was repeated is told by its repetition. The ids of repetitions are the last of the range. */
const notRepeated = (schema: string) => `j.id::text NOT IN (
  SELECT r.data->>'repeats' FROM ${schema}.job r
  WHERE r.name = ANY($1) AND r.id BETWEEN $::uuid AND $::uuid AND r.data->>'repeats' IS NOT NULL)`;

/** The WHERE of a selection, and its values. */
export function whereOf(schema: string, { queues, id, where = [] }: Selection): Condition {
  const values: unknown[] = [queues];
  const conditions = [queues.length === 1 ? 'j.name = ($1::text[])[1]' : 'j.name = ANY($1)'];
  const add = (text: string, own: readonly unknown[]) => {
    const rest = [...own];
    conditions.push(text.replace(/\$(?!\d)/g, () => `$${values.push(rest.shift())}`));
  };
  if (id !== undefined && isBatchId(id)) {
    add('j.id BETWEEN $::uuid AND $::uuid', rangeOf(id));
    add(notRepeated(schema), repeatsOf(id));
  } else if (id !== undefined) add('j.id = $::uuid', [id]);
  for (const { text, values: own } of where) add(text, own);
  return { text: conditions.join(' AND '), values };
}

export interface Count extends Row {
  readonly queue: string;
  readonly state: JobState;
  readonly count: number;
}

/** How many jobs are in each state. */
export function countsOf({ sql, schema }: Database, selection: Selection): Promise<readonly Count[]> {
  const { text, values } = whereOf(schema, selection);
  return sql<Count>(
    `SELECT j.name AS queue, j.state::text AS state, count(*)::float8 AS count FROM ${schema}.job j WHERE ${text} GROUP BY 1, 2`,
    values,
  );
}
