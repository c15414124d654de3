import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { cancelAll } from '../../../../extension/hosts/fleet/reports/cancel.ts';
import { pagesOf } from '../../../../extension/hosts/fleet/reports/pages.ts';
import { endOf } from '../../../../extension/hosts/fleet/reports/view.ts';
import { type CountingServer, countingServer } from './support/counting-server.ts';
import { describeFleet } from './support/describe-fleet.ts';
import { allEnded, fieldsOf, type JobRow, submit, until } from './support/fleet.ts';

/** KILLS=50 is the long form, of about 12 minutes. */
const kills = Number(process.env.KILLS ?? 5);

const workerOf = (file: string) => [
  process.execPath,
  '--no-warnings',
  fileURLToPath(new URL(`./support/${file}`, import.meta.url)),
];
const unmarked = workerOf('unmarked-worker.ts');

/** What came of all tasks, by the jobs and by the server's own count. */
interface Truth {
  readonly jobs: number;
  readonly twice: number;
  readonly lost: number;
  /** Jobs that claim what the server contradicts. */
  readonly wrong: readonly string[];
  readonly verdicts: Readonly<Record<string, number>>;
}

function truthOf(ids: readonly string[], rows: ReadonlyMap<string, JobRow>, { counts }: CountingServer): Truth {
  const verdicts: Record<string, number> = {};
  const wrong: string[] = [];
  for (const id of ids) {
    const { output, state } = rows.get(id) ?? {};
    const began = counts.get(id)?.began ?? 0;
    const execution = output?.execution ?? 'none';
    const verdict = `${state} ${execution}`;
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    const isTrue = {
      completed: began === 1,
      not_started: began === 0,
      unknown: began <= 1,
      accepted: false,
      none: false,
    };
    if (!isTrue[execution]) wrong.push(`${id} ${verdict}, began ${began}`);
    if (output?.document === undefined) wrong.push(`${id} has no document`);
  }
  const all = ids.map((id) => counts.get(id)?.began ?? 0);
  const lost = ids.filter((id) => !rows.has(id)).length;
  return { jobs: ids.length, twice: all.filter((began) => began > 1).length, lost, wrong, verdicts };
}

