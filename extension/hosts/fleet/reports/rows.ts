import type { Database, Row } from '../database/database.ts';
import { isBatchId, rangeOf } from '../job/ids.ts';
import type { JobState } from '../job/job.ts';

/** A row of the queue, with the output but for its document. It need not be ours. */
export interface JobRow extends Row {
  readonly id: string;
  readonly queue: string;
  readonly state: JobState;
  readonly data: unknown;
  readonly output: unknown;
  /** Characters of the document; null when there is none. */
  readonly size: number | null;
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

/** A task of a batch that was repeated is told by its repetition. */
const notRepeated = (schema: string) => `NOT EXISTS (
  SELECT 1 FROM ${schema}.job r
  WHERE r.name = j.name AND r.id BETWEEN (left(j.id::text, 24) || 'a00000000000')::uuid AND (left(j.id::text, 24) || 'ffffffffffff')::uuid
    AND r.data->>'repeats' = j.id::text)`;

/** The WHERE of a selection, and its values. */
export function whereOf(schema: string, { queues, id, where = [] }: Selection): Condition {
  const values: unknown[] = [queues];
  const conditions = [`j.name = ANY($1)`];
  const add = (text: string, own: readonly unknown[]) => {
    const rest = [...own];
    conditions.push(text.replace(/\$(?!\d)/g, () => `$${values.push(rest.shift())}`));
  };
  if (id !== undefined && isBatchId(id)) {
    add('j.id BETWEEN $::uuid AND $::uuid', rangeOf(id));
    add(notRepeated(schema), []);
  } else if (id !== undefined) add('j.id = $::uuid', [id]);
  for (const { text, values: own } of where) add(text, own);
  return { text: conditions.join(' AND '), values };
}

const columns = (schema: string) => `
  j.id, j.name AS queue, j.state::text AS state, j.data,
  CASE WHEN jsonb_typeof(j.output) = 'object' THEN j.output - 'document' || jsonb_build_object('document', right(j.output->>'document', 60)) ELSE j.output END AS output,
  CASE WHEN jsonb_typeof(j.output) = 'object' THEN length(j.output->>'document') END AS size,
  j.blocked, j.priority, j.retry_count AS claims, j.created_on AS created, j.start_after AS start,
  j.started_on AS started, j.completed_on AS ended, j.heartbeat_on AS heartbeat, ${schema}.job_now() AS now`;

export type Order = 'id' | 'oldest' | 'newest';

/** The end of a page: the next begins after it. */
interface Cursor {
  readonly at: string;
  readonly id: string;
}

const pageSize = 500;

/** The rows of a selection in pages, so that any number of them takes the same memory. */
export async function* pagesOf(
  { sql, schema }: Database,
  selection: Selection,
  order: Order,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly JobRow[]> {
  let cursor: Cursor | null = null;
  for (let left = limit; left > 0; ) {
    const after: Condition[] = cursor === null ? [] : [afterOf(order, cursor)];
    const { text, values } = whereOf(schema, { ...selection, where: [...(selection.where ?? []), ...after] });
    const count = Math.min(left, pageSize);
    const rows: readonly (JobRow & { readonly at: string })[] = await sql(
      `SELECT ${columns(schema)}, j.created_on::text AS at FROM ${schema}.job j WHERE ${text} ORDER BY ${orders[order]} LIMIT ${count}`,
      values,
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < count) return;
    left -= rows.length;
    cursor = { at: last.at, id: last.id };
  }
}

const orders: Readonly<Record<Order, string>> = {
  id: 'j.id',
  oldest: 'j.created_on, j.id',
  newest: 'j.created_on DESC, j.id',
};

function afterOf(order: Order, { at, id }: Cursor): Condition {
  if (order === 'id') return { text: 'j.id > $::uuid', values: [id] };
  const sign = order === 'oldest' ? '>' : '<';
  return {
    text: `(j.created_on ${sign} $::timestamptz OR j.created_on = $::timestamptz AND j.id > $::uuid)`,
    values: [at, at, id],
  };
}

/** The outputs of rows, whole, in pieces of bounded size. */
export async function* outputsOf(
  { sql, schema }: Database,
  rows: readonly JobRow[],
): AsyncGenerator<readonly (readonly [JobRow, unknown])[]> {
  const most = 4 * 2 ** 20;
  for (let start = 0; start < rows.length; ) {
    let end = start;
    for (let size = 0; end < rows.length && (end === start || size + (rows[end]?.size ?? 0) <= most); end += 1) {
      size += rows[end]?.size ?? 0;
    }
    const piece = rows.slice(start, end);
    const found = await sql<{ id: string; output: unknown }>(
      `SELECT id, output FROM ${schema}.job WHERE name = ANY($1) AND id = ANY($2::uuid[])`,
      [[...new Set(piece.map(({ queue }) => queue))], piece.map(({ id }) => id)],
    );
    const outputs = new Map(found.map(({ id, output }) => [id, output]));
    yield piece.map((row) => [row, outputs.get(row.id)] as const);
    start = end;
  }
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
