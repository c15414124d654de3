import type { Database } from '../database/database.ts';
import type { Requeued, Sending } from '../job/evidence.ts';
import type { JobState, Settled } from '../job/job.ts';
import { statementsOf } from './statements.ts';

/** A job and the claim under which this worker has it: a later claim makes it another's. */
export interface Claim {
  readonly id: string;
  readonly claim: number;
}

/** A job as it was fetched. */
export interface Claimed extends Claim {
  readonly data: unknown;
  readonly output: unknown;
}

export interface Mark extends Claim {
  readonly marker: Sending;
}

export interface Ending extends Claim {
  readonly state: 'completed' | 'failed';
  readonly output: Settled;
}

export interface GivenBack extends Claim {
  readonly output: Requeued | null;
  /** Milliseconds before it can be fetched again. */
  readonly delay: number;
  /** What is called, so that a fetch can leave out what cannot run now. */
  readonly called: string | null;
}

/** What changes when an active job is alive. */
export interface Look extends Claim {
  readonly heartbeat: string | null;
}

export interface Orphan extends Look {
  readonly data: unknown;
  /** The JSON text of its output. */
  readonly evidence: string | null;
  /** Milliseconds since it was fetched, by the database's clock. */
  readonly age: number;
}

export interface Adoption extends Look {
  readonly evidence: string | null;
  readonly state: 'completed' | 'failed' | 'retry';
  readonly output: Settled | Requeued;
}

export interface Landed {
  readonly id: string;
  /** Whether other jobs wait for it. */
  readonly blocking: boolean;
}

/** The jobs of one queue. Every call is one statement, for all that it is given. */
export interface JobStore {
  claim(count: number, without: readonly string[]): Promise<readonly Claimed[]>;
  /** The ids whose call may be sent. */
  mark(marks: readonly Mark[]): Promise<ReadonlySet<string>>;
  /** The ids that are still under their claim. */
  touch(claims: readonly Claim[]): Promise<ReadonlySet<string>>;
  states(ids: readonly string[]): Promise<readonly (Claim & { readonly state: JobState })[]>;
  /** The jobs that now have these outcomes, and no others'. */
  settle(endings: readonly Ending[]): Promise<readonly Landed[]>;
  giveBack(jobs: readonly GivenBack[]): Promise<void>;
  look(): Promise<readonly Look[]>;
  orphans(ids: readonly string[]): Promise<readonly Orphan[]>;
  adopt(jobs: readonly Adoption[]): Promise<readonly Landed[]>;
  waiting(): Promise<{ readonly count: number; readonly oldest: number }>;
  isEmpty(): Promise<boolean>;
}

/** The store of a queue in its database. */
export function storeOf({ boss, sql, schema }: Database, queue: string): JobStore {
  const statements = statementsOf(schema);
  const ask = <R>(statement: string, ...values: unknown[]) =>
    sql(statement, [queue, ...values]) as Promise<readonly unknown[]> as Promise<readonly R[]>;
  const rows = <R>(statement: string, items: readonly object[]) => ask<R>(statement, JSON.stringify(items));
  const idsOf = (found: readonly { readonly id: string }[]) => new Set(found.map(({ id }) => id));
  return {
    async claim(count, without) {
      const options = { batchSize: count, includeMetadata: true as const };
      const jobs = await boss.fetch<unknown>(queue, {
        ...options,
        ...(without.length > 0 && { ignoreGroups: [...without] }),
      });
      return jobs.map(({ id, retryCount, data, output }) => ({ id, claim: retryCount, data, output }));
    },
    mark: async (marks) => idsOf(await rows(statements.mark, marks)),
    touch: async (claims) => idsOf(await rows(statements.touch, claims)),
    states: (ids) => ask(statements.states, ids),
    async settle(endings) {
      const landed = await rows<Landed>(statements.settle, endings);
      if (landed.length === endings.length) return landed;
      const settled = idsOf(landed);
      const missing = endings.filter(({ id }) => !settled.has(id));
      return [...landed, ...(await rows<Landed>(statements.settledAlike, missing))];
    },
    giveBack: async (jobs) => void (await rows(statements.giveBack, jobs)),
    look: () => ask(statements.look),
    orphans: (ids) => ask(statements.orphans, ids),
    adopt: (jobs) => rows(statements.adopt, jobs),
    async waiting() {
      const [found] = await ask<{ count: number; oldest: number }>(statements.waiting);
      return found ?? { count: 0, oldest: 0 };
    },
    async isEmpty() {
      const [found] = await ask<{ empty: boolean }>(statements.isEmpty);
      return found?.empty === true;
    },
  };
}

/** Makes the index of the jobs in hand, once. */
export async function ensureIndex({ sql, schema }: Database): Promise<void> {
  await sql(statementsOf(schema).index).catch((error) => {
    // Another worker makes it at this moment.
    if (!['23505', '42P07', '40P01'].includes(String(Object(error).code))) throw error;
  });
}
