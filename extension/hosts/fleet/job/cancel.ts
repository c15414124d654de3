import type { Database } from '../database/database.ts';
import type { Settled } from './job.ts';

/** The statements of every cancel. Each may be repeated. */
type Store = Pick<Database, 'sql' | 'schema'>;

const byId = (schema: string) => `j.name = ANY(ARRAY(SELECT name FROM ${schema}.queue))`;

/** Only what no worker has taken meanwhile, also if it has given it back since. Resolves with how many it settled. */
export async function settleWaiting(
  { sql, schema }: Store,
  ids: readonly string[],
  outcomeOf: (data: unknown, output: unknown) => Settled,
): Promise<number> {
  const waiting = await sql<{ id: string; data: unknown; evidence: string | null }>(
    `SELECT id, data, output::text AS evidence FROM ${schema}.job j WHERE ${byId(schema)} AND id = ANY($1::uuid[]) AND state < 'active'`,
    [ids],
  );
  if (waiting.length === 0) return 0;
  const rows = waiting.map(({ id, data, evidence }) => {
    return { id, evidence, output: outcomeOf(data, evidence === null ? null : JSON.parse(evidence)) };
  });
  const done = await sql(
    `UPDATE ${schema}.job j SET state = 'cancelled', completed_on = ${schema}.job_now(), output = i.output,
       blocked = false, pending_dependencies = 0
     FROM json_to_recordset($1::text::json) AS i (id uuid, evidence text, output jsonb)
     WHERE ${byId(schema)} AND j.id = i.id AND j.state < 'active' AND j.output IS NOT DISTINCT FROM i.evidence::jsonb
     RETURNING j.id`,
    [JSON.stringify(rows)],
  );
  return done.length;
}

/** Their workers see it at the next sign of life, and write their outcome into the row. */
export async function abortRunning({ sql, schema }: Store, ids: readonly string[]): Promise<number> {
  const rows = await sql(
    `UPDATE ${schema}.job j SET state = 'cancelled', completed_on = ${schema}.job_now()
     WHERE ${byId(schema)} AND j.id = ANY($1::uuid[]) AND j.state = 'active' RETURNING j.id`,
    [ids],
  );
  return rows.length;
}

/** Whether one of them has not ended. */
export async function isAnyOpen({ sql, schema }: Store, ids: readonly string[]): Promise<boolean> {
  const rows = await sql(
    `SELECT 1 FROM ${schema}.job j WHERE ${byId(schema)} AND j.id = ANY($1::uuid[]) AND j.state < 'completed' LIMIT 1`,
    [ids],
  );
  return rows.length > 0;
}
