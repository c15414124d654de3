import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../extension/hosts/fleet/database/queue.ts';
import { cancelFlow } from '../../../../extension/hosts/fleet/flow/cancel.ts';
import { taskIdOf } from '../../../../extension/hosts/fleet/flow/ids.ts';
import { release } from '../../../../extension/hosts/fleet/flow/release.ts';
import { type FlowStatus, flowLines, flowStatus } from '../../../../extension/hosts/fleet/flow/status.ts';
import { type FlowOptions, submitFlow } from '../../../../extension/hosts/fleet/flow/submit.ts';
import { documentOf } from '../../../../extension/hosts/fleet/job/document.ts';
import { storeOf } from '../../../../extension/hosts/fleet/worker/store.ts';
import { type Postgres, postgresPrograms, startPostgres, withoutPostgres } from '../../../support/postgres.ts';
import { assertValid } from '../../../support/schemas.ts';
import { until } from '../../../support/until.ts';
import { type Functions, failing, serveFunctions, slow } from './support/functions.ts';
import { keys, silent, work } from './support/worker.ts';

const queue = 'flows';

interface Place {
  readonly url: string;
  close(): Promise<void>;
}

const places: Readonly<Record<string, () => Promise<Place>>> = {
  async PostgreSQL() {
    const postgres: Postgres = await startPostgres();
    return { url: postgres.url, close: () => postgres.remove() };
  },
  async PGlite() {
    const folder = mkdtempSync(join(tmpdir(), 'flows-'));
    return { url: `embedded:${folder}/db`, close: async () => rmSync(folder, { recursive: true, force: true }) };
  },
};

if (postgresPrograms === null) test.skip(withoutPostgres, () => {});

