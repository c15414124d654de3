import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Database } from '../../../../../extension/hosts/fleet/database/database.ts';
import { openDatabase } from '../../../../../extension/hosts/fleet/database/open.ts';
import { ensureQueue } from '../../../../../extension/hosts/fleet/database/queue.ts';
import { toJobData } from '../../../../../extension/hosts/fleet/job/data.ts';
import type { Settled } from '../../../../../extension/hosts/fleet/job/job.ts';
import { cleanEnvironment, program } from '../../../../support/run-program.ts';

export const silent = { error() {}, warn() {}, info() {}, debug() {} };

/** The credentials of every task in tests: by reference, from the environment of the worker. */
const credentials = { LAMBDA_ACCESS_KEY_ID: 'AKIDEXAMPLE', LAMBDA_SECRET_ACCESS_KEY: 'EXAMPLE-SECRET-KEY' };

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly log: () => string;
  /** Resolves with the exit code, or null after a kill. */
  readonly ended: Promise<number | null>;
}

/** A worker in a process of its own: the program, or another command with the same words. */
export function startWorker(
  url: string,
  args: readonly string[] = [],
  words: readonly string[] = program(),
): WorkerProcess {
  const [command = '', ...first] = words;
  const child = spawn(command, [...first, 'worker', '--database', url, ...args], {
    env: { ...cleanEnvironment(), ...credentials },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  return { child, log: () => said, ended: once(child, 'close').then(([code]) => code as number | null) };
}

/** The fields of a call of the counting server's function. */
export function fieldsOf(serverUrl: string, id: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    function_name: 'count',
    region: 'us-east-1',
    endpoint_url: serverUrl,
    credentials: { from: 'env:LAMBDA' },
    payload_source: 'Script',
    payload_script: JSON.stringify({ id }),
    ...more,
  };
}

export function openFleet(url: string): Promise<Database> {
  return openDatabase({ url }, {}, silent);
}

/** Puts tasks into the queue. Returns their ids, which are also those in their payloads. */
export async function submit(
  database: Database,
  count: number,
  fields: (id: string, index: number) => Readonly<Record<string, unknown>>,
  options: { readonly queue?: string; readonly priority?: number } = {},
): Promise<readonly string[]> {
  const { queue = 'lambda', priority = 0 } = options;
  await ensureQueue(database, queue);
  const ids = Array.from({ length: count }, () => randomUUID() as string);
  const jobs = ids.map((id, index) => ({ id, priority, data: toJobData(fields(id, index), { group: id }) }));
  for (let at = 0; at < jobs.length; at += 5000) await database.boss.insert(queue, jobs.slice(at, at + 5000));
  await database.wake(queue);
  return ids;
}

export interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly output: (Settled & { readonly sending?: string }) | null;
  readonly claim: number;
}

export async function rows(database: Database, queue = 'lambda'): Promise<ReadonlyMap<string, JobRow>> {
  const found = await database.sql(
    `SELECT id, state::text, output, retry_count AS claim FROM ${database.schema}.job WHERE name = $1`,
    [queue],
  );
  return new Map((found as readonly unknown[] as readonly JobRow[]).map((row) => [row.id, row]));
}

const endStates = new Set(['completed', 'failed', 'cancelled']);

/** Waits until every job of a queue has ended. */
export async function allEnded(database: Database, queue = 'lambda', patience = 120_000) {
  await until(
    async () => [...(await rows(database, queue)).values()].every(({ state }) => endStates.has(state)),
    patience,
  );
  return rows(database, queue);
}

/** Waits for a condition, and throws when it does not come. */
export async function until(condition: () => boolean | Promise<boolean>, patience = 30_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${patience} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
