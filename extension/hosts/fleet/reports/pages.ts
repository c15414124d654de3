import type { Database, Row } from '../database/database.ts';
import { type Condition, type JobRow, type Selection, whereOf } from './rows.ts';

const columns = (schema: string) => `
  j.id, j.name AS queue, j.state::text AS state,
  CASE WHEN j.data ? 'fields' THEN j.data - 'sealed' - 'submits' || jsonb_build_object('fields', left(j.data->>'fields', 0)) ELSE j.data END AS data,
  CASE WHEN j.output ? 'document' THEN j.output || jsonb_build_object('document', right(j.output->>'document', 60)) ELSE j.output END AS output,
  COALESCE(length(j.data->>'fields'), 0) + COALESCE(length(j.output->>'document'), 0) AS size,
  j.blocked, j.priority, j.retry_count AS claims, j.created_on AS created, j.start_after AS start,
  j.started_on AS started, j.completed_on AS ended, j.heartbeat_on AS heartbeat, ${schema}.job_now() AS now`;

export type Order = 'id' | 'oldest' | 'newest';

/** Rows of a page. */
const pageSize = 500;

/** By time every look reads the whole table, so that it brings the ids of many pages. */
const keysAtOnce = 200_000;

/** The rows of a selection in pages, so that any number of them takes the same memory. By id they come queue by queue. */
export async function* pagesOf(
  db: Database,
  selection: Selection,
  order: Order,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly JobRow[]> {
  if (order !== 'id') return yield* pagesByTime(db, selection, order, limit);
  let left = limit;
  for (const queue of selection.queues) {
    for await (const rows of pagesById(db, { ...selection, queues: [queue] }, left)) {
      yield rows;
      left -= rows.length;
    }
  }
}

async function* pagesById({ sql, schema }: Database, selection: Selection, limit: number) {
  let last: JobRow | undefined;
  for (let left = limit; left > 0; ) {
    const after: Condition[] = last === undefined ? [] : [{ text: 'j.id > $::uuid', values: [last.id] }];
    const { text, values } = whereOf(schema, { ...selection, where: [...(selection.where ?? []), ...after] });
    const count = Math.min(left, pageSize);
    const rows: readonly JobRow[] = await sql<JobRow>(
      `SELECT ${columns(schema)} FROM ${schema}.job j WHERE ${text} ORDER BY j.id LIMIT ${count}`,
      values,
    );
    if (rows.length > 0) yield rows;
    last = rows.at(-1);
    if (last === undefined || rows.length < count) return;
    left -= rows.length;
  }
}

/** Where a row is, and where the next look begins. */
interface Key extends Row {
  readonly id: string;
  readonly queue: string;
  readonly at: string;
}

async function* pagesByTime(
  { sql, schema }: Database,
  selection: Selection,
  order: 'oldest' | 'newest',
  limit: number,
) {
  const [sign, direction] = order === 'oldest' ? ['>', ''] : ['<', 'DESC'];
  let last: Key | undefined;
  for (let left = limit; left > 0; ) {
    const after: Condition[] =
      last === undefined
        ? []
        : [
            {
              text: `(j.created_on ${sign} $::timestamptz OR j.created_on = $::timestamptz AND j.id > $::uuid)`,
              values: [last.at, last.at, last.id],
            },
          ];
    const { text, values } = whereOf(schema, { ...selection, where: [...(selection.where ?? []), ...after] });
    const count = Math.min(left, keysAtOnce);
    const keys: readonly Key[] = await sql<Key>(
      `SELECT j.id, j.name AS queue, j.created_on::text AS at FROM ${schema}.job j WHERE ${text} ORDER BY j.created_on ${direction}, j.id LIMIT ${count}`,
      values,
    );
    for (let start = 0; start < keys.length; start += pageSize) {
      const page = keys.slice(start, start + pageSize);
      const found = await sql<JobRow>(
        `SELECT ${columns(schema)} FROM ${schema}.job j WHERE j.name = ANY($1) AND j.id = ANY($2::uuid[])`,
        [[...new Set(page.map(({ queue }) => queue))], page.map(({ id }) => id)],
      );
      const byKey = new Map(found.map((row) => [`${row.queue}/${row.id}`, row]));
      const rows = page.flatMap(({ queue, id }) => byKey.get(`${queue}/${id}`) ?? []); // it may have been deleted meanwhile
      if (rows.length > 0) yield rows;
    }
    last = keys.at(-1);
    if (last === undefined || keys.length < count) return;
    left -= keys.length;
  }
}

/** The same rows with all of their data and output, in pieces of bounded size. */
export async function* wholesOf({ sql, schema }: Database, rows: readonly JobRow[]): AsyncGenerator<readonly JobRow[]> {
  for (const piece of piecesOf(rows)) {
    const found = await sql<{ id: string; data: unknown; output: unknown }>(
      `SELECT id, data, output FROM ${schema}.job WHERE name = ANY($1) AND id = ANY($2::uuid[])`,
      [[...new Set(piece.map(({ queue }) => queue))], piece.map(({ id }) => id)],
    );
    const wholes = new Map(found.map((whole) => [whole.id, whole]));
    yield piece.flatMap((row) => {
      const whole = wholes.get(row.id); // it may have been deleted meanwhile
      return whole === undefined ? [] : [{ ...row, data: whole.data, output: whole.output, isWhole: true }];
    });
  }
}

/** Cuts rows into pieces that are small enough to be read with all of their data and output. */
export function* piecesOf(rows: readonly JobRow[]): Generator<readonly JobRow[]> {
  const most = { size: 4 * 2 ** 20, count: 500 };
  for (let start = 0; start < rows.length; ) {
    let end = start;
    for (let size = 0; end < rows.length && end - start < most.count; end += 1) {
      size += rows[end]?.size ?? 0;
      if (end > start && size > most.size) break;
    }
    yield rows.slice(start, end);
    start = end;
  }
}
