import { afterAll, afterEach, beforeAll, describe, test } from '@jest/globals';
import type { Database } from '../../../../../extension/hosts/fleet/database/database.ts';
import { type Postgres, postgresPrograms, startPostgres, withoutPostgres } from '../../../../support/postgres.ts';
import { openFleet, startWorker, type WorkerProcess } from './fleet.ts';

/** A PostgreSQL for the tests of a file. After each test its workers and servers are gone, and its queues are empty. */
export interface TestFleet {
  readonly postgres: Postgres;
  readonly database: Database;
  readonly start: (args?: readonly string[], words?: readonly string[]) => WorkerProcess;
  /** Closes it after the test. */
  readonly keep: <T extends { close(): Promise<void> }>(server: T) => T;
}

/** As `describe`, with a fleet on PostgreSQL; where its programs are not installed the tests are skipped. */
export function describeFleet(name: string, tests: (fleet: TestFleet) => void): void {
  if (postgresPrograms === null) return void test.skip(withoutPostgres, () => {});
  describe(name, () => {
    let postgres: Postgres;
    let database: Database;
    const workers: WorkerProcess[] = [];
    const servers: { close(): Promise<void> }[] = [];

    beforeAll(async () => {
      postgres = await startPostgres();
      database = await openFleet(postgres.url);
    });

    afterEach(async () => {
      for (const { child } of workers) child.kill('SIGKILL');
      await Promise.all(workers.splice(0).map(({ ended }) => ended));
      await Promise.all(servers.splice(0).map((server) => server.close()));
      await database.sql(`DELETE FROM ${database.schema}.job`);
    });

    afterAll(async () => {
      await database.close();
      await postgres.remove();
    });

    tests({
      get postgres() {
        return postgres;
      },
      get database() {
        return database;
      },
      start(args = [], words) {
        const worker = startWorker(postgres.url, args, words);
        workers.push(worker);
        return worker;
      },
      keep(server) {
        servers.push(server);
        return server;
      },
    });
  });
}
