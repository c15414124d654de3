import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../extension/hosts/fleet/database/queue.ts';
import { toJobData } from '../../extension/hosts/fleet/job/data.ts';
import type { Settled } from '../../extension/hosts/fleet/job/job.ts';
import type { Route } from './connectors.ts';
import type { Measure, Tally } from './tally.ts';

const silent = { error() {}, warn() {}, info() {}, debug() {} };
const batch = 120;
/** One that throttles is slowed down for a while. */
const functions = 8;
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export interface SoakedWorker {
  /** Null when it has ended. */
  measure(): Promise<Measure | null>;
  /** Ends when the time is over and everything is settled. */
  readonly done: Promise<void>;
}

/** A worker of the fleet in a process of its own on the embedded database of a folder. Two batches are in the queue at once. */
export function startFleet(
  folder: string,
  caFile: string,
  end: number,
  routes: readonly Route[],
  tally: Tally,
): SoakedWorker {
  const url = `embedded:${folder}`;
  const program = ['--expose-gc', '--require', here('measured.cjs'), here('../../dist/main.cjs')];
  const words = ['worker', '--database', url, '--concurrency', '16', '--log-level', 'error'];
  const keys = { SOAK_ACCESS_KEY_ID: 'local', SOAK_SECRET_ACCESS_KEY: 'local-secret', AWS_CA_BUNDLE: caFile };
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [...program, ...words], {
    env: { PATH, HOME, AWS_EC2_METADATA_DISABLED: 'true', ...keys },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let heap: (size: number) => void = () => {};
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
    const lines = said.split('\n');
    said = lines.pop() ?? '';
    for (const line of lines) {
      const size = /^HEAP (\d+)$/.exec(line)?.[1];
      if (size === undefined) tally.fail(`it says ${line}`);
      else heap(Number(size));
    }
  });
  const isOver = once(child, 'close');
  const pid = Number(child.pid);

  async function feed(): Promise<void> {
    const database = await openDatabase({ url }, {}, silent);
    await ensureQueue(database, 'lambda');
    await Promise.all([batches(database), batches(database)]);
    child.kill('SIGTERM');
    const [code] = await isOver;
    if (code !== 0) tally.fail(`the worker ended with ${code}`);
    await database.close();
  }

  async function batches({ boss, sql, schema, wake }: Awaited<ReturnType<typeof openDatabase>>): Promise<void> {
    while (Date.now() < end && child.exitCode === null) {
      const jobs = Array.from({ length: batch }, (_, index) => {
        const id = randomUUID();
        return { id, data: toJobData(fieldsOf(routes[index % routes.length] as Route, id, index), { group: id }) };
      });
      await boss.insert('lambda', jobs);
      await wake('lambda');
      const ids = jobs.map(({ id }) => id);
      let settled: readonly { readonly id: string; readonly output: Settled }[] = [];
      while (settled.length < batch && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        settled = await sql<{ id: string; output: Settled }>(
          `SELECT id, output FROM ${schema}.job WHERE name = 'lambda' AND id = ANY($1::uuid[]) AND state > 'active'`,
          [ids],
        );
      }
      for (const { id, output } of settled)
        tally.add(
          id,
          output.execution,
          output.description,
          routes.map(({ server }) => server),
        );
      await sql(`DELETE FROM ${schema}.job WHERE name = 'lambda' AND id = ANY($1::uuid[])`, [ids]);
    }
  }

  return {
    done: feed(),
    async measure() {
      const measured = new Promise<number>((resolve) => {
        heap = resolve;
      });
      child.kill('SIGUSR2');
      const size = await Promise.race([measured, isOver.then(() => null)]);
      if (size === null || child.exitCode !== null) return null;
      const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
      return { heap: size, resident, files: readdirSync(`/proc/${pid}/fd`).length };
    },
  };
}

function fieldsOf({ endpoint, proxy }: Route, id: string, index: number) {
  return {
    ...{
      function_name: `hello-${index % functions}`,
      region: 'us-east-1',
      endpoint_url: endpoint,
      credentials: { from: 'env:SOAK' },
    },
    ...{ payload_source: 'Script', payload_script: JSON.stringify({ id }) },
    ...{ invocation_type: index % 3 === 0 ? 'Event' : 'Request Response', wait_for_completion_timeout: 2 },
    ...{ connect_timeout: 2, max_attempts: 1 },
    ...(proxy !== undefined && { use_proxy: true, proxy_type: 'HTTP', proxy }),
  };
}
