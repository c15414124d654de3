import type { Db, JobInsert } from 'pg-boss';
import type { Database } from '../database/database.ts';
import type { JobData } from '../job/job.ts';

/** How jobs are put into the queue. */
export interface Placing {
  readonly queue: string;
  readonly priority?: number;
  /** When they may run at the earliest. */
  readonly startAfter?: Date;
  readonly deleteAfterSeconds?: number;
}

export interface NewJob {
  readonly id: string;
  readonly data: JobData;
}

type Transaction = Awaited<ReturnType<NonNullable<Db['beginTransaction']>>>;

/** Inserts jobs; returns the ids of those that were not there before. */
export async function insertJobs(
  { boss }: Database,
  jobs: readonly NewJob[],
  { queue, ...options }: Placing,
  transaction?: Transaction,
): Promise<readonly string[]> {
  // By its group a worker leaves out a function that cannot take more calls now.
  const rows: JobInsert[] = jobs.map((job) => {
    const { function: called } = job.data;
    return { ...job, ...options, ...(called && { group: { id: called } }) };
  });
  return (await boss.insert(queue, rows, { returnId: true, ...(transaction && { db: transaction.db }) })) ?? [];
}

/** All or nothing: what `use` inserts is there when it resolves with true, and not at all otherwise. */
export async function allOrNothing(
  { boss }: Database,
  use: (transaction: Transaction) => Promise<boolean>,
): Promise<boolean> {
  const transaction = await boss.getDb().beginTransaction?.();
  if (transaction === undefined) throw new Error('this database cannot run transactions');
  try {
    const isGood = await use(transaction);
    await (isGood ? transaction.commit() : transaction.rollback());
    return isGood;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
