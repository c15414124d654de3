import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { cancelAll } from '../../../../extension/hosts/fleet/reports/cancel.ts';
import { listenersOf } from '../../../../extension/hosts/fleet/reports/overview.ts';
import { storeOf } from '../../../../extension/hosts/fleet/worker/store.ts';
import { type Postgres, postgresPrograms, startPostgres, withoutPostgres } from '../../../support/postgres.ts';
import { fieldsOf, openFleet, rows, submit, until } from '../worker/support/fleet.ts';

const describeWithPostgres = postgresPrograms === null ? describe.skip : describe;
if (postgresPrograms === null) test.skip(withoutPostgres, () => {});

describeWithPostgres('beside workers', () => {
  let postgres: Postgres;
  let database: Database;

  beforeAll(async () => {
    postgres = await startPostgres();
    database = await openFleet(postgres.url);
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await postgres.remove();
  });

  /** The database, in which something happens before each statement that the text is part of. */
  const meanwhile = (text: string, happen: () => Promise<unknown>): Database => ({
    ...database,
    sql: async (statement, values) => {
      if (statement.includes(text)) await happen();
      return database.sql(statement, values);
    },
  });
  const submitOne = async (queue: string) =>
    (await submit(database, 1, (id) => fieldsOf('http://127.0.0.1:9', id), { queue }))[0] as string;
  const stateOf = async (queue: string, id: string) => (await rows(database, queue)).get(id);

  test('a task that its worker gives back during a cancel is cancelled too', async () => {
    const id = await submitOne('back');
    const store = storeOf(database, 'back');
    const [claimed] = await store.claim(1, []);
    const back = { id, claim: claimed?.claim ?? 0, output: null, delay: 0, called: null };
    const racing = meanwhile(`j.state = 'active'`, () => store.giveBack([back]));
    expect(await cancelAll(racing, { queues: ['back'], id })).toEqual({ waiting: 1, running: 0 });
    expect(await stateOf('back', id)).toMatchObject({ state: 'cancelled', output: { execution: 'not_started' } });
  });

  test('what a worker sent and gave back during a cancel is not said to be not started', async () => {
    const id = await submitOne('sent');
    const store = storeOf(database, 'sent');
    let happened = false;
    const racing = meanwhile("SET state = 'cancelled', completed_on = ue_aws_lambda.job_now(), output", async () => {
      if (happened) return;
      happened = true;
      const [claimed] = await store.claim(1, []);
      const { claim = 0 } = claimed ?? {};
      await store.mark([{ id, claim, marker: { sending: 'worker', ended: 0 } }]);
      await store.giveBack([{ id, claim, output: { requeued: 1, resume: true }, delay: 0, called: null }]);
    });
    expect(await cancelAll(racing, { queues: ['sent'], id })).toEqual({ waiting: 1, running: 0 });
    expect(await stateOf('sent', id)).toMatchObject({ state: 'cancelled', output: { execution: 'unknown' } });
  });

  test('an idle worker is counted for as long as it listens', async () => {
    const before = await listenersOf(database);
    const end = await database.onWake('idle', () => {});
    const listening = async () =>
      (await postgres.sql(
        `SELECT query_start::text AS at FROM pg_stat_activity WHERE query ILIKE 'listen %' OR query = 'SELECT 1'`,
      )) as readonly { readonly at: string }[];
    await until(async () => (await listening()).length > 0);
    const [first] = await listening();
    // The connection is looked at every 10 s.
    await until(async () => (await listening())[0]?.at !== first?.at, 60_000);
    expect([before, await listenersOf(database)]).toEqual([0, 1]);
    await end();
  }, 90_000);
});
