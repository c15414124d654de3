import { unknownOutcome } from '../../../outcome/failure.ts';
import type { Database } from '../database/database.ts';
import { abortRunning, isAnyOpen, settleWaiting } from '../job/cancel.ts';
import { toSettled } from '../job/document.ts';
import { evidenceOf } from '../job/evidence.ts';
import { fieldsOf } from '../job/resumable.ts';
import { notStarted } from './outcomes.ts';
import { release } from './release.ts';
import { findFlow } from './status.ts';

export interface CancelledFlow {
  readonly id: string;
  readonly name: string;
  /** How many of its tasks were waiting and are settled. */
  readonly settled: number;
  /** How many were running: their workers abort the calls, and say what is known of each function. */
  readonly aborted: number;
  /** How many had ended before. */
  readonly ended: number;
}

type Store = Pick<Database, 'sql' | 'schema' | 'wake'>;

const batch = 500;

/** Cancels what has not ended of a flow; null when there is no flow with this id. To repeat it is harmless. */
export async function cancelFlow(db: Store, id: string): Promise<CancelledFlow | null> {
  const flow = await findFlow(db, id);
  if (flow === null) return null;
  const ids = Object.values(flow.ids);
  let settled = 0;
  let aborted = 0;
  // A worker may take a task, or give one back, between two statements.
  for (let round = 0; round < 10; round += 1) {
    for (let start = 0; start < ids.length; start += batch) {
      settled += await settleWaiting(db, ids.slice(start, start + batch), settledOf);
    }
    aborted += await abortRunning(db, ids);
    if (!(await isAnyOpen(db, ids))) break;
  }
  await release(db);
  return { id, name: flow.name, settled, aborted, ended: ids.length - settled - aborted };
}

/** The output of a task that was cancelled while it waited. It may have been in the hands of a worker before. */
function settledOf(data: unknown, output: unknown) {
  const raw = fieldsOf(data);
  const { sent, resume } = evidenceOf(output);
  const reason = 'The flow was cancelled';
  const outcome =
    sent || resume
      ? unknownOutcome(`${reason} after a worker had sent the request`, 'CANCELLED')
      : notStarted(
          'CANCELLED',
          `${reason}. The function was not started.`,
          [{ name: 'Cancelled', message: reason }],
          raw,
        );
  return toSettled(raw, outcome, 0);
}
