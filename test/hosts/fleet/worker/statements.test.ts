import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../../extension/hosts/fleet/database/database.ts';
import type { Settled } from '../../../../extension/hosts/fleet/job/job.ts';
import { type Claimed, ensureIndex, type JobStore, storeOf } from '../../../../extension/hosts/fleet/worker/store.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../../../support/postgres.ts';
import { fieldsOf, openFleet, rows, submit } from './support/fleet.ts';

const kinds = postgresPrograms === null ? ['embedded'] : ['PostgreSQL', 'embedded'];

const settled = (document: string, exit_code = 0): Settled => ({
  ...{ exit_code, document, execution: 'completed', status: 'SUCCESS', description: 'done', duration: 1 },
});

/** Each statement of ours, on the tables of the pg-boss that is installed. */
describe.each(kinds)('the statements on %s', (kind) => {
  let postgres: Postgres | null = null;
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  let database: Database;
  let store: JobStore;

  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
    database = await openFleet(postgres?.url ?? `embedded:${folder}/data`);
    store = storeOf(database, 'lambda');
  }, 120_000);

  afterAll(async () => {
    await database.close();
    await postgres?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await submit(database, 1, (id) => fieldsOf('http://127.0.0.1:1', id));
    await database.sql(`DELETE FROM ${database.schema}.job`);
  });

  /** One fetched job. */
  async function one(): Promise<Claimed> {
    await submit(database, 1, (id) => fieldsOf('http://127.0.0.1:1', id));
    const [job] = await store.claim(1, []);
    if (job === undefined) throw new Error('nothing was fetched');
    return job;
  }

  const row = async (id: string) => (await rows(database)).get(id);
  const marker = (sending: string) => ({ sending, ended: 0 });
  const stale = (job: Claimed) => ({ id: job.id, claim: job.claim - 1 });

  test('the index can be made twice', async () => {
    await ensureIndex(database);
    await ensureIndex(database);
  });

  test('a claim leaves out groups', async () => {
    const [id] = await submit(database, 1, (own) => fieldsOf('http://127.0.0.1:1', own));
    await database.sql(`UPDATE ${database.schema}.job SET group_id = 'count' WHERE id = $1`, [id]);
    expect(await store.claim(5, ['count'])).toEqual([]);
    expect(await store.claim(5, ['other'])).toHaveLength(1);
  });

  test('the marker is a latch, which its sender may repeat', async () => {
    const { id, claim } = await one();
    const mark = (sending: string, own = claim) => store.mark([{ id, claim: own, marker: marker(sending) }]);
    expect(await mark('a', claim - 1)).toEqual(new Set());
    expect(await mark('a')).toEqual(new Set([id]));
    expect(await mark('a')).toEqual(new Set([id]));
    expect(await mark('b')).toEqual(new Set());
  });

  test.each(['cancelled', 'completed', 'failed', 'retry'])('a job that is %s is not marked', async (state) => {
    const { id, claim } = await one();
    await database.sql(`UPDATE ${database.schema}.job SET state = '${state}' WHERE id = $1`, [id]);
    expect(await store.mark([{ id, claim, marker: marker('a') }])).toEqual(new Set());
  });

  test('a touch moves the heartbeat of a claim alone, and the engine ends none that lives', async () => {
    const job = await one();
    const [before] = await store.look();
    expect(await store.touch([stale(job)])).toEqual(new Set());
    expect((await store.look())[0]).toEqual(before);
    expect(await store.touch([job])).toEqual(new Set([job.id]));
    const [after] = await store.look();
    expect(after).toMatchObject({ id: job.id, claim: job.claim });
    expect(after?.heartbeat).not.toBe(before?.heartbeat);
    const [{ expire_seconds: expiry } = {}] = await database.sql(`SELECT expire_seconds FROM ${database.schema}.job`);
    expect(expiry).toBeGreaterThan(366 * 86_400);
  });

  test('a settlement lands under its claim alone, and is known again when it is repeated', async () => {
    const job = await one();
    const ending = { id: job.id, claim: job.claim, state: 'completed', output: settled('a') } as const;
    expect(await store.settle([{ ...ending, ...stale(job) }])).toEqual([]);
    expect(await store.settle([ending])).toEqual([{ id: job.id, blocking: false }]);
    expect(await store.settle([ending])).toEqual([{ id: job.id, blocking: false }]);
    expect(await store.settle([{ ...ending, state: 'failed', output: settled('b', 1) }])).toEqual([]);
    expect(await row(job.id)).toMatchObject({ state: 'completed', output: { document: 'a' } });
  });

  test('a cancelled job keeps its state and takes what is known of it, once', async () => {
    const { id, claim } = await one();
    await store.mark([{ id, claim, marker: marker('a') }]);
    await database.boss.cancel('lambda', id);
    expect(await store.states([id])).toEqual([{ id, claim, state: 'cancelled' }]);
    await store.settle([{ id, claim, state: 'failed', output: settled('a', 22) }]);
    await store.settle([{ id, claim, state: 'failed', output: settled('b', 22) }]);
    expect(await row(id)).toMatchObject({ state: 'cancelled', output: { document: 'a' } });
  });

  test('what is given back can be fetched again after its delay, under another claim', async () => {
    const { id, claim } = await one();
    const back = { id, claim, output: null, delay: 0, called: 'count' };
    await store.giveBack([{ ...back, claim: claim - 1 }]);
    expect((await row(id))?.state).toBe('active');
    await store.giveBack([{ ...back, delay: 60_000 }]);
    expect(await store.claim(1, [])).toEqual([]);
    await database.sql(`UPDATE ${database.schema}.job SET start_after = now() - interval '1 s' WHERE id = $1`, [id]);
    expect(await store.claim(1, ['count'])).toEqual([]);
    expect(await store.claim(1, [])).toMatchObject([{ id, claim: claim + 1 }]);
    expect(await store.mark([{ id, claim, marker: marker('a') }])).toEqual(new Set());
    expect(await store.mark([{ id, claim: claim + 1, marker: marker('a') }])).toEqual(new Set([id]));
  });

  const changes: Readonly<Record<string, (job: Claimed) => Promise<unknown>>> = {
    'was touched': (job) => store.touch([job]),
    'was marked': ({ id, claim }) => store.mark([{ id, claim, marker: marker('late') }]),
    'was cancelled': ({ id }) => database.boss.cancel('lambda', id),
  };

  test.each(Object.entries(changes))('an orphan that %s meanwhile is not adopted', async (_, change) => {
    const job = await one();
    const [orphan] = await store.orphans([job.id]);
    if (orphan === undefined) throw new Error('no orphan');
    await change(job);
    const { id, claim, heartbeat, evidence } = orphan;
    expect(await store.adopt([{ id, claim, heartbeat, evidence, state: 'failed', output: settled('a') }])).toEqual([]);
    const [now] = await store.orphans([id]);
    if (now === undefined) return;
    expect(await store.adopt([{ ...now, state: 'retry', output: { requeued: 1, resume: false } }])).toHaveLength(1);
    expect(await row(id)).toMatchObject({ state: 'retry' });
  });

  test('an empty queue has nothing waiting, blocked or in hand', async () => {
    expect(await store.isEmpty()).toBe(true);
    await submit(database, 2, (id) => fieldsOf('http://127.0.0.1:1', id));
    expect(await store.waiting()).toMatchObject({ count: 2 });
    expect(await store.isEmpty()).toBe(false);
    const jobs = await store.claim(2, []);
    expect(await store.isEmpty()).toBe(false);
    await store.settle(jobs.map(({ id, claim }) => ({ id, claim, state: 'completed', output: settled('a') })));
    expect(await store.isEmpty()).toBe(true);
    expect(await store.waiting()).toEqual({ count: 0, oldest: 0 });
  });
});
