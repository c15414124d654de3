import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { readData, toJobData } from '../../../../extension/hosts/fleet/job/data.ts';
import { documentOf, readWholeOutput } from '../../../../extension/hosts/fleet/job/document.ts';
import { evidenceOf } from '../../../../extension/hosts/fleet/job/evidence.ts';
import { data, output, strange } from '../../../fuzz/support/rows.ts';
import { embeddedFolder, embeddedUrl } from '../../../support/embedded.ts';
import { runProgram } from '../../../support/run-program.ts';
import { type CountingServer, countingServer } from './support/counting-server.ts';
import { fieldsOf, openFleet, rows, startWorker, until } from './support/fleet.ts';

jest.setTimeout(120_000);

const count = Number(process.env.ROWS ?? 400);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

let folder: string;
let database: Database;
let server: CountingServer;

beforeAll(async () => {
  folder = await embeddedFolder();
  database = await openFleet(embeddedUrl(folder));
  server = await countingServer();
});

afterAll(async () => {
  await server.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Half of them are tasks as they are submitted, or with a member that is not. */
const row = fc.record({
  id: fc.uuid({ version: 4 }),
  data: fc.oneof<fc.Arbitrary<unknown>[]>(strange, data, fc.constant('task'), fc.constant('task'), fc.constant('task')),
  changed: fc.oneof<fc.Arbitrary<object>[]>(
    fc.constant({}),
    data.chain((all) => fc.constantFrom(...Object.entries(all)).map((member) => Object.fromEntries([member]))),
  ),
  output: fc.oneof<fc.Arbitrary<unknown>[]>(fc.constant(null), fc.constant(null), strange, output),
});

test(`${count} rows that are ours, nearly ours and not ours (SEED=${seed})`, async () => {
  await ensureQueue(database, 'lambda');
  const all = fc.sample(row, { seed, numRuns: count }).flatMap(({ id, data, changed, output }) => {
    const task = { ...toJobData(fieldsOf(server.url, id), { group: id }), ...changed };
    const whole = { id, data: data === 'task' ? task : data, output };
    return JSON.stringify(whole).includes('\\u') ? [] : [whole]; // jsonb takes no lone surrogates and no U+0000
  });
  await database.boss.insert(
    'lambda',
    all.map(({ id, data }) => ({ id, data: data as object })),
  );
  await database.sql(
    `UPDATE ${database.schema}.job SET data = given.data, output = given.output
     FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, data jsonb, output jsonb) WHERE job.id = given.id`,
    [JSON.stringify(all)],
  );
  const worker = startWorker(embeddedUrl(folder), []);
  const isOurs = ({ data, output }: (typeof all)[number]) => readData(data).kind !== 'later' || evidenceOf(output).sent;
  const ours = all.filter(isOurs);
  await until(async () => {
    const found = await rows(database);
    return ours.every(({ id }) => ['completed', 'failed'].includes(found.get(id)?.state ?? ''));
  }, 60_000);
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);

  const found = await rows(database);
  for (const { id, data, output } of all) {
    const { state, output: settled } = found.get(id) ?? {};
    const began = server.counts.get(id)?.began ?? 0;
    const about = { id, state, began, data, output, settled };
    if (!ours.some((own) => own.id === id)) {
      expect(['created', 'retry']).toContain(state);
      expect(about).toMatchObject({ began: 0 });
      continue;
    }
    const read = readWholeOutput(settled);
    if (read.kind !== 'settled') throw new Error(JSON.stringify(about));
    JSON.parse(documentOf(read.settled));
    const { execution } = read.settled;
    expect(about).toMatchObject({ began: execution === 'completed' && !evidenceOf(output).sent ? 1 : 0 });
    if (evidenceOf(output).sent) expect(['unknown', 'completed']).toContain(execution);
  }
  expect([...server.counts.values()].every(({ began }) => began === 1)).toBe(true);
  expect(server.counts.size).toBeGreaterThan(0);
});

test.each([
  [['tasks', '--limit', '1000', '--json']],
  [['results', '--json']],
  [['results', '--unknown']],
  [['status', '--json']],
])('%j reads them', async (words) => {
  const { code, stdout, stderr } = await runProgram([...words, '--database', embeddedUrl(folder)]);
  expect([code, stderr.replace(/^.*(embedded database|No ).*$/gm, '').trim()]).toEqual([0, '']);
  const lines = stdout.split('\n').slice(0, -1);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line.replaceAll('\t', '')).not.toMatch(/\p{Cc}/u);
});
