import { statuses } from '../../../outcome/status.ts';
import type { Given } from '../../cli/command.ts';
import { textOf } from '../../cli/command.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { type Fleet, withFleet } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import { flowLines, flowStatus, flowTable } from '../flow/status.ts';
import { isBatchId, isId } from '../job/ids.ts';
import { count, speed } from '../submit/progress.ts';
import { endsOf, tallyOf } from '../submit/wait.ts';
import { listenersOf, overviewOf, type QueueOverview } from './overview.ts';
import { pagesOf } from './pages.ts';
import { type JobRow, queuesOf, type Selection } from './rows.ts';
import { age, type Column, tableOf } from './table.ts';
import { viewOf } from './view.ts';

/** Runs `status`. */
export function statusCommand(given: Given): Promise<number> {
  const ids = idsIn(given);
  return withFleet(given, async (fleet) => {
    const queues = await knownQueues(fleet, textOf(given, 'queue'));
    if (ids.length === 0) return queueStatus(fleet, queues);
    let exitCode = 0;
    for (const id of ids) exitCode = Math.max(exitCode, await statusOf(fleet, { queues, id }));
    return exitCode;
  });
}

/** Ids as they are given, each checked: with a wrong one nothing is done. */
export function idsIn({ parameters }: Given): readonly string[] {
  for (const id of parameters) {
    if (!isId(id)) throw new UsageError(`${id} is not the id of a task, a batch or a flow, such as submit prints it`);
  }
  return [...new Set(parameters.map((id) => id.toLowerCase()))];
}

export async function knownQueues({ db }: Fleet, name: string | undefined): Promise<readonly string[]> {
  const queues = await queuesOf(db, name);
  if (name !== undefined && queues.length === 0) throw new UsageError(`there is no queue ${name} yet`);
  return queues;
}

async function queueStatus({ db, out, isJson, say }: Fleet, queues: readonly string[]): Promise<number> {
  const rows = await overviewOf(db, queues);
  const listening = await listenersOf(db);
  const busy = rows.reduce((sum, row) => sum + row.busy_workers, 0);
  const workers = listening === null ? null : Math.max(listening, busy);
  if (isJson) {
    await print(`${JSON.stringify({ workers, busy_workers: busy, queues: rows })}\n`);
    return 0;
  }
  if (rows.length === 0) say('No queue yet: submit makes one');
  else await print(tableOf(rows, queueColumns, out));
  if (out.isTerminal) {
    const alive = workers === null ? `${count(busy)} busy workers` : `${count(workers)} workers, ${count(busy)} busy`;
    const left =
      rows.some(({ waiting }) => waiting > 0) && (workers ?? busy) === 0 ? '; start one: ue-aws-lambda worker' : '';
    await print(`\n${alive}${left}\n`);
  }
  return 0;
}

const numbers = ['waiting', 'scheduled', 'blocked', 'running', 'completed', 'failed', 'cancelled', 'unknown'] as const;

const queueColumns: readonly Column<QueueOverview>[] = [
  { title: 'QUEUE', of: ({ queue }) => queue, least: 10 },
  ...numbers.map((name) => ({
    title: name.toUpperCase(),
    of: (row: QueueOverview) => String(row[name]),
    isNumber: true,
  })),
  { title: 'RATE', of: (row) => speed(row.ended_last_minute / 60), least: 10 },
  { title: 'OLDEST', of: (row) => (row.oldest_waiting === null ? '-' : age(row.oldest_waiting)), least: 6 },
];

async function statusOf(fleet: Fleet, selection: Selection & { readonly id: string }): Promise<number> {
  if (!isBatchId(selection.id)) {
    for await (const [row] of pagesOf(fleet.db, selection, 'id', 1)) {
      if (row !== undefined) return (await flowReport(fleet, row.id)) ?? taskStatus(fleet, row);
    }
  }
  const group = isBatchId(selection.id) ? selection : groupOf(selection);
  const tally = await tallyOf(fleet.db, group);
  if (tally.all === 0) {
    process.stderr.write(`ue-aws-lambda: there is no task, batch or flow ${selection.id}\n`);
    return statuses.FAIL.exitCode;
  }
  const ends = await endsOf(fleet.db, group);
  const { id } = selection;
  if (fleet.isJson) {
    await print(`${JSON.stringify({ id, ...tally, executions: ends.executions, exit_codes: ends.exitCodes })}\n`);
    return 0;
  }
  const { all, waiting, running, completed, failed, cancelled } = tally;
  const lines = { tasks: all, waiting, running, completed, failed, cancelled, unknown: ends.executions.unknown };
  const text = Object.entries(lines).map(([name, number]) => pair(name, count(number), fleet.out));
  await print(`${pair('group', id, fleet.out)}${text.join('')}`);
  return 0;
}

/** Prints where a flow and its tasks are; null when the id is that of another job. */
async function flowReport({ db, out, isJson }: Fleet, id: string): Promise<number | null> {
  const flow = await flowStatus(db, id);
  if (flow === null) return null;
  const forPeople = () => (out.isTerminal ? `${flowLines(flow, out.width).join('\n')}\n` : flowTable(flow));
  await print(isJson ? `${JSON.stringify(flow)}\n` : forPeople());
  return 0;
}

/** The jobs of a flow, by the id that they share. */
export function groupOf({ queues, id }: Selection & { readonly id: string }): Selection {
  return { queues, where: [{ text: `j.data->>'group' = $`, values: [id] }] };
}

async function taskStatus({ out, isJson }: Fleet, row: JobRow): Promise<number> {
  const view = viewOf(row);
  const waited = row.now.getTime() - row.created.getTime();
  const silent = row.heartbeat === null ? null : row.now.getTime() - row.heartbeat.getTime();
  const worker = workerOf(row);
  if (isJson) {
    await print(
      `${JSON.stringify({ ...view, worker, worker_silent_for: view.state === 'running' ? silent : null })}\n`,
    );
    return 0;
  }
  const facts: Record<string, string | null> = {
    task: view.id,
    queue: view.queue,
    'batch or flow': view.batch,
    label: view.label,
    function: view.function,
    state: view.state,
    execution: view.execution,
    'exit code': view.exit_code === null ? null : String(view.exit_code),
    description: view.description,
    problem: view.problem,
    submitted: `${view.submitted_at} (${age(waited)} ago)`,
    'starts at': view.state === 'scheduled' ? row.start.toISOString() : null,
    started: view.started_at,
    ended: view.ended_at,
    duration: view.duration === null ? null : age(view.duration),
    worker: view.state === 'running' ? (worker ?? 'has it, and has sent nothing yet') : null,
    'sign of life': view.state === 'running' && silent !== null ? `${age(silent)} ago` : null,
    repeats: view.repeats,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  await print(known.map(([name, value]) => pair(name, value ?? '', out)).join(''));
  return 0;
}

/** The worker that has sent the call. */
function workerOf({ output }: JobRow): string | null {
  const sending: unknown = Reflect.get(Object(output), 'sending');
  return typeof sending === 'string' ? sending.slice(0, 36) : null;
}

function pair(name: string, value: string, { isTerminal, paint }: Terminal): string {
  return isTerminal ? `${paint('dim', name.padEnd(15))} ${value}\n` : `${name}\t${value}\n`;
}
