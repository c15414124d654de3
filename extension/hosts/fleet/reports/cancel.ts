import { statuses } from '../../../outcome/status.ts';
import { type Given, textOf } from '../../cli/command.ts';
import { type Fleet, withFleet } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import type { Database } from '../database/database.ts';
import { cancelFlow } from '../flow/cancel.ts';
import { release } from '../flow/release.ts';
import { isBatchId } from '../job/ids.ts';
import { count } from '../submit/progress.ts';
import { rowOf, selectionOf } from './results.ts';
import { type Condition, type JobRow, pagesOf, type Selection, wholesOf } from './rows.ts';
import { idsIn, knownQueues } from './status.ts';
import { endOf } from './view.ts';

/** Runs `cancel`. */
export function cancelCommand(given: Given): Promise<number> {
  const ids = idsIn(given);
  return withFleet(given, async (fleet) => {
    const queues = await knownQueues(fleet, textOf(given, 'queue'));
    let exitCode = 0;
    for (const id of ids) exitCode = Math.max(exitCode, await cancelOne(fleet, queues, id));
    return exitCode;
  });
}

async function cancelOne(fleet: Fleet, queues: readonly string[], id: string): Promise<number> {
  const flow = isBatchId(id) ? null : await cancelFlow(fleet.db, id);
  if (flow !== null) return cancelled(fleet, id, flow.settled, flow.aborted);
  const own = isBatchId(id) ? null : await rowOf(fleet, { queues, id });
  const selection = own === null ? selectionOf(queues, id) : { queues, id };
  const first = own ?? (await rowOf(fleet, selection));
  if (first === null) {
    process.stderr.write(`ue-aws-lambda: there is no task, batch or flow ${id}\n`);
    return statuses.FAIL.exitCode;
  }
  const { waiting, running } = await cancelAll(fleet.db, selection);
  return cancelled(fleet, id, waiting, running);
}

async function cancelled(fleet: Fleet, id: string, waiting: number, running: number): Promise<number> {
  if (fleet.isJson) await print(`${JSON.stringify({ id, cancelled: waiting, cancelling: running })}\n`);
  fleet.say(sentence(id, waiting, running));
  return 0;
}

function sentence(id: string, waiting: number, running: number): string {
  if (waiting + running === 0) return `${id}: nothing to cancel, it has ended`;
  const aborting = `${count(running)} running: their workers end the calls, and say what is known: ue-aws-lambda results ${id}`;
  return `${id}: ${count(waiting)} cancelled before they ran${running === 0 ? '' : `; ${aborting}`}`;
}

/** Cancels what has not ended: what waits gets its outcome now, what runs gets it from its worker. */
export async function cancelAll(
  db: Database,
  selection: Selection,
): Promise<{ readonly waiting: number; readonly running: number }> {
  const queues = new Set<string>();
  let waiting = 0;
  for await (const rows of pagesOf(db, withState(selection, `j.state < 'active'`), 'id')) {
    for await (const wholes of wholesOf(db, rows)) waiting += await settleWaiting(db, wholes);
    for (const { queue } of rows) queues.add(queue);
  }
  let running = 0;
  for await (const rows of pagesOf(db, withState(selection, `j.state = 'active'`), 'id')) {
    for (const { queue } of rows) queues.add(queue);
    for (const queue of new Set(rows.map((row) => row.queue))) {
      const ids = rows.filter((row) => row.queue === queue).map(({ id }) => id);
      running += await cancelRunning(db, queue, ids);
    }
  }
  // What is blocked by a task of a flow learns of its end.
  await release(db);
  for (const queue of queues) await db.wake(queue);
  return { waiting, running };
}

function withState(selection: Selection, text: string): Selection {
  const condition: Condition = { text, values: [] };
  return { ...selection, where: [...(selection.where ?? []), condition] };
}

/** Only of what no worker has taken meanwhile. */
async function settleWaiting({ sql, schema }: Database, rows: readonly JobRow[]): Promise<number> {
  const [first] = rows; // by id, pages are of one queue
  if (first === undefined) return 0;
  const items = rows.map((row) => ({
    id: row.id,
    output: endOf({ ...row, state: 'cancelled', ended: null })?.settled,
  }));
  const done = await sql(
    `UPDATE ${schema}.job j SET state = 'cancelled', completed_on = ${schema}.job_now(), output = i.output, blocked = false,
      pending_dependencies = 0
    FROM json_to_recordset($1::text::json) AS i (id uuid, output jsonb)
    WHERE j.name = $2 AND j.id = i.id AND j.state < 'active' RETURNING j.id`,
    [JSON.stringify(items), first.queue],
  );
  return done.length;
}

/** Its worker sees that at its next sign of life, ends the call and writes what is known. */
async function cancelRunning({ sql, schema }: Database, queue: string, ids: readonly string[]): Promise<number> {
  const done = await sql(
    `UPDATE ${schema}.job SET state = 'cancelled', completed_on = ${schema}.job_now()
    WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active' RETURNING id`,
    [queue, ids],
  );
  return done.length;
}
