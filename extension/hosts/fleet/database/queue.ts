import type { Database } from './database.ts';

const day = 86_400;

/**
 * Of every queue of the fleet. The engine never runs a job again and never ends one by itself while a worker lives: both
 * are the workers' own, who know whether a function was called.
 */
const queueOptions = {
  policy: 'standard',
  retryLimit: 0,
  /** The most that there is; a task that ran longer is settled by the workers' sweep. */
  expireInSeconds: day,
  /** A job that waits is deleted after this, unrun: the most that there is. */
  retentionSeconds: 365 * day,
  /** How long a settled job and its document are kept. */
  deleteAfterSeconds: 7 * day,
} as const;

/** Of these a change would let the engine run or end a job, so they are put right where a queue has others. */
const guarded = { retryLimit: 0, expireInSeconds: day, retentionSeconds: 365 * day } as const;

/** Makes the queue when there is none. `keepSeconds` is how long settled jobs are kept, when that is to be another time. */
export async function ensureQueue({ boss }: Database, name: string, keepSeconds?: number): Promise<void> {
  const found = await boss.getQueue(name);
  if (found === null) {
    return boss.createQueue(name, {
      ...queueOptions,
      ...(keepSeconds !== undefined && { deleteAfterSeconds: keepSeconds }),
    });
  }
  const wanted = { ...guarded, ...(keepSeconds !== undefined && { deleteAfterSeconds: keepSeconds }) };
  const isRight = Object.entries(wanted).every(([key, value]) => found[key as keyof typeof found] === value);
  if (!isRight) await boss.updateQueue(name, wanted);
  if (found.heartbeatSeconds) {
    throw new Error(
      `the queue ${name} has heartbeatSeconds, with which the engine ends a job whose worker is only slow; use a queue without`,
    );
  }
}

/**
 * Tells the planner of a queue that has just got many jobs: while its statistics know nothing of them, a claim reads the
 * whole queue. PostgreSQL does it by itself only after a minute, the embedded database after many megabytes.
 */
export async function refreshStatistics({ sql, schema }: Database): Promise<void> {
  await sql(`ANALYZE ${schema}.job`);
}
