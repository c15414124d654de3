import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { readData } from '../../../../extension/hosts/fleet/job/data.ts';
import type { JobData } from '../../../../extension/hosts/fleet/job/job.ts';
import { submitScheduled } from '../../../../extension/hosts/fleet/schedule/submit-flow.ts';
import { type Postgres, postgresPrograms, startPostgres, withoutPostgres } from '../../../support/postgres.ts';
import { runProgram } from '../../../support/run-program.ts';
import { type ScriptedServer, scriptedServer } from '../../../support/scripted-server.ts';

jest.setTimeout(120_000);

const onPostgres = postgresPrograms === null ? test.skip : test;
if (postgresPrograms === null) process.stderr.write(`${withoutPostgres}\n`);

const silent = { error() {}, warn() {}, info() {}, debug() {} };
const folder = mkdtempSync(join(tmpdir(), 'ue-schedule-'));
const path = join(folder, 'flow.yaml');
let postgres: Postgres;
let server: ScriptedServer;
let database: Database;

beforeAll(async () => {
  if (postgresPrograms === null) return;
  postgres = await startPostgres();
  server = await scriptedServer({ body: '{"rows":[1]}' });
  database = await openDatabase({ url: postgres.url }, {}, silent);
  const call = `region: eu-west-1\n      endpoint_url: ${server.url}\n      credentials: { from: 'env:LAMBDA' }`;
  writeFileSync(
    path,
    `name: nightly
tasks:
  extract:
    fields:
      function_name: extract
      ${call}
  load:
    needs: [extract]
    fields:
      function_name: load
      payload_source: Script
      payload_script: '"{{ extract.result.payload_json.rows }}"'
      ${call}
`,
  );
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  if (postgresPrograms === null) return;
  await database.close();
  await server.close();
  await postgres.remove();
});

const run = (words: readonly string[]) =>
  runProgram(words, {
    env: { DATABASE_URL: postgres.url, LAMBDA_ACCESS_KEY_ID: 'A', LAMBDA_SECRET_ACCESS_KEY: 'B' },
  });

/** What a schedule keeps, to be submitted by the engine at its times. */
async function scheduled(): Promise<JobData> {
  const [{ data } = {}] = await database.boss.getSchedules('lambda');
  const read = readData(data);
  if (read.kind !== 'job') throw new Error(read.kind);
  return read.data;
}

onPostgres('a flow is checked when its schedule is added', async () => {
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(
    wrong,
    'name: x\ntasks:\n  a:\n    needs: [b]\n    fields: {function_name: order, region: eu-west-1}\n',
  );
  const refused = await run(['schedule', 'add', 'x', wrong, '--cron', '0 6 * * *']);
  expect([refused.code, refused.stdout]).toEqual([20, '']);
  expect(refused.stderr).toContain('b');
  expect((await run(['schedule', 'list', '--json'])).stdout).toBe('');
});

onPostgres('a scheduled flow is submitted once by the job of the schedule, however often that is tried', async () => {
  const added = await run(['schedule', 'add', 'nightly', path, '--cron', '0 6 * * *']);
  expect([added.code, added.stderr]).toEqual([0, expect.stringContaining('the next run is at')]);
  const data = await scheduled();
  const job = { id: randomUUID(), queue: 'lambda' };
  const first = await submitScheduled(database, job, data, null);
  const again = await submitScheduled(database, job, data, null);
  const other = await submitScheduled(database, { ...job, id: randomUUID() }, data, null);
  expect(first).toMatchObject({ status: 'SUCCESS', execution: 'not_started' });
  expect(again.detail).toBe(first.detail);
  expect(other.detail).not.toBe(first.detail);
});

onPostgres('a worker does that, and runs the flow', async () => {
  const data = await scheduled();
  const before = server.received.length;
  await postgres.sql(`DELETE FROM ${database.schema}.job`);
  const id = randomUUID();
  await database.boss.insert('lambda', [{ id, data }]);
  const worked = await run(['worker', '--until-empty']);
  expect([worked.code, worked.stderr]).toEqual([0, expect.any(String)]);
  const document = JSON.parse((await run(['results', id])).stdout);
  expect(document).toMatchObject({ exit_code: 0, result: { execution: 'not_started' } });
  expect(document.status_description).toMatch(/The flow was submitted as [0-9a-f-]{36} with 2 tasks/);
  expect(server.received.slice(before).map(({ body }) => body.toString())).toEqual(['', '[1]']);
  const [flow = ''] = /[0-9a-f-]{36}/.exec(document.status_description) ?? [];
  expect(JSON.parse((await run(['status', flow, '--json'])).stdout)).toMatchObject({ state: 'succeeded' });
});

onPostgres('what runs is cancelled by its worker, with what is known', async () => {
  const hanging = await scriptedServer({ fault: 'hang' });
  const fields = { function_name: 'order', region: 'eu-west-1', endpoint_url: hanging.url };
  const file = join(folder, 'task.json');
  writeFileSync(file, JSON.stringify({ ...fields, credentials: { from: 'env:LAMBDA' } }));
  const id = (await run(['submit', file, '--queue', 'hanging'])).stdout.trim();
  const worker = run(['worker', '--queue', 'hanging', '--until-empty']);
  const state = async () => JSON.parse((await run(['status', id, '--json'])).stdout);
  while ((await state()).worker === null) await new Promise((resolve) => setTimeout(resolve, 100));
  const cancelled = await run(['cancel', id]);
  expect([cancelled.code, cancelled.stderr]).toEqual([0, expect.stringContaining('1 running')]);
  await worker;
  expect(await state()).toMatchObject({ state: 'cancelled', execution: 'unknown', exit_code: 22 });
  const document = JSON.parse((await run(['results', id])).stdout);
  expect(document.result.error[0].name).toBe('Cancelled');
  const refused = await run(['retry', id]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--even-if-it-may-have-run')]);
  await hanging.close();
});
