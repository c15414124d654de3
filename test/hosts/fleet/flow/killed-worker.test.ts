import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { flowStatus } from '../../../../extension/hosts/fleet/flow/status.ts';
import { submitFlow } from '../../../../extension/hosts/fleet/flow/submit.ts';
import { type Postgres, postgresPrograms, startPostgres, withoutPostgres } from '../../../support/postgres.ts';
import { until } from '../../../support/until.ts';
import { startWorker } from '../worker/support/fleet.ts';
import { type Functions, serveFunctions, slow } from './support/functions.ts';
import { silent } from './support/worker.ts';

let postgres: Postgres;
let db: Database;
let functions: Functions;

beforeAll(async () => {
  if (postgresPrograms === null) return;
  postgres = await startPostgres();
  db = await openDatabase({ url: postgres.url }, {}, silent);
  await ensureQueue(db, 'killed');
  functions = await serveFunctions({ hold: slow(600_000) });
});
afterAll(async () => {
  await functions?.close();
  await db?.close();
  await postgres?.remove();
});

const needed = postgresPrograms === null ? test.skip : test;

needed(
  postgresPrograms === null ? withoutPostgres : 'a worker that is killed in mid-call: unknown, and the flow goes on',
  async () => {
    const defaults = { region: 'us-east-1', endpoint_url: functions.url, credentials: { from: 'env:LAMBDA' } };
    const tasks = {
      before: { fields: { function_name: 'before' } },
      hold: { needs: ['before'], fields: { function_name: 'hold' } },
      after: { needs: ['hold'], fields: { function_name: 'never' } },
      tidy: {
        needs: ['after'],
        when: 'always',
        fields: {
          function_name: 'tidy',
          payload_source: 'Script',
          payload_script: { was: '{{ hold.result.execution }}' },
        },
      },
    };
    const { id } = await submitFlow(db, JSON.stringify({ name: 'killed', defaults, tasks }), {
      queue: 'killed',
      keys: null,
    });
    const first = startWorker(postgres.url, ['--queue', 'killed']);
    await until(() => functions.calls.some(({ name }) => name === 'hold'));
    first.child.kill('SIGKILL');
    await first.ended;
    const second = startWorker(postgres.url, ['--queue', 'killed', '--until-empty']);
    expect([await second.ended, second.log()]).toEqual([0, expect.stringContaining('The worker has ended')]);
    const status = await flowStatus(db, id);
    expect(status).toMatchObject({ state: 'failed', execution: 'unknown' });
    expect(status?.tasks.map(({ name, state, execution }) => [name, state, execution])).toEqual([
      ['before', 'completed', 'completed'],
      ['hold', 'failed', 'unknown'],
      ['after', 'failed', 'not_started'],
      ['tidy', 'completed', 'completed'],
    ]);
    expect(functions.calls).toEqual([
      { name: 'before', payload: expect.anything() },
      { name: 'hold', payload: expect.anything() },
      { name: 'tidy', payload: '{"was":"unknown"}' },
    ]);
  },
);
