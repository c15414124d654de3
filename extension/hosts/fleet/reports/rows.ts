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

const columns = (schema: string) => `
  j.id, j.name AS queue, j.state::text AS state,
  CASE WHEN j.data ? 'fields' THEN j.data - 'sealed' - 'submits' || jsonb_build_object('fields', left(j.data->>'fields', 0)) ELSE j.data END AS data,
  CASE WHEN j.output ? 'document' THEN j.output || jsonb_build_object('document', right(j.output->>'document', 60)) ELSE j.output END AS output,
  COALESCE(length(j.data->>'fields'), 0) + COALESCE(length(j.output->>'document'), 0) AS size,
  j.blocked, j.priority, j.retry_count AS claims, j.created_on AS created, j.start_after AS start,
  j.started_on AS started, j.completed_on AS ended, j.heartbeat_on AS heartbeat, ${schema}.job_now() AS now`;

export type Order = 'id' | 'oldest' | 'newest';

/** The end of a page: the next begins after it. */
interface Cursor {
  readonly at: string;
  readonly id: string;
}

/** By id the next page is found by the index, by time every page reads the whole table. */
const pageSizes = { id: 500, oldest: 5000, newest: 5000 } as const satisfies Record<Order, number>;

/** The rows of a selection in pages, so that any number of them takes the same memory. By id they come queue by queue. */
export async function* pagesOf(
  db: Database,
  selection: Selection,
  order: Order,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly JobRow[]> {
  const parts = order === 'id' ? selection.queues.map((queue) => ({ ...selection, queues: [queue] })) : [selection];
  let left = limit;
  for (const part of parts) {
    for await (const rows of pagesIn(db, part, order, left)) {
      yield rows;
      left -= rows.length;
    }
  }
}

async function* pagesIn({ sql, schema }: Database, selection: Selection, order: Order, limit: number) {
  let cursor: Cursor | null = null;
  for (let left = limit; left > 0; ) {
    const after: Condition[] = cursor === null ? [] : [afterOf(order, cursor)];
    const { text, values } = whereOf(schema, { ...selection, where: [...(selection.where ?? []), ...after] });
    const count = Math.min(left, pageSizes[order]);
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

/** The same rows with all of their data and output, in pieces of bounded size. */
export async function* wholesOf({ sql, schema }: Database, rows: readonly JobRow[]): AsyncGenerator<readonly JobRow[]> {
  const most = { size: 4 * 2 ** 20, count: 500 };
  for (let start = 0; start < rows.length; ) {
    let end = start;
    for (let size = 0; end < rows.length && end - start < most.count; end += 1) {
      size += rows[end]?.size ?? 0;
      if (end > start && size > most.size) break;
    }
    const piece = rows.slice(start, end);
    const found = await sql<{ id: string; data: unknown; output: unknown }>(
      `SELECT id, data, output FROM ${schema}.job WHERE name = ANY($1) AND id = ANY($2::uuid[])`,
      [[...new Set(piece.map(({ queue }) => queue))], piece.map(({ id }) => id)],
    );
    const wholes = new Map(found.map((whole) => [whole.id, whole]));
    yield piece.flatMap((row) => {
      const whole = wholes.get(row.id); // it may have been deleted meanwhile
      return whole === undefined ? [] : [{ ...row, data: whole.data, output: whole.output }];
    });
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
