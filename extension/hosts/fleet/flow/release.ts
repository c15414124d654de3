import type { Database } from '../database/database.ts';

type Store = Pick<Database, 'sql' | 'schema' | 'wake'>;

/** How many parents one statement takes, of each kind. */
const batch = 500;

/**
 * Lets go the tasks whose needs have ended, however they did: pg-boss does so only after success. Any number of workers
 * may call it at once, and pg-boss's own pass may run beside it: a parent is taken by one of them. Resolves with how many
 * tasks can run now.
 */
export async function release(db: Store): Promise<number> {
  let released = 0;
  for (;;) {
    const rows = await db.sql<{ parents: number; queue: string | null; count: number }>(releaseStatement(db.schema));
    for (const { queue, count } of rows) {
      if (queue === null) continue;
      released += count;
      await db.wake(queue);
    }
    if ((rows[0]?.parents ?? 0) < batch) return released;
  }
}

/**
 * Parents are locked and those in other hands skipped; children are locked in the order of their keys, so that two such
 * statements cannot wait for each other. A child that has ended is left: it may be a parent in this same statement.
 */
function releaseStatement(schema: string): string {
  const job = `${schema}.job`;
  const parents = (states: string) => `
      SELECT name, id FROM ${job} WHERE blocking AND ${states} AND EXISTS (SELECT FROM ${schema}.job_dependency)
      ORDER BY name, id LIMIT ${batch} FOR UPDATE SKIP LOCKED`;
  return `
    WITH succeeded AS (${parents(`state = 'completed'`)}
    ), others AS (${parents(badEnd)}
    ), parents AS (
      SELECT * FROM succeeded UNION ALL SELECT * FROM others
    ), lowered AS (
      SELECT d.child_name, d.child_id, count(*)::int AS ended
      FROM ${schema}.job_dependency d JOIN parents p ON d.parent_name = p.name AND d.parent_id = p.id
      GROUP BY d.child_name, d.child_id
    ), children AS (
      SELECT j.name, j.id, l.ended
      FROM ${job} j JOIN lowered l ON j.name = l.child_name AND j.id = l.child_id
      WHERE j.blocked AND j.state < 'active'
      ORDER BY j.name, j.id FOR UPDATE OF j
    ), freed AS (
      UPDATE ${job} j SET
        pending_dependencies = GREATEST(j.pending_dependencies - c.ended, 0),
        blocked = j.pending_dependencies > c.ended
      FROM children c WHERE j.name = c.name AND j.id = c.id
      RETURNING j.name, j.blocked
    ), cleared AS (
      UPDATE ${job} j SET blocking = false
      FROM parents p WHERE j.name = p.name AND j.id = p.id
      RETURNING 1
    ), counts AS (
      SELECT name, count(*)::int AS count FROM freed WHERE NOT blocked GROUP BY name
    )
    SELECT (SELECT count(*)::int FROM cleared) AS parents, c.name AS queue, COALESCE(c.count, 0) AS count
    FROM (SELECT 1) one LEFT JOIN counts c ON true`;
}

const badEnd = `state IN ('failed', 'cancelled')`;
const index = 'ue_job_bad_end';

/** Makes the index of the parents that have failed, once: pg-boss has one of those that have succeeded. */
export async function ensureReleaseIndex({ sql, schema }: Pick<Database, 'sql' | 'schema'>): Promise<void> {
  const [found] = await sql<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [`${schema}.${index}`]);
  if (found?.there === true) return;
  const statement = `CREATE INDEX IF NOT EXISTS ${index} ON ${schema}.job (name, id) WHERE blocking AND ${badEnd}`;
  await sql(statement).catch((error) => {
    // Somebody else makes it at this moment, or the user may not: then release only takes longer.
    if (!['23505', '42P07', '40P01', '42501'].includes(String(Object(error).code))) throw error;
  });
}
