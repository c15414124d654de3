import { PgBoss } from 'pg-boss';
import type { Log } from '../../../ports.ts';
import { type State, schemaName } from './checks.ts';
import type { DatabaseOptions } from './database.ts';
import type { Statements } from './statements.ts';

/** When the engine's upkeep first runs, and how often (ms): not before the workers' sweep has settled what they left. */
const upkeep = 60_000;

/** Starts pg-boss over our own connections; resolves with what ends it. */
export async function startBoss(statements: Statements, state: State, options: DatabaseOptions, log: Log) {
  const boss = new PgBoss({
    db: {
      executeSql: (text, values = []) => statements.run(text, values, isRead(text)),
      beginTransaction: () => statements.begin(),
    },
    schema: schemaName,
    migrate: !state.isReplica,
    supervise: false,
    schedule: options.looksAfter ?? false,
    ...{ cronMonitorIntervalSeconds: 10, cronWorkerIntervalSeconds: 1 },
    // A batch of any size is no fault; the metrics of a worker tell how much waits.
    warningQueueSize: Number.MAX_SAFE_INTEGER,
  });
  boss.on('error', (error) => log.warn(`pg-boss: ${error.message}`));
  boss.on('warning', ({ message }) => log.warn(`pg-boss: ${message}`));
  await boss.start();
  const timer = options.looksAfter ? setInterval(() => supervise(boss, log), upkeep) : undefined;
  timer?.unref();
  return {
    boss,
    stop: async () => {
      clearInterval(timer);
      await boss.stop({ graceful: false });
    },
  };
}

function supervise(boss: PgBoss, log: Log): void {
  boss.supervise().catch((error: Error) => log.warn(`pg-boss: its upkeep failed and is tried again: ${error.message}`));
}

/** A statement that changes nothing may be run again when its connection broke. */
const isRead = (text: string) =>
  /^\s*select\b/i.test(text) && !/\b(insert|update|delete|for update|create_queue|delete_queue)\b/i.test(text);
