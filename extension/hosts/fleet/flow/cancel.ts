import { unknownOutcome } from '../../../outcome/failure.ts';
import type { Database } from '../database/database.ts';
import { toSettled } from '../job/document.ts';
import type { Settled } from '../job/job.ts';
import { evidenceOf } from '../worker/evidence.ts';
import { fieldsOf } from '../worker/resumable.ts';
import { notStarted } from './outcomes.ts';
import { release } from './release.ts';
import { findFlow } from './status.ts';

export interface CancelledFlow {
  readonly id: string;
  readonly name: string;
  /** How many of its tasks were waiting and are settled. */
  readonly settled: number;
  /** How many were running: their workers abort the calls, and say what is known of each function. */
  readonly aborted: number;
  /** How many had ended before. */
  readonly ended: number;
}

type Store = Pick<Database, 'sql' | 'schema' | 'wake'>;

const batch = 500;

/** Cancels what has not ended of a flow; null when there is no flow with this id. To repeat it is harmless. */
export async function cancelFlow(db: Store, id: string): Promise<CancelledFlow | null> {
  const flow = await findFlow(db, id);
  if (flow === null) return null;
  const ids = Object.values(flow.ids);
  let settled = 0;
  let aborted = 0;
  // A worker may take a task, or give one back, between two statements.
  for (let round = 0; round < 10; round += 1) {
    for (let start = 0; start < ids.length; start += batch) {
      settled += await settleWaiting(db, ids.slice(start, start + batch), settledOf);
    }
    aborted += await abortRunning(db, ids);
    if (!(await isAnyOpen(db, ids))) break;
  }
  await release(db);
  return { id, name: flow.name, settled, aborted, ended: ids.length - settled - aborted };
}

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

/** The output of a task that was cancelled while it waited. It may have been in the hands of a worker before. */
function settledOf(data: unknown, output: unknown) {
  const raw = fieldsOf(data);
  const { sent, resume } = evidenceOf(output);
  const reason = 'The flow was cancelled';
  const outcome =
    sent || resume
      ? unknownOutcome(`${reason} after a worker had sent the request`, 'CANCELLED')
      : notStarted(
          'CANCELLED',
          `${reason}. The function was not started.`,
          [{ name: 'Cancelled', message: reason }],
          raw,
        );
  return toSettled(raw, outcome, 0);
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

async function isAnyOpen({ sql, schema }: Store, ids: readonly string[]): Promise<boolean> {
  const rows = await sql(
    `SELECT 1 FROM ${schema}.job j WHERE ${byId(schema)} AND j.id = ANY($1::uuid[]) AND j.state < 'completed' LIMIT 1`,
    [ids],
  );
  return rows.length > 0;
}
