import type { Outcome } from '../../outcome/outcome.ts';
import type { Log } from '../../ports.ts';
import type { PayloadStore } from './payload-store.ts';

/** Moves a payload that is in memory to its store. If that fails the task fails, and the payload stays where it was. */
export async function moved(outcome: Outcome, store: PayloadStore, log: Log): Promise<Outcome> {
  const { answer, errors, status } = outcome;
  if (answer?.kind !== 'invoke' || answer.payload?.kind !== 'text') return outcome;
  await store.receive(Buffer.from(answer.payload.text));
  const { payload, problem } = await store.keep(log);
  if (problem === null) return { ...outcome, answer: { ...answer, payload } };
  const all = [...(errors ?? []), problem];
  if (errors !== null) return { ...outcome, errors: all };
  return {
    ...outcome,
    status: status === 'SUCCESS' ? 'FAIL' : status,
    detail: `${problem.field} ${problem.message}`,
    errors: all,
  };
}
