import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { documentOf } from '../../../../extension/hosts/fleet/job/document.ts';
import { type CountingServer, countingServer } from './support/counting-server.ts';
import { describeFleet } from './support/describe-fleet.ts';
import { allEnded, fieldsOf, openFleet, rows, startWorker, submit, until } from './support/fleet.ts';

describeFleet('a worker', (fleet) => {
  let server: CountingServer;

  const start = (args: readonly string[] = []) => fleet.start(args);
  const tasks = (count: number, ms = 0, more = {}, options = {}) => {
    const { url } = server;
    const fields = (id: string) => fieldsOf(url, id, { payload_script: JSON.stringify({ id, ms }), ...more });
    return submit(fleet.database, count, fields, options);
  };
  const states = async () => [...(await rows(fleet.database)).values()].map(({ state }) => state).sort();

  test('runs what is in its queues, by priority, until they are empty', async () => {
    server = fleet.keep(await countingServer());
    const low = await tasks(3, 0, {}, { priority: 1 });
    const high = await tasks(3, 0, {}, { priority: 9 });
    await tasks(2, 0, {}, { queue: 'other' });
    const worker = start(['--queue', 'lambda', '--queue', 'other', '--concurrency', '1', '--until-empty']);
    expect(await worker.ended).toBe(0);
    const order = [...server.counts.keys()].filter((id) => low.includes(id) || high.includes(id));
    expect(order.slice(0, 3).sort()).toEqual([...high].sort());
    expect(server.counts.size).toBe(8);
    expect(server.most).toBe(1);
    expect(worker.log().split('\n')[0]).toContain('PostgreSQL at 127.0.0.1');
    expect(worker.log()).toContain(`${low[0]} SUCCESS`);
  });

  test('works on the embedded database as well', async () => {
    const url = `embedded:${fleet.postgres.folder}/embedded`;
    const own = await openFleet(url);
    server = fleet.keep(await countingServer({ ms: 20 }));
    const ids = await submit(own, 50, (id) => fieldsOf(server.url, id));
    const worker = startWorker(url, ['--until-empty']);
    expect(await worker.ended).toBe(0);
    const ended = await rows(own);
    expect(ids.every((id) => ended.get(id)?.state === 'completed' && server.counts.get(id)?.began === 1)).toBe(true);
    expect(
      worker
        .log()
        .split('\n')
        .find((line) => line.includes('database:')),
    ).toContain('embedded');
    await own.close();
  });

  test('settles what is not valid with the whole document, and sends nothing', async () => {
    server = fleet.keep(await countingServer());
    const [id = ''] = await tasks(1, 0, { payload_script: '"a\\u0000\\ud800b"' });
    const worker = start(['--until-empty', '--log-level', 'debug']);
    const foreign = await fleet.database.boss.send('lambda', { not: 'ours' });
    expect(await worker.ended).toBe(0);
    const ended = await rows(fleet.database);
    expect(ended.get(id)?.output?.exit_code).toBe(0);
    const output = ended.get(foreign ?? '')?.output;
    expect(output).toMatchObject({ exit_code: 20, execution: 'not_started' });
    expect(JSON.parse(documentOf({ document: output?.document ?? '' })).exit_code).toBe(20);
  });

  test('with --files, a task that names a file elsewhere is refused, also by a link', async () => {
    server = fleet.keep(await countingServer());
    const folder = mkdtempSync(join(tmpdir(), 'files-'));
    writeFileSync(join(folder, 'payload.json'), '{}');
    symlinkSync('/etc/hostname', join(folder, 'link.json'));
    const from = (path: string) => tasks(1, 0, { payload_source: 'File', payload_script: null, payload_file: path });
    const [inside = ''] = await from(join(folder, 'payload.json'));
    const others = [`${folder}/../x.json`, join(folder, 'link.json'), '/etc/hostname', `${folder}-2/x`, folder];
    const refused = (await Promise.all(others.map(from))).flat();
    const [saved = ''] = await tasks(1, 0, { response_file: '/tmp/elsewhere.json' });
    const worker = start(['--files', folder, '--until-empty']);
    expect(await worker.ended).toBe(0);
    const ended = await rows(fleet.database);
    expect(ended.get(inside)?.output).toMatchObject({ exit_code: 0 });
    for (const id of [...refused, saved]) {
      const output = ended.get(id)?.output;
      expect(output).toMatchObject({ exit_code: 20, execution: 'not_started' });
      expect(output?.document).toContain('outside of the folders that this worker lets tasks use');
    }
    rmSync(folder, { recursive: true });
  });

  test('lets tasks end after SIGTERM, gives back what has not begun, and cancels after the grace', async () => {
    server = fleet.keep(await countingServer());
    await tasks(4, 1500);
    const patient = start(['--concurrency', '2', '--grace', '30']);
    await until(() => server.underWay === 2);
    patient.child.kill('SIGTERM');
    expect(await patient.ended).toBe(0);
    expect(await states()).toEqual(['completed', 'completed', 'created', 'created'].sort());
    await fleet.database.sql(`DELETE FROM ${fleet.database.schema}.job`);
    await tasks(2, 60_000);
    const hasty = start(['--grace', '1']);
    await until(() => server.underWay === 2);
    hasty.child.kill('SIGINT');
    expect(await hasty.ended).toBe(0);
    const cut = [...(await rows(fleet.database)).values()];
    for (const { output } of cut) expect(output).toMatchObject({ exit_code: 22, execution: 'unknown' });
  });

  test('a second signal ends it at once', async () => {
    server = fleet.keep(await countingServer());
    await tasks(1, 60_000);
    const worker = start();
    await until(() => server.underWay === 1);
    worker.child.kill('SIGTERM');
    await until(() => worker.log().includes('taking no more tasks'));
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(22);
    expect(await states()).toEqual(['active']);
  });

  test('a job that was cancelled while it ran says what is known of it', async () => {
    server = fleet.keep(await countingServer());
    const [id = ''] = await tasks(1, 60_000);
    start();
    await until(() => server.underWay === 1);
    await fleet.database.boss.cancel('lambda', id);
    await until(async () => (await rows(fleet.database)).get(id)?.output?.status === 'CANCELLED', 20_000);
    expect((await rows(fleet.database)).get(id)).toMatchObject({
      state: 'cancelled',
      output: { execution: 'unknown' },
    });
  });

  test('a job that somebody put back by hand is not sent again and keeps its outcome', async () => {
    server = fleet.keep(await countingServer());
    const [id = ''] = await tasks(1);
    start(['--poll', '0.2']);
    const before = (await allEnded(fleet.database)).get(id);
    await fleet.database.sql(
      `UPDATE ${fleet.database.schema}.job SET state = 'retry', completed_on = NULL WHERE id = $1`,
      [id],
    );
    await until(async () => {
      const row = (await rows(fleet.database)).get(id);
      return row?.state === 'completed' && row.claim === (before?.claim ?? 0) + 1;
    });
    expect((await rows(fleet.database)).get(id)?.output).toEqual(before?.output);
    expect(server.counts.get(id)?.began).toBe(1);
  });

  test('one output that the database refuses does not keep the others', async () => {
    server = fleet.keep(await countingServer());
    await fleet.database.sql(
      `ALTER TABLE ${fleet.database.schema}.job ADD CONSTRAINT refused CHECK (output->>'document' NOT LIKE '%poison%') NOT VALID`,
    );
    const good = await tasks(20);
    const [bad = ''] = await tasks(1, 0, { function_name: 'poison' });
    start();
    await until(async () => {
      const all = await rows(fleet.database);
      return good.every((id) => all.get(id)?.state === 'completed') && all.get(bad)?.state === 'failed';
    });
    const { output } = (await rows(fleet.database)).get(bad) ?? {};
    expect(output).toMatchObject({ exit_code: 1, execution: 'completed' });
    expect(output?.description).toContain('cannot be stored');
    await fleet.database.sql(`ALTER TABLE ${fleet.database.schema}.job DROP CONSTRAINT refused`);
  });

  test('its figures are those of the tasks, and it is ready while it takes them', async () => {
    server = fleet.keep(await countingServer());
    await tasks(5);
    const worker = start(['--metrics', '0', '--concurrency', '1']);
    await until(() => worker.log().includes('Metrics: '));
    const url = /Metrics: (\S+)\/metrics/.exec(worker.log())?.[1] ?? '';
    await until(async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return /ue_aws_lambda_tasks_total\{queue="lambda",status="SUCCESS",execution="completed"\} 5/.test(text);
    });
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const line of [
      'tasks_running 0',
      'tasks_waiting{queue="lambda"} ',
      'oldest_waiting_seconds{queue="lambda"} ',
    ]) {
      expect(text).toContain(`ue_aws_lambda_${line}`);
    }
    expect(text).toContain('ue_aws_lambda_task_duration_seconds_count{queue="lambda"} 5');
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/else`)).status).toBe(404);
    await tasks(1, 3000);
    await until(() => server.underWay === 1);
    worker.child.kill('SIGTERM');
    await until(async () => (await fetch(`${url}/ready`)).status === 503);
    expect(await worker.ended).toBe(0);
  });

  test('keeps to the concurrency of a function without holding up the others', async () => {
    server = fleet.keep(await countingServer());
    const slow = await tasks(60, 300, { function_name: 'slow' });
    const quick = await tasks(60, 0, { function_name: 'quick' });
    start(['--function-concurrency', 'slow=2', '--concurrency', '16']);
    const began = (ids: readonly string[]) => ids.filter((id) => server.counts.has(id)).length;
    await until(() => began(quick) === 60);
    expect(began(slow)).toBeLessThan(40);
    await until(() => began(slow) > 10);
    expect(server.most).toBeLessThanOrEqual(2 + 14);
    const active = async () => (await states()).filter((state) => state === 'active').length;
    expect(await active()).toBeLessThanOrEqual(4);
  });

  test('a function that throttles is called less, and no task of it fails', async () => {
    server = fleet.keep(await countingServer({ throttles: (underWay) => underWay >= 4, ms: 50 }));
    await tasks(60, 50, { max_attempts: 1 });
    const worker = start(['--concurrency', '32', '--log-level', 'debug']);
    const ended = await allEnded(fleet.database);
    expect([...ended.values()].every(({ output }) => output?.exit_code === 0)).toBe(true);
    expect([...server.counts.values()].every(({ began }) => began === 1)).toBe(true);
    expect(worker.log()).toContain('throttles the function');
  });

  test.each(['1e300', '1e9'])('Retry-After: %s keeps no task of the function for ever', async (retryAfter) => {
    let refusals = 2;
    const throttles = () => refusals-- > 0;
    server = fleet.keep(await countingServer({ throttles, retryAfter }));
    await tasks(3, 0, { max_attempts: 1 });
    start();
    const postponed = () =>
      fleet.database.sql<{ seconds: number }>(
        `SELECT EXTRACT(EPOCH FROM start_after - now())::float8 AS seconds FROM ${fleet.database.schema}.job
         WHERE state = 'retry'`,
      );
    await until(async () => (await postponed()).length > 0);
    for (const { seconds } of await postponed()) expect(seconds).toBeLessThanOrEqual(300);
  });

  test('starts no more than its rate', async () => {
    server = fleet.keep(await countingServer());
    await tasks(12);
    const began = performance.now();
    start(['--rate', '5/s', '--until-empty']);
    await allEnded(fleet.database);
    expect(performance.now() - began).toBeGreaterThan(2000);
  });
});
