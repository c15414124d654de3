/**
 * Our own statements on pg-boss's table of jobs, each for one queue ($1). All but the looks are fenced by the claim: the
 * state and retry_count, which pg-boss raises with every further fetch of a job.
 */
export function statementsOf(schema: string) {
  const job = `${schema}.job`;
  const now = `${schema}.job_now()`;
  const rows = (columns: string) => `json_to_recordset($2::text::json) AS i (id uuid, claim int, ${columns})`;
  const fence = `j.name = $1 AND j.id = i.id AND j.retry_count = i.claim`;
  return {
    /** Finds the jobs in hand without reading those that have ended, which may be millions. */
    index: `CREATE INDEX IF NOT EXISTS ue_job_active ON ${job} (name) WHERE state = 'active'`,

    /** The latch before a call: never twice, except that the same sender may repeat it. */
    mark: `
      UPDATE ${job} j SET output = i.marker
      FROM ${rows('marker jsonb')}
      WHERE ${fence} AND j.state = 'active'
        AND (j.output IS NULL OR j.output ? 'requeued' OR j.output->>'sending' = i.marker->>'sending')
      RETURNING j.id`,

    /** Nor does the engine end what is alive: it would after a day, and a durable execution may take a year. */
    touch: `
      UPDATE ${job} j SET heartbeat_on = ${now}, expire_seconds = GREATEST(j.expire_seconds, 34560000)
      FROM json_to_recordset($2::text::json) AS i (id uuid, claim int)
      WHERE ${fence} AND j.state = 'active'
      RETURNING j.id`,

    states: `SELECT id, state::text, retry_count AS claim FROM ${job} WHERE name = $1 AND id = ANY($2::uuid[])`,

    /** A job that was cancelled meanwhile stays cancelled, but keeps what is known of it. */
    settle: `
      UPDATE ${job} j SET
        output = i.output,
        state = CASE WHEN j.state = 'cancelled' THEN j.state ELSE i.state::${schema}.job_state END,
        completed_on = CASE WHEN j.state = 'cancelled' THEN j.completed_on ELSE ${now} END
      FROM ${rows('state text, output jsonb')}
      WHERE ${fence}
        AND (j.state = 'active' OR j.state = 'cancelled' AND (j.output IS NULL OR j.output ? 'sending' OR j.output ? 'requeued'))
      RETURNING j.id, j.blocking`,

    /** What a try without an answer has settled. */
    settledAlike: `
      SELECT j.id, j.blocking
      FROM ${job} j JOIN ${rows('state text, output jsonb')} ON ${fence}
      WHERE j.state IN ('completed', 'failed', 'cancelled') AND j.output = i.output`,

    /** Only for what has certainly not run, or can be resumed under its name. */
    giveBack: `
      UPDATE ${job} j SET
        state = 'retry',
        output = i.output,
        start_after = ${now} + i.delay * interval '1 millisecond',
        group_id = COALESCE(j.group_id, i.called)
      FROM ${rows('output jsonb, delay float8, called text')}
      WHERE ${fence} AND j.state = 'active'
      RETURNING j.id`,

    look: `SELECT id, retry_count AS claim, heartbeat_on::text AS heartbeat FROM ${job} WHERE name = $1 AND state = 'active'`,

    orphans: `
      SELECT id, retry_count AS claim, heartbeat_on::text AS heartbeat, data, output::text AS evidence,
        EXTRACT(EPOCH FROM ${now} - started_on)::float8 * 1000 AS age
      FROM ${job} WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active'`,

    /** Ends or gives back a job whose worker is gone, if nothing of it has changed since it was looked at. */
    adopt: `
      UPDATE ${job} j SET
        state = i.state::${schema}.job_state,
        output = i.output,
        completed_on = CASE WHEN i.state = 'retry' THEN NULL ELSE ${now} END
      FROM ${rows('state text, output jsonb, heartbeat text, evidence text')}
      WHERE ${fence} AND j.state = 'active'
        AND j.heartbeat_on IS NOT DISTINCT FROM i.heartbeat::timestamptz
        AND j.output IS NOT DISTINCT FROM i.evidence::jsonb
      RETURNING j.id, j.blocking`,

    waiting: `
      SELECT count(*)::float8 AS count,
        COALESCE(EXTRACT(EPOCH FROM ${now} - min(GREATEST(created_on, start_after))), 0)::float8 AS oldest
      FROM ${job} WHERE name = $1 AND state < 'active' AND NOT blocked AND start_after <= ${now}`,

    isEmpty: `
      SELECT NOT (
        EXISTS (SELECT 1 FROM ${job} WHERE name = $1 AND state < 'active' AND NOT blocked)
        OR EXISTS (SELECT 1 FROM ${job} WHERE name = $1 AND state = 'active')
        OR EXISTS (SELECT 1 FROM ${job} WHERE name = $1 AND state < 'active' AND blocked)
      ) AS empty`,
  };
}