describeFleet('a function runs at most once, and what is said of it is true', (fleet) => {
  let server: CountingServer;

  const start = (args: readonly string[] = [], words?: readonly string[]) =>
    fleet.start(['--concurrency', '16', ...args], words);
  /** Tasks of one duration, or of many between two. */
  const tasks = (count: number, ms: number, spread = 0) =>
    submit(fleet.database, count, (id, index) =>
      fieldsOf(server.url, id, {
        payload_script: JSON.stringify({ id, ms: ms + (spread === 0 ? 0 : (index * 53) % spread) }),
      }),
    );
  const honest = { twice: 0, lost: 0, wrong: [] };

  /** Kills a worker in mid-invoke again and again; the last one lives until all is settled. */
  async function killStorm(times: number, words?: readonly string[]) {
    server = fleet.keep(await countingServer());
    const ids = await tasks(times * 40, 0, 400);
    for (let kill = 0; kill < times; kill += 1) {
      const worker = start([], words);
      const before = [...server.counts.values()].length;
      await until(() => server.counts.size >= Math.min(before + 12, ids.length));
      await new Promise((resolve) => setTimeout(resolve, (kill * 37) % 200)); // at another moment of the call each time
      worker.child.kill('SIGKILL');
      await worker.ended;
    }
    start([], words);
    const rows = await allEnded(fleet.database, 'lambda', 180_000);
    return truthOf(ids, rows, server);
  }

  test(
    `kill -9 in mid-invoke, ${kills} times`,
    async () => {
      const truth = await killStorm(kills);
      if (kills > 5) process.stderr.write(`${JSON.stringify(truth)}\n`);
      expect(truth).toMatchObject({ jobs: kills * 40, ...honest });
      expect(truth.verdicts['failed unknown']).toBeGreaterThan(0);
    },
    120_000 + kills * 20_000,
  );

  test('without the marker the same check fails', async () => {
    const truth = await killStorm(2, unmarked);
    expect(truth.twice).toBeGreaterThan(0);
  }, 300_000);

  test('a dead worker’s jobs are settled by another within 60 s', async () => {
    server = fleet.keep(await countingServer());
    const ids = await tasks(10, 60_000);
    const first = start();
    await until(() => server.underWay === 10);
    start();
    first.child.kill('SIGKILL');
    const killed = performance.now();
    const rows = await allEnded(fleet.database, 'lambda', 60_000);
    expect(performance.now() - killed).toBeLessThan(60_000);
    expect(truthOf(ids, rows, server)).toMatchObject({ ...honest, verdicts: { 'failed unknown': 10 } });
    const [row] = rows.values();
    const document = JSON.parse(row?.output?.document ?? '');
    expect(document).toMatchObject({ exit_code: 1, changed: false, result: { execution: 'unknown', error: [{}] } });
  }, 120_000);

  test('a worker that stood still for longer than the sweep loses what it had, and its late answers are refused', async () => {
    server = fleet.keep(await countingServer());
    const ids = await tasks(48, 3000);
    const sleeper = start();
    await until(() => server.underWay === 16);
    start();
    sleeper.child.kill('SIGSTOP');
    await until(async () => (await allEnded(fleet.database, 'lambda', 60_000)).size === ids.length, 90_000);
    sleeper.child.kill('SIGCONT');
    await until(() => sleeper.log().includes('settled by others'), 30_000);
    const truth = truthOf(ids, await allEnded(fleet.database), server);
    expect(truth).toMatchObject(honest);
    expect(truth.verdicts['failed unknown']).toBe(16);
  }, 180_000);

  test('a worker whose event loop is blocked for longer than the sweep loses what it had, and goes on', async () => {
    server = fleet.keep(await countingServer());
    const ids = await tasks(48, 3000);
    const blocked = start([], workerOf('blocked-worker.ts'));
    await until(() => server.underWay === 16);
    start();
    blocked.child.kill('SIGUSR2');
    const truth = truthOf(ids, await allEnded(fleet.database), server);
    expect(truth).toMatchObject(honest);
    expect(truth.verdicts['failed unknown']).toBe(16);
    await until(() => blocked.log().includes('settled by others'), 60_000);
    const more = await tasks(4, 0);
    expect(truthOf(more, await allEnded(fleet.database), server)).toMatchObject(honest);
    expect(blocked.child.exitCode).toBe(null);
  }, 180_000);

  test('PostgreSQL restarts, also without saying good-bye, and its connections are cut', async () => {
    server = fleet.keep(await countingServer());
    const ids = await tasks(300, 300);
    start();
    start();
    for (const mode of ['fast', 'immediate', 'fast'] as const) {
      await until(() => server.underWay > 4);
      await fleet.postgres.restart(mode);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    for (let cut = 0; cut < 10; cut += 1) {
      await fleet.postgres.cut(() => Math.random() < 0.7);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const truth = truthOf(ids, await allEnded(fleet.database), server);
    expect(truth).toMatchObject(honest);
    expect(truth.verdicts['completed completed']).toBeGreaterThan(280);
  }, 180_000);

  test('while PostgreSQL stands still for longer than the sweep, nobody is taken for dead', async () => {
    server = fleet.keep(await countingServer());
    const ids = await tasks(40, 2000);
    start();
    start();
    await until(() => server.underWay > 20);
    fleet.postgres.pause();
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    fleet.postgres.resume();
    const truth = truthOf(ids, await allEnded(fleet.database), server);
    expect(truth).toMatchObject({ ...honest, verdicts: { 'completed completed': 40 } });
  }, 180_000);

  test('cancelled at any moment: before, between and after its marker, its call and its end', async () => {
    server = fleet.keep(await countingServer());
    const ids = await tasks(400, 50, 300);
    start();
    const other = start();
    await until(() => server.counts.size > 20);
    // In the order of the queue, behind the workers and ahead of them.
    for (let step = 0; step < 200; step += 1) {
      const place = server.counts.size + ((step * 7) % 60) - 30;
      const id = ids[Math.min(Math.max(place, 0), ids.length - 1)] as string;
      await cancelAll(fleet.database, { queues: ['lambda'], id });
      if (step === 60) other.child.kill('SIGKILL');
    }
    await allEnded(fleet.database);
    // As it is reported: nobody writes an outcome for what the killed worker had and was cancelled.
    const ended = new Map<string, JobRow>();
    for await (const page of pagesOf(fleet.database, { queues: ['lambda'] }, 'id'))
      for (const row of page)
        ended.set(row.id, { id: row.id, state: row.state, claim: row.claims, output: endOf(row)?.settled ?? null });
    const truth = truthOf(ids, ended, server);
    expect(truth).toMatchObject(honest);
    expect(truth.verdicts).toMatchObject({
      'cancelled not_started': expect.any(Number),
      'cancelled unknown': expect.any(Number),
      'completed completed': expect.any(Number),
    });
  }, 180_000);
});
