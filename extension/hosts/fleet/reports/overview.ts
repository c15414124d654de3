import type { Database, Row } from '../database/database.ts';
import { listen } from '../database/listener.ts';

/** How one queue is. */
export interface QueueOverview extends Row {
  readonly queue: string;
  readonly waiting: number;
  /** Waiting for their time. */
  readonly scheduled: number;
  /** Waiting for other tasks of their flow. */
  readonly blocked: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of the failed and cancelled: the function may have run. */
  readonly unknown: number;
  /** Tasks that ended in the last minute. */
  readonly ended_last_minute: number;
  /** Milliseconds that the oldest task has waited that could run; null when none does. */
  readonly oldest_waiting: number | null;
  /** Workers that have a task in hand and gave a sign of life in the last 15 s. */
  readonly busy_workers: number;
}

export async function overviewOf(
  { sql, schema }: Database,
  queues: readonly string[],
): Promise<readonly QueueOverview[]> {
  const now = `${schema}.job_now()`;
  const waits = `j.state < 'active' AND NOT j.blocked`;
  const number = (filter: string, name: string) => `count(*) FILTER (WHERE ${filter})::float8 AS ${name}`;
  const rows = await sql<QueueOverview>(
    `SELECT j.name AS queue,
      ${number(`${waits} AND j.start_after <= ${now}`, 'waiting')},
      ${number(`${waits} AND j.start_after > ${now}`, 'scheduled')},
      ${number(`j.state < 'active' AND j.blocked`, 'blocked')},
      ${number(`j.state = 'active'`, 'running')},
      ${number(`j.state = 'completed'`, 'completed')},
      ${number(`j.state = 'failed'`, 'failed')},
      ${number(`j.state = 'cancelled'`, 'cancelled')},
      ${number(`j.state IN ('failed', 'cancelled') AND (j.output->>'execution' = 'unknown' OR j.output ? 'sending')`, 'unknown')},
      ${number(`j.completed_on > ${now} - interval '60 seconds'`, 'ended_last_minute')},
      EXTRACT(EPOCH FROM ${now} - min(GREATEST(j.created_on, j.start_after)) FILTER (WHERE ${waits} AND j.start_after <= ${now}))::float8 * 1000 AS oldest_waiting,
      count(DISTINCT left(j.output->>'sending', 36)) FILTER (
        WHERE j.state = 'active' AND COALESCE(j.heartbeat_on, j.started_on) > ${now} - interval '15 seconds')::float8 AS busy_workers
    FROM ${schema}.job j WHERE j.name = ANY($1) GROUP BY j.name`,
    [queues],
  );
  const byName = new Map(rows.map((row) => [row.queue, row]));
  return queues.map((queue) => byName.get(queue) ?? { ...nothing, queue });
}

const nothing = {
  ...{ waiting: 0, scheduled: 0, blocked: 0, running: 0, completed: 0, failed: 0, cancelled: 0, unknown: 0 },
  ...{ ended_last_minute: 0, oldest_waiting: null, busy_workers: 0 },
};

/**
 * How many processes wait to be woken, as workers do, idle ones too; null where the database does not say: the embedded
 * one, or a user who may not see others' sessions.
 */
export async function listenersOf({ sql, embedded }: Database): Promise<number | null> {
  if (embedded) return null;
  const [found] = await sql<{ listening: number; hidden: number }>(`
    SELECT count(*) FILTER (WHERE query = '${listen}')::float8 AS listening,
      count(*) FILTER (WHERE query = '<insufficient privilege>')::float8 AS hidden
    FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`);
  return found === undefined || found.hidden > 0 ? null : found.listening;
}
