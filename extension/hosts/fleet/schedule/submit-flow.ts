import { ValidationError } from '../../../errors.ts';
import { toFailure } from '../../../outcome/failure.ts';
import type { Outcome } from '../../../outcome/outcome.ts';
import type { Database } from '../database/database.ts';
import { submitFlow } from '../flow/submit.ts';
import type { JobData } from '../job/job.ts';
import type { Keys } from '../job/sealed.ts';

/**
 * Does the work of a job of a scheduled flow: submits the flow (`submits`) once, with ids that come from the id of the job,
 * so that a second try submits nothing new. Throws what the database throws.
 */
export async function submitScheduled(
  db: Database,
  { id, queue }: { readonly id: string; readonly queue: string },
  { submits = '', label }: JobData,
  keys: Keys | null,
): Promise<Outcome> {
  try {
    const flow = await submitFlow(db, submits, { queue, path: `schedule ${label}`, keys, key: id });
    return { ...done, detail: `The flow was submitted as ${flow.id} with ${flow.tasks} tasks` };
  } catch (error) {
    if (error instanceof ValidationError) return toFailure(error);
    throw error;
  }
}

const done: Outcome = {
  ...{ status: 'SUCCESS', detail: '', execution: 'not_started', attempts: 0 },
  ...{ requestId: null, answer: null, errors: null, fields: null },
};
