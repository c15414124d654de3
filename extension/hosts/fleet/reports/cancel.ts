import { statuses } from '../../../outcome/status.ts';
import { type Given, textOf } from '../../cli/command.ts';
import { type Fleet, withFleet } from '../../cli/with-fleet.ts';
import { print } from '../../process/print.ts';
import type { Database } from '../database/database.ts';
import { cancelFlow } from '../flow/cancel.ts';
import { release } from '../flow/release.ts';
import { abortRunning, settleWaiting } from '../job/cancel.ts';
import { isBatchId } from '../job/ids.ts';
import type { Settled } from '../job/job.ts';
import { count } from '../submit/progress.ts';
import { pagesOf, piecesOf } from './pages.ts';
import { rowOf, selectionOf } from './results.ts';
import type { Condition, JobRow, Selection } from './rows.ts';
import { idsIn, knownQueues } from './status.ts';
import { type End, endOf } from './view.ts';

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
  const idsOf = (rows: readonly JobRow[]) => rows.map(({ id }) => id);
  const sum = { waiting: 0, running: 0 };
  // A worker may take a task, or give one back, between two statements.
  for (let round = 0, isOpen = true; isOpen && round < rounds; round += 1) {
    for await (const rows of pagesOf(db, withState(selection, `j.state < 'active'`), 'id')) {
      for (const piece of piecesOf(rows)) sum.waiting += await settleWaiting(db, idsOf(piece), cancelledEnd);
      for (const { queue } of rows) queues.add(queue);
    }
    for await (const rows of pagesOf(db, withState(selection, `j.state = 'active'`), 'id')) {
      sum.running += await abortRunning(db, idsOf(rows));
      for (const { queue } of rows) queues.add(queue);
    }
    isOpen = await isAnyOpen(db, selection);
  }
  // What is blocked by a task of a flow learns of its end.
  await release(db);
  for (const queue of queues) await db.wake(queue);
  return sum;
}

const rounds = 10;

async function isAnyOpen(db: Database, selection: Selection): Promise<boolean> {
  for await (const rows of pagesOf(db, withState(selection, `j.state < 'completed'`), 'id', 1)) return rows.length > 0;
  return false;
}

function withState(selection: Selection, text: string): Selection {
  const condition: Condition = { text, values: [] };
  return { ...selection, where: [...(selection.where ?? []), condition] };
}

function cancelledEnd(data: unknown, output: unknown): Settled {
  return (endOf({ state: 'cancelled', data, output, started: null, ended: null }) as End).settled;
}
