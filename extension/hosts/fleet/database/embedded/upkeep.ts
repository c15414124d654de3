import type { PGlite } from '@electric-sql/pglite';
import type { Sessions } from './sessions.ts';

/** How often it looks (ms), the bytes of log after which it makes a checkpoint, and those after which it vacuums. */
const interval = 5_000;
const checkpointAfter = 64 * 2 ** 20;
const vacuumAfter = 256 * 2 ** 20;

/** Does what PostgreSQL's background processes do elsewhere: here it is one process, which does neither by itself. */
export function startUpkeep(database: PGlite, sessions: Sessions) {
  let checkpointed: number | null = null;
  let vacuumed = 0;

  const look = async () => {
    const { rows } = await database.query<{ at: number }>(
      `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS at`,
    );
    const at = rows[0]?.at ?? 0;
    if (checkpointed === null) {
      checkpointed = at;
      vacuumed = at;
    }
    if (at - vacuumed > vacuumAfter) {
      await database.exec('VACUUM (ANALYZE)');
      vacuumed = at;
    }
    if (at - checkpointed > checkpointAfter) {
      await database.exec('CHECKPOINT');
      checkpointed = at;
    }
  };

  // A disk that is full, for one: the next look does it again.
  const timer = setInterval(() => void sessions.between(() => look().catch(() => {})), interval);
  return { stop: () => clearInterval(timer) };
}
