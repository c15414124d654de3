import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '../../../ports.ts';
import { isConnectionError } from './failure.ts';
import { beginOn } from './transaction.ts';

/** Runs statements on pooled connections, and gets new connections when the database comes back. */
export interface Statements {
  /**
   * `repeats`: a statement whose connection broke is run again on another, although the first may have been done. Without
   * it only what was surely not sent is.
   */
  run(text: string, values: readonly unknown[], repeats: boolean): Promise<pg.QueryResult>;
  begin(): ReturnType<typeof beginOn>;
  close(): Promise<void>;
}

/** How long a statement waits for a database that is away (ms). */
const patience = 60_000;

export interface StatementsOptions {
  readonly pool: pg.Pool;
  readonly where: string;
  readonly log: Log;
  /** Called between the tries: brings the database back, where that is in our hands. */
  readonly revive?: () => Promise<void>;
}

export function statementsOf({ pool, where, log, revive }: StatementsOptions): Statements {
  let isClosed = false;
  let isAway = false;
  const ignore = () => {};
  // What a statement gets as its error is reported there; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', ignore));
  pool.on('error', ignore);

  const connect = async (deadline: number): Promise<pg.PoolClient> => {
    let revived: unknown;
    for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
      try {
        const client = await pool.connect();
        if (isAway) log.info(`${where} is back`);
        isAway = false;
        return client;
      } catch (error) {
        if (isClosed || !isConnectionError(error) || performance.now() + pause > deadline) throw revived ?? error;
        if (!isAway)
          log.warn(`${where} is away (${(error as Error).message || (error as { code?: string }).code}); trying again`);
        isAway = true;
        await revive?.().catch((reason) => {
          revived = reason;
        });
        await sleep(pause);
      }
    }
  };

  return {
    async run(text, values, repeats) {
      const deadline = performance.now() + patience;
      for (;;) {
        const client = await connect(deadline);
        try {
          const result = await client.query(text, values as unknown[]);
          client.release();
          return result;
        } catch (error) {
          const isBroken = isConnectionError(error);
          client.release(isBroken || beginsTransaction(text)); // which nobody would end
          if (!isBroken || !repeats || isClosed || performance.now() > deadline) throw error;
        }
      }
    },
    begin: async () => beginOn(await connect(performance.now() + patience)),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await pool.end();
    },
  };
}

function beginsTransaction(text: string): boolean {
  return /^\s*begin\b/i.test(text);
}
