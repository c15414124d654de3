import type { PgBoss } from 'pg-boss';

/** A row of a result, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** The database of a fleet, open: PostgreSQL, or the embedded one. */
export interface Database {
  /** Started, with `supervise` and `schedule` off unless asked for; its own statements run by it. */
  readonly boss: PgBoss;
  /** Runs one statement of ours. Throws what `pg` throws. */
  readonly sql: <R extends Row = Row>(text: string, values?: readonly unknown[]) => Promise<readonly R[]>;
  /** The schema of pg-boss, ready to be put into a statement. */
  readonly schema: string;
  /** Where it is, for people; without user or password. */
  readonly where: string;
  /** The URL that another client of this process reaches it by; holds the password. */
  readonly connection: string;
  /** Whether it is the embedded one: there NOTIFY reaches nobody, so `wake` rings in its own way. */
  readonly embedded: boolean;
  /** Tells the workers of a queue that there is something to do. Never rejects: they also look by themselves. */
  wake(queue: string): Promise<void>;
  /** Calls back at each `wake` of the queue, and after each reconnection. Resolves with what ends it. */
  onWake(queue: string, listener: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** The value of `--database`; else DATABASE_URL; else the embedded database. */
  readonly url?: string | undefined;
  /** The folder of the embedded database; by default one under the user's data folder. */
  readonly folder?: string | undefined;
  /** For a worker: pg-boss looks after its schedules and its maintenance. */
  readonly looksAfter?: boolean;
  /** Whether tasks are put in, so that a database that can lose them is worth a warning. */
  readonly submits?: boolean;
}
