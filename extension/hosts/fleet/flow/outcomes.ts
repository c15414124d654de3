import type { ErrorEntry, Execution, Outcome } from '../../../outcome/outcome.ts';
import { statuses } from '../../../outcome/status.ts';
import { readWire } from '../../../task/wire.ts';
import type { TaskRow } from './rows.ts';

const listed = 20;

const unsent = { attempts: 0, requestId: null, answer: null } as const;

/** The outcome of a task that its flow does not start. `raw` is what it would have done. */
export function notStarted(
  status: 'SUCCESS' | 'FAIL' | 'CANCELLED',
  detail: string,
  errors: readonly ErrorEntry[],
  raw: object,
): Outcome {
  return {
    ...{ ...unsent, status, execution: 'not_started', detail, fields: readWire(raw).fields },
    errors: status === 'SUCCESS' ? null : errors.slice(0, listed),
  };
}

/** The outcome of a whole flow, from what came of its tasks. */
export function flowOutcome(tasks: readonly TaskRow[]): Outcome {
  // What went wrong first is most often the cause of the rest.
  const bad = tasks.filter(({ state }) => state !== 'completed').sort((a, b) => Number(a.endedAt) - Number(b.endedAt));
  const cancelled = bad.filter(({ state }) => state === 'cancelled');
  const failed = bad.filter(({ state }) => state !== 'cancelled');
  // What failed because of the cancel is not what it is about.
  const ownFaults = failed.filter(({ execution }) => execution !== 'not_started');
  const status = bad.length === 0 ? 'SUCCESS' : cancelled.length > 0 && ownFaults.length === 0 ? 'CANCELLED' : 'FAIL';
  const parts = [
    `${tasks.length - bad.length} of ${tasks.length} tasks succeeded`,
    ...(failed.length > 0 ? [`failed: ${namesOf(failed)}`] : []),
    ...(cancelled.length > 0 ? [`cancelled: ${namesOf(cancelled)}`] : []),
  ];
  const errors = bad
    .slice(0, listed)
    .map((task) => ({ name: 'TaskFailed', message: `${task.name}: ${sentenceOf(task)}` }));
  return {
    ...{ ...unsent, status, execution: executionOf(tasks), detail: parts.join('; '), fields: null },
    errors: status === 'SUCCESS' ? null : errors,
  };
}

/** The least certain of what is known of the functions of a flow, then the least finished. */
function executionOf(tasks: readonly TaskRow[]): Execution {
  const found = new Set(tasks.map(({ execution }) => execution));
  return (['unknown', 'accepted', 'completed'] as const).find((execution) => found.has(execution)) ?? 'not_started';
}

export function namesOf(tasks: readonly { readonly name: string }[]): string {
  const names = tasks.slice(0, listed).map(({ name }) => name);
  return names.join(', ') + (tasks.length > listed ? ` and ${tasks.length - listed} more` : '');
}

/** What a task that has ended says of itself. */
export function sentenceOf({ state, description }: Pick<TaskRow, 'state' | 'description'>): string {
  if (description !== null) return description;
  return state === 'cancelled' ? statuses.CANCELLED.sentence('it was cancelled') : state;
}
