import type { InvokeResult } from '../../outcome/answer.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import type { FullLogRequest } from '../../task/delivery.ts';
import type { TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';
import { emptyInvokeResult } from './empty-result.ts';
import { type FoundLog, readFullLog } from './full-log.ts';
import { openTaskFile, type TaskFile } from './task-file.ts';

/**
 * Adds the whole log to what comes of an invocation, be it a failure or a success. Nothing else of the outcome changes:
 * what is known of the function, and its payload, do not depend on its log.
 */
export async function withFullLog(
  task: TaskOf<'Trigger Lambda Function'>,
  wanted: FullLogRequest,
  context: ActionContext,
  invoke: () => Promise<Outcome>,
): Promise<Outcome> {
  const file = wanted.file === undefined ? null : await openTaskFile('log_file', wanted.file, context);
  const startedAt = context.clock.now();
  const { record } = context;
  const find = (answer: Outcome['answer'], requestId: string | null) =>
    findLog(task, wanted, context, file, runsOf(answer, requestId, startedAt));
  try {
    const outcome = await invoke();
    const found = await find(outcome.answer, outcome.requestId);
    const answer = outcome.answer?.kind === 'invoke' ? withLog(outcome.answer, found) : outcome.answer;
    record.answer = answer;
    // The tail was to serve only if CloudWatch Logs does not.
    return { ...outcome, answer, status: outcome.status === 'DECODE_WARNING' ? 'SUCCESS' : outcome.status };
  } catch (error) {
    const answer = record.answer?.kind === 'invoke' ? record.answer : emptyInvokeResult;
    if (record.execution !== 'not_started') record.answer = withLog(answer, await find(answer, record.requestId));
    throw error;
  } finally {
    await file?.discard();
  }
}

interface Runs {
  readonly requestIds: readonly string[];
  readonly startedAt: number;
}

/** A durable execution has an invocation for each of its steps between two waits, and may be older than this task. */
function runsOf(answer: Outcome['answer'], requestId: string | null, taskStartedAt: number): Runs {
  const durable = answer?.kind === 'invoke' ? answer.durable : undefined;
  if (durable === undefined) return { requestIds: requestId === null ? [] : [requestId], startedAt: taskStartedAt };
  return { requestIds: durable.invocations, startedAt: Math.min(taskStartedAt, durable.startedAt ?? taskStartedAt) };
}

async function findLog(
  { request: { functionName, qualifier }, limits }: TaskOf<'Trigger Lambda Function'>,
  wanted: FullLogRequest,
  context: ActionContext,
  file: TaskFile | null,
  { requestIds, startedAt }: Runs,
): Promise<FoundLog> {
  if (requestIds.length === 0) {
    context.log.warn('log_type: without a request id in the answer the log cannot be found');
    return { text: null, isComplete: false, report: null };
  }
  context.log.info(`Reading the log of ${requestIds.join(', ')} from CloudWatch Logs`);
  const runs = { functionName, requestIds, startedAt, ...(qualifier !== undefined && { qualifier }) };
  return readFullLog(runs, wanted, file, { ...context, limits });
}

function withLog(answer: InvokeResult, { text, isComplete, report }: FoundLog): InvokeResult {
  return { ...answer, log: text ?? answer.log, logComplete: isComplete, report: report ?? answer.report };
}
