import type { Held } from './held.ts';
import type { JobStore } from './store.ts';

/** What became of a job that is no longer under its claim. */
export type Fate = 'cancelled' | 'lost';

/**
 * Shows that all jobs in hand are alive, in one statement. Returns what is no longer this worker's; throws when the database
 * does not answer, which proves nothing.
 */
export async function beat(jobs: readonly Held[], store: JobStore): Promise<ReadonlyMap<Held, Fate>> {
  if (jobs.length === 0) return new Map();
  const alive = await store.touch(jobs.map(({ id, claim }) => ({ id, claim })));
  const missing = jobs.filter(({ id }) => !alive.has(id));
  if (missing.length === 0) return new Map();
  const rows = new Map((await store.states(missing.map(({ id }) => id))).map((row) => [row.id, row]));
  return new Map(
    missing.map((held) => {
      const row = rows.get(held.id);
      return [held, row?.state === 'cancelled' && row.claim === held.claim ? 'cancelled' : 'lost'];
    }),
  );
}