describe.each(Object.keys(places).filter((name) => name === 'PGlite' || postgresPrograms !== null))('%s', (name) => {
  let place: Place;
  let db: Database;
  let functions: Functions;
  let stop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    place = await (places[name] as () => Promise<Place>)();
    db = await openDatabase({ url: place.url }, {}, silent);
    await ensureQueue(db, queue);
  });
  afterAll(async () => {
    await db?.close();
    await place?.close();
  });
  beforeEach(async () => {
    stop = undefined;
    functions = await serveFunctions({
      rows: () => '{"rows": [9007199254740993, 1.10, {"a": "x"}], "text": "line\\u0000 \\ud83d\\ude00", "none": null}',
      echo: (payload) => payload,
      fail: failing,
      slow: slow(30_000),
    });
  });
  afterEach(async () => {
    await stop?.();
    await functions.close();
  });

  const start = async (concurrency?: number) => {
    stop = await work(db, queue, concurrency);
  };
  const submit = (tasks: object, options: Partial<FlowOptions> = {}, flow = 'nightly') => {
    const defaults = { region: 'us-east-1', endpoint_url: functions.url, function_name: 'echo' };
    return submitFlow(db, JSON.stringify({ name: flow, defaults, tasks }), { queue, keys: null, ...options });
  };
  const status = async (id: string) => (await flowStatus(db, id)) as FlowStatus;
  const task = async (id: string, task: string) => (await status(id)).tasks.find(({ name }) => name === task);
  const states = async (id: string) =>
    Object.fromEntries((await status(id)).tasks.map(({ name, state, execution }) => [name, `${state} ${execution}`]));
  const outputOf = async (id: string) => {
    const [row] = await db.sql<{ output: { document: string } }>(
      `SELECT output FROM ${db.schema}.job WHERE name = $1 AND id = $2`,
      [queue, id],
    );
    const document = documentOf((row as { output: { document: string } }).output);
    assertValid('extension-output', JSON.parse(document));
    return JSON.parse(document);
  };
  const stateOf = async (id: string) => (await db.boss.findJobs(queue, { id }))[0]?.state;
  /** Waits until the job of the whole flow is settled. */
  const over = (id: string) =>
    until(async () => ['completed', 'failed', 'cancelled'].includes((await stateOf(id)) ?? ''));
  const called = (name: string) => functions.calls.filter((call) => call.name === name).length;

  test('each task has the group of its function, where that is known', async () => {
    const { id } = await submit({
      known: { fields: { function_name: 'rows' } },
      filled: { needs: ['known'], fields: { function_name: '{{ known.result.payload_json.text }}' } },
    });
    const groups = await db.sql<{ label: string | null; group: string | null }>(
      `SELECT data->>'label' AS label, group_id AS group FROM ${db.schema}.job WHERE data->>'group' = $1`,
      [id],
    );
    expect(Object.fromEntries(groups.map(({ label, group }) => [label ?? 'flow', group]))).toEqual({
      ...{ known: 'rows', filled: null, flow: null },
    });
    await cancelFlow(db, id);
  });

  test('a diamond runs in order, hands values on with every digit, and ends with the flow', async () => {
    await start();
    const began = performance.now();
    const { id, tasks, existed } = await submit({
      extract: { fields: { function_name: 'rows' } },
      left: {
        needs: ['extract'],
        fields: {
          payload_source: 'Script',
          payload_script: {
            rows: '{{ extract.result.payload_json.rows }}',
            one: '{{ extract.result.payload_json.rows[0] }}',
            says: 'got {{extract.result.payload_json.rows.1}} of {{ extract.result.payload_json["text"] }}, \\{{ name }}',
            none: '{{ extract.result.payload_json.none }}',
          },
        },
      },
      right: { needs: ['extract'], fields: { qualifier: 'v{{ extract.exit_code }}' } },
      join: {
        needs: ['left', 'right'],
        fields: { payload_source: 'Script', payload_script: '{"id":"{{ flow.id }}","was":"{{ extract.changed }}"}' },
      },
    });
    await over(id);
    const took = Math.round(performance.now() - began);
    if (process.env.SHOW) console.log(`${name}: a diamond of instant tasks took ${took} ms`);
    expect({ tasks, existed }).toEqual({ tasks: 4, existed: false });
    const names = functions.calls.map((call) => call.name);
    expect([names[0], names.length]).toEqual(['rows', 4]);
    const left = functions.calls.find(({ payload }) => payload.includes('says'))?.payload;
    expect(left).toBe(
      '{"rows":[9007199254740993, 1.10, {"a": "x"}],"one":9007199254740993,"says":"got 1.10 of line\\u0000 😀, {{ name }}","none":null}',
    );
    expect(functions.calls.at(-1)?.payload).toBe(`{"id":"${id}","was":true}`);
    expect(await states(id)).toEqual({
      ...{ extract: 'completed completed', left: 'completed completed' },
      ...{ right: 'completed completed', join: 'completed completed' },
    });
    expect(await status(id)).toMatchObject({ name: 'nightly', state: 'succeeded', execution: 'completed' });
    expect(await outputOf(id)).toMatchObject({
      exit_code: 0,
      status_description: 'SUCCESS: 4 of 4 tasks succeeded',
    });
  });

  test('a flow of one task', async () => {
    await start();
    const { id } = await submit({ only: { fields: {} } });
    await over(id);
    expect(await states(id)).toEqual({ only: 'completed completed' });
  });

  test('a failed need settles what follows by its name; always and failure run', async () => {
    await start();
    const { id } = await submit({
      broken: { fields: { function_name: 'fail' } },
      fine: { fields: {} },
      after: { needs: ['broken', 'fine'], fields: { function_name: 'never' } },
      later: { needs: ['after'], fields: { function_name: 'never' } },
      tidy: { needs: ['broken'], when: 'always', fields: { function_name: 'tidy' } },
      alarm: { needs: ['later'], when: 'failure', fields: { function_name: 'alarm' } },
      calm: { needs: ['fine'], when: 'failure', fields: { function_name: 'never' } },
    });
    await over(id);
    expect(await states(id)).toEqual({
      ...{ broken: 'failed completed', fine: 'completed completed', after: 'failed not_started' },
      ...{ later: 'failed not_started', tidy: 'completed completed', alarm: 'completed completed' },
      calm: 'completed not_started',
    });
    expect([called('never'), called('tidy'), called('alarm')]).toEqual([0, 1, 1]);
    const output = await outputOf(taskIdOf(id, 'after'));
    expect(output).toMatchObject({ exit_code: 1, changed: false, result: { execution: 'not_started', attempts: 0 } });
    expect(output.invocation.fields.function_name).toBe('never');
    expect(output.status_description).toMatch(
      /^FAIL: The task broken, which this one needs, did not succeed \(FAIL: .*\)\. The function was not started\.$/,
    );
    expect(output.result.error[0]).toMatchObject({ name: 'NeedFailed', message: expect.stringMatching(/^broken /) });
    expect((await task(id, 'calm'))?.description).toBe(
      'SUCCESS: None of the tasks that this one needs failed. The function was not started.',
    );
    const flow = await outputOf(id);
    expect(flow.status_description).toBe('FAIL: 4 of 7 tasks succeeded; failed: broken, after, later');
    expect(await stateOf(id)).toBe('failed');
    expect(flowLines(await status(id), 80).join('\n')).toContain('x broken  failed     completed');
  });

  test('a value that is not there settles the task, and names path, task and field', async () => {
    await start();
    const path = 'extract.result.payload_json.__proto__.constructor[99999999999999999999]';
    const { id } = await submit({
      extract: { fields: { function_name: 'rows' } },
      load: { needs: ['extract'], fields: { payload_source: 'Script', payload_script: { a: `{{ ${path} }}` } } },
    });
    await over(id);
    const output = await outputOf(taskIdOf(id, 'load'));
    const message = `{{ ${path} }} has no value in the output of the task extract`;
    expect(output).toMatchObject({
      status_description: `FAIL: payload_script: ${message}. The function was not started.`,
      result: { execution: 'not_started', error: [{ name: 'TemplateError', field: 'payload_script', message }] },
    });
  });

  test('what a function answers is no template, and null is no text', async () => {
    await start();
    const { id } = await submit({
      first: { fields: { payload_source: 'Script', payload_script: { a: '\\{{ first.exit_code }}', n: null } } },
      second: {
        needs: ['first'],
        fields: { payload_source: 'Script', payload_script: '["{{ first.result.payload_json.a }}"]' },
      },
      null: { needs: ['first'], fields: { qualifier: '{{ first.result.payload_json.n }}' } },
    });
    await over(id);
    expect(functions.calls.map(({ payload }) => payload)).toEqual([
      '{"a":"{{ first.exit_code }}","n":null}',
      '["{{ first.exit_code }}"]',
    ]);
    expect((await task(id, 'null'))?.description).toContain('is null, which cannot be part of a text');
  });

  test('fields that are wrong once their values are there fail by validation, and nothing is sent', async () => {
    await start();
    const { id } = await submit({
      first: { fields: {} },
      second: {
        needs: ['first'],
        fields: { function_name: 'x {{ first.result.execution }} !', max_attempts: '{{ first.exit_code }}' },
      },
    });
    await over(id);
    expect(await outputOf(taskIdOf(id, 'second'))).toMatchObject({
      exit_code: 20,
      result: { execution: 'not_started' },
    });
    expect(functions.calls).toHaveLength(1);
  });

  test('secrets stay encrypted in a task with templates', async () => {
    await start();
    const credentials = { user: 'AKIDINLINE', password: 'hidden-{{ first.exit_code }}'.replace(/[{} ]/g, '') };
    const { id } = await submit(
      {
        first: { fields: {} },
        second: { needs: ['first'], fields: { credentials, qualifier: 'v{{ first.exit_code }}' } },
      },
      { keys },
    );
    await over(id);
    expect(await states(id)).toMatchObject({ second: 'completed completed' });
    const rows = await db.sql(`SELECT data::text || output::text AS all FROM ${db.schema}.job WHERE id = $1`, [
      taskIdOf(id, 'second'),
    ]);
    expect(JSON.stringify(rows)).not.toContain('hidden-');
  });

  test('the same key submits once; another flow with that key is refused', async () => {
    const options = { key: `night-${name}` };
    const once = await submit({ a: { fields: {} }, b: { needs: ['a'], fields: {} } }, options);
    const again = await submit({ a: { fields: {} }, b: { needs: ['a'], fields: {} } }, options);
    expect([once.existed, again]).toEqual([false, { ...once, existed: true }]);
    await expect(submit({ a: { fields: {} } }, options)).rejects.toThrow('another flow was submitted with this key');
    expect(await status(once.id)).toMatchObject({ state: 'waiting', description: '1 waiting, 1 blocked' });
    await cancelFlow(db, once.id);
  });

  test('of those who submit with one key at the same moment, one has submitted it', async () => {
    const sameTime = () => submit({ a: { fields: {} }, b: { needs: ['a'], fields: {} } }, { key: `at-once-${name}` });
    const all = await Promise.all([1, 2, 3, 4].map(sameTime));
    expect(all.map(({ existed }) => existed).sort()).toEqual([false, true, true, true]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    await cancelFlow(db, all[0]?.id as string);
  });

  test('a cancel settles what waits, aborts what runs, and ends the flow', async () => {
    await start();
    const { id } = await submit({
      before: { fields: {} },
      running: { needs: ['before'], fields: { function_name: 'slow' } },
      waiting: { needs: ['running'], fields: { function_name: 'never' } },
      tidy: { needs: ['waiting'], when: 'always', fields: { function_name: 'never' } },
    });
    await until(() => called('slow') === 1);
    expect(await cancelFlow(db, id)).toEqual({ id, name: 'nightly', settled: 2, aborted: 1, ended: 1 });
    await over(id);
    expect(await states(id)).toEqual({
      ...{ before: 'completed completed', running: 'cancelled unknown' },
      ...{ waiting: 'cancelled not_started', tidy: 'cancelled not_started' },
    });
    await until(async () => (await task(id, 'running'))?.description !== null);
    expect((await task(id, 'running'))?.description).toMatch(/^CANCELLED: The request was sent/);
    expect(await outputOf(taskIdOf(id, 'waiting'))).toMatchObject({
      exit_code: 22,
      result: { execution: 'not_started' },
    });
    expect(await status(id)).toMatchObject({ state: 'cancelled', execution: 'unknown' });
    expect(called('never')).toBe(0);
    expect(await cancelFlow(db, id)).toMatchObject({ settled: 0, aborted: 0, ended: 4 });
    expect(await cancelFlow(db, taskIdOf(id, 'before'))).toBeNull();
  });

  test('a task that is cancelled by itself is a need that failed', async () => {
    const { id } = await submit({
      first: { fields: {} },
      after: { needs: ['first'], fields: { function_name: 'never' } },
      alarm: { needs: ['first'], when: 'failure', fields: { function_name: 'alarm' } },
    });
    await db.boss.cancel(queue, taskIdOf(id, 'first'));
    await start();
    await over(id);
    expect(await states(id)).toEqual({
      ...{ first: 'cancelled not_started', after: 'failed not_started', alarm: 'completed completed' },
    });
    expect((await task(id, 'after'))?.description).toContain('(CANCELLED: it was cancelled)');
  });

  test('a worker that dies in mid-flow leaves unknown, and the flow goes on', async () => {
    const { id } = await submit({
      first: { fields: {} },
      after: { needs: ['first'], fields: { function_name: 'never' } },
      tidy: { needs: ['first'], when: 'always', fields: { function_name: 'tidy' } },
    });
    const store = storeOf(db, queue);
    const [claimed] = await store.claim(1, []);
    const { id: job = '', claim = 0 } = claimed ?? {};
    await store.mark([{ id: job, claim, marker: { sending: 'dead', ended: 0 } }]); // and no sign of life after it
    await start();
    await over(id);
    expect(await states(id)).toEqual({
      ...{ first: 'failed unknown', after: 'failed not_started', tidy: 'completed completed' },
    });
    expect(await status(id)).toMatchObject({ state: 'failed', execution: 'unknown' });
  });

  test('releases at the same moment, from eight sides, let each task go once', async () => {
    const roots = Array.from({ length: 80 }, (_, index) => `r${index}`);
    const all = Object.fromEntries(roots.map((root) => [root, { fields: {} }]));
    const { id } = await submit({
      ...all,
      last: { needs: roots, fields: {} },
      any: { needs: ['r0', 'r79'], fields: {} },
    });
    const states = ['completed', 'failed', 'cancelled'];
    const open = roots.map((root, index) => [taskIdOf(id, root), states[index % 3]] as const);
    const released: number[] = [];
    const side = async () => {
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        await db.sql(`UPDATE ${db.schema}.job SET state = $2 WHERE name = '${queue}' AND id = $1`, [...next]);
        released.push(await release(db));
      }
    };
    await Promise.all(Array.from({ length: 8 }, side));
    released.push(await release(db)); // a parent that another side had in its hands
    const sum = released.reduce((total, count) => total + count, 0);
    expect(sum).toBe(2);
    expect([(await task(id, 'last'))?.state, (await task(id, 'any'))?.state]).toEqual(['waiting', 'waiting']);
    await cancelFlow(db, id);
  });

  test('500 tasks, wide and deep', async () => {
    await start(64);
    const wide = Array.from({ length: 300 }, (_, index) => [`w${index}`, { needs: ['root'], fields: {} }]);
    const deep = Array.from({ length: 198 }, (_, index) => [
      `d${index}`,
      { needs: [index === 0 ? 'root' : `d${index - 1}`], fields: {} },
    ]);
    const all = Object.fromEntries([['root', { fields: {} }], ...wide, ...deep]);
    const began = performance.now();
    const { id, tasks } = await submit({ ...all, last: { needs: Object.keys(all), fields: {} } });
    const submitted = performance.now() - began;
    await over(id);
    const took = performance.now() - began;
    if (process.env.SHOW)
      console.log(`${name}: 500 tasks: submit ${submitted.toFixed(0)} ms, all ${took.toFixed(0)} ms`);
    expect([tasks, functions.calls.length]).toEqual([500, 500]);
    expect(await status(id)).toMatchObject({ state: 'succeeded', description: '500 of 500 tasks succeeded' });
  });
});
