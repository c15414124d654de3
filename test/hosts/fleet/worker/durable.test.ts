import { expect, test } from '@jest/globals';
import { documentOf } from '../../../../extension/hosts/fleet/job/document.ts';
import { type DurableOptions, type DurableServer, durableServer } from '../../../support/durable-server.ts';
import { describeFleet } from './support/describe-fleet.ts';
import { allEnded, fieldsOf, submit, until } from './support/fleet.ts';

describeFleet('durable executions in a fleet', (fleet) => {
  let server: DurableServer;

  const start = (args: readonly string[] = []) => fleet.start(['--concurrency', '64', ...args]);
  const serve = async (options: DurableOptions = {}) => {
    server = fleet.keep(await durableServer(options));
  };
  const tasks = (count: number) =>
    submit(fleet.database, count, (id) =>
      fieldsOf(server.url, id, { function_name: 'long', qualifier: '1', wait_for_durable_execution: true }),
    );
  const open = () => server.executions.filter(({ status }) => status === 'RUNNING');
  const endAll = () => {
    for (const execution of open()) server.end(execution, 'SUCCEEDED', '{"done":true}');
  };
  const reads = () => server.count('Get') + server.count('List') + server.count('History');

  test('the waits of a function share one reader', async () => {
    await serve();
    const ids = await tasks(40);
    start();
    await until(() => open().length === 40);
    await until(() => server.calls.some(({ query }) => query.has('Statuses')));
    const before = reads();
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(reads() - before).toBeLessThan(20); // one by one, 40 waits make some 100
    endAll();
    const rows = await allEnded(fleet.database, 'lambda', 60_000);
    expect(server.executions).toHaveLength(40);
    for (const id of ids) {
      const output = rows.get(id)?.output;
      expect(output).toMatchObject({ exit_code: 0, execution: 'completed' });
      const { result } = JSON.parse(documentOf({ document: output?.document ?? '' }));
      expect(result).toMatchObject({
        payload_json: { done: true },
        durable: { name: `ue-${id}`, status: 'SUCCEEDED' },
      });
    }
  }, 120_000);

  test('without permission to list, each is read by itself', async () => {
    await serve({
      fault: ({ operation, query }) =>
        operation === 'List' && query.has('Statuses') ? { refuse: [403, 'AccessDeniedException'] } : null,
    });
    await tasks(10);
    const worker = start();
    await until(() => worker.log().includes('each is read by itself'));
    endAll();
    const rows = await allEnded(fleet.database, 'lambda', 90_000);
    expect([...rows.values()].every(({ output }) => output?.exit_code === 0)).toBe(true);
  }, 120_000);

  test('goes on in another worker when the first is killed', async () => {
    await serve();
    await tasks(8);
    const first = start();
    await until(() => open().length === 8);
    first.child.kill('SIGKILL');
    const second = start();
    await until(() => second.log().includes('queued again'), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    endAll();
    const rows = await allEnded(fleet.database, 'lambda', 90_000);
    expect(server.executions).toHaveLength(8);
    expect(server.count('Invoke')).toBe(8);
    const outputs = [...rows.values()].map(({ output }) =>
      JSON.parse(documentOf({ document: output?.document ?? '' })),
    );
    for (const { result } of outputs)
      expect(result).toMatchObject({ execution: 'completed', durable: { resumed: true } });
  }, 180_000);

  test('a worker that is told to end hands them over, and stops none', async () => {
    await serve();
    await tasks(4);
    const first = start(['--grace', '600']);
    await until(() => open().length === 4);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(open()).toHaveLength(4);
    start();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    endAll();
    const rows = await allEnded(fleet.database, 'lambda', 90_000);
    expect([...rows.values()].every(({ output }) => output?.exit_code === 0)).toBe(true);
    expect(server.count('Invoke')).toBe(4);
    expect(server.count('Stop')).toBe(0);
  }, 180_000);

  test('one that is cancelled is stopped as its on_cancel says', async () => {
    await serve();
    const [id = ''] = await tasks(1);
    start();
    await until(() => open().length === 1);
    await fleet.database.boss.cancel('lambda', id);
    await until(() => server.count('Stop') === 1, 20_000);
    await until(async () => (await allEnded(fleet.database)).get(id)?.output?.status === 'CANCELLED', 20_000);
    expect(server.executions[0]?.status).toBe('STOPPED');
  }, 60_000);

  test('a function that is not durable is not invoked again after a death', async () => {
    await serve({ durable: false, fault: ({ operation }) => (operation === 'Invoke' ? { hang: true } : null) });
    await tasks(1);
    const first = start();
    await until(() => server.count('Invoke') === 1);
    first.child.kill('SIGKILL');
    start();
    const [row] = (await allEnded(fleet.database, 'lambda', 90_000)).values();
    expect(row).toMatchObject({ state: 'failed', output: { execution: 'unknown' } });
    expect(server.count('Invoke')).toBe(1);
  }, 120_000);
});
