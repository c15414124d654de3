import { CallError } from '../../outcome/call-failure.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import type { CallbackRequest, TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';

/** Answers a callback that a durable execution waits for. */
export async function sendCallback(
  { request, limits }: TaskOf<'Send Callback'>,
  { session, signal }: ActionContext,
): Promise<Outcome> {
  const { statusCode, attempts, requestId } = await session.durable
    .sendCallback(request, { limits, signal })
    .catch((error) => {
      throw answeredBefore(error) ?? error;
    });
  return {
    status: 'SUCCESS',
    detail: sentences[request.result],
    execution: 'not_started',
    ...{ attempts, requestId, errors: null, fields: null },
    answer: { kind: 'callback', statusCode },
  };
}

/** A refusal that an earlier attempt of this task may have caused: it broke off, and may have arrived all the same. */
function answeredBefore(error: unknown): CallError | null {
  if (!(error instanceof CallError)) return null;
  const { failure } = error;
  if (failure.name !== 'CallbackTimeoutException' || failure.attempts === 1) return null;
  const message = `${failure.message} (an earlier attempt of this task may have answered the callback)`;
  return new CallError({ ...failure, message }, error);
}

const sentences = {
  success: 'The callback was answered with success',
  failure: 'The callback was answered with a failure',
  heartbeat: 'The heartbeat of the callback was sent',
} as const satisfies Record<CallbackRequest['result'], string>;
