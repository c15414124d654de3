import type { Outcome } from '../../outcome/outcome.ts';
import type { DurableExecution } from '../../ports.ts';
import type { DurableSettings, TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';
import { emptyInvokeResult } from '../trigger-lambda-function/empty-result.ts';
import { answerOf, outcomeOfEnd } from './end.ts';
import { FaultTolerance, reasonFor, whileWaiting } from './fault-tolerance.ts';
import { follow } from './follow.ts';
import { halt } from './halt.ts';
import { type Bounds, Interrupted } from './interrupted.ts';
import { persist } from './persist.ts';
import { readFaultOf } from './read-fault.ts';
import { readHistory } from './read-history.ts';
import { type ReadOptions, readOptions } from './reads.ts';
import { isSamePayload } from './same-payload.ts';
import { alreadyStarted, otherPayload, type Started, start } from './start.ts';
import { isClosed, Watch } from './watch.ts';

type DurableTask = TaskOf<'Trigger Lambda Function'> & { readonly durable: DurableSettings };

/** Starts the durable execution of a name, or finds it, and waits for its end. */
export async function runDurableExecution(task: DurableTask, context: ActionContext): Promise<Outcome> {
  const { log, record, clock, signal } = context;
  const began = clock.now();
  const name = task.request.durableExecutionName ?? `ue-${crypto.randomUUID()}`;
  record.fields = { ...record.fields, durable_execution_name: name };
  log.info(`Durable execution name: ${name}. A task with this name and the same fields resumes the wait`);
  const reads = readOptions(task.limits);
  const bounds = { clock, signal, deadline: began + task.durable.timeout };
  const started = await start(task, name, context, reads);
  if (started.kind === 'not durable') return notDurable(started.statusCode, context);
  const { execution: found, statusCode } = started.match;
  const resumed = started.origin === 'found';
  const before = isClosed(found.status);
  try {
    if (started.origin !== 'started' && (await isAnothers(started, task, context, bounds, reads))) {
      return anotherPayload(name, started);
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error; // the wait is over: below
  }
  const watch = new Watch({ arn: found.arn, name, resumed, statusCode }, began, context);
  if (found.status === '') watch.report(`was accepted: ${found.arn}`);
  else watch.saw(found);
  try {
    const execution = await follow(watch, context, bounds, reads);
    await readLastEvents(watch, context, reads);
    const { failOnFunctionError } = task.request;
    return outcomeOfEnd({ watch, execution, failOnFunctionError, before }, log);
  } catch (error) {
    if (error instanceof Interrupted) return interrupted(error.why, watch, task, context);
    if (readFaultOf(error) === 'missing') return gone(watch, error);
    throw error;
  }
}

/** Whether the execution that was found was started with another payload than this task's. */
async function isAnothers(
  { match }: Started & { kind: 'durable' },
  { request }: DurableTask,
  context: ActionContext,
  bounds: Bounds,
  reads: ReadOptions,
): Promise<boolean> {
  const { session, log } = context;
  const read = () => session.durable.get(match.execution.arn, reads.whole(bounds.signal));
  const tolerance = new FaultTolerance({ ...whileWaiting, denied: 0 }, context);
  const execution = await persist<DurableExecution | null>(read, tolerance, bounds).catch((error) => {
    if (error instanceof Interrupted) throw error;
    log.warn(`The payload of the execution cannot be compared with that of this task: ${reasonFor(error)}`);
    return null;
  });
  const input = execution?.input ?? null;
  return input !== null && !isSamePayload(request.payload, input);
}

/** The events that nobody has read yet, for the request ids of the last invocations. */
export async function readLastEvents(watch: Watch, context: ActionContext, reads: ReadOptions): Promise<void> {
  const { session, clock, signal, log } = context;
  const tolerance = new FaultTolerance({ passing: 10_000, missing: 0, denied: 0 }, context);
  const bounds = { clock, signal, deadline: clock.now() + 10_000 };
  try {
    await persist(() => readHistory(watch, session, reads.brief(signal)), tolerance, bounds);
  } catch (error) {
    log.warn(`The last events of the execution cannot be read: ${reasonFor(error)}`);
  }
}

async function interrupted(
  why: Interrupted['why'],
  watch: Watch,
  { durable, request, limits }: DurableTask,
  context: ActionContext,
): Promise<Outcome> {
  const cancelled = why === 'cancelled';
  const seconds = durable.timeout / 1000;
  const late = `did not end within durable_timeout (${seconds} s)`;
  const message = cancelled ? 'the task that waited for it was cancelled' : `it ${late}`;
  const cause = { type: cancelled ? 'TaskCancelled' : 'TaskTimedOut', message, data: null, stackTrace: [] };
  const { onCancel, onTimeout } = durable;
  const halted = await halt(watch, cancelled ? onCancel : onTimeout, cause, context, limits);
  const { ended } = halted;
  if (ended !== null && !cancelled) {
    const { failOnFunctionError } = request;
    return outcomeOfEnd({ watch, execution: ended, failOnFunctionError, before: false }, context.log);
  }
  const { name } = watch.found;
  const entry = cancelled
    ? { name: 'Cancelled', message: 'cancelled by a signal while the durable execution was waited for' }
    : { name: 'DurableTimeout', message: `the durable execution ${late}`, field: 'durable_timeout' };
  return {
    status: cancelled ? 'CANCELLED' : 'DURABLE_TIMEOUT',
    detail: `The durable execution ${name} ${cancelled ? '' : `${late} and `}${halted.sentence}.`,
    execution: ended === null ? 'accepted' : 'completed',
    ...{ attempts: 0, requestId: null, fields: null },
    answer: ended === null ? watch.answer() : answerOf(watch, ended, context.log),
    errors: [entry, ...(halted.error === null ? [] : [halted.error])],
  };
}

/** What AWS no longer shows, or has not shown for longer than its reads lag. */
function gone(watch: Watch, error: unknown): Outcome {
  const { name } = watch.found;
  const message =
    watch.status === null
      ? `AWS Lambda accepted durable execution ${name}, but has not shown it since; look for it by its ARN`
      : `durable execution ${name} is no longer there: it was deleted, or its retention is over; how it ended is unknown`;
  return {
    ...{ status: 'FAIL', detail: message, execution: 'accepted', attempts: 0, requestId: null, fields: null },
    answer: watch.answer(),
    errors: [{ name: 'DurableExecutionGone', message: `${message} (${reasonFor(error)})` }],
  };
}

function notDurable(statusCode: number, { log }: ActionContext): Outcome {
  const message =
    'the function is not durable, there is nothing to wait for; its call was accepted and runs as any other';
  log.warn(`Invoke: ${message}`);
  return {
    ...{ status: 'FAIL', detail: message, execution: 'accepted', attempts: 1, requestId: null, fields: null },
    answer: { ...emptyInvokeResult, statusCode },
    errors: [{ name: 'NotDurable', message, field: 'wait_for_durable_execution' }],
  };
}

function anotherPayload(name: string, { match, origin }: Started & { kind: 'durable' }): Outcome {
  const message = otherPayload(name);
  return {
    ...{ status: 'FAIL', detail: `${alreadyStarted}: ${message}`, attempts: 0, requestId: null, fields: null },
    // What AWS refuses when it is asked; of an invocation without an answer nobody can say more.
    execution: origin === 'found' ? 'not_started' : 'unknown',
    answer: null,
    errors: [{ name: alreadyStarted, message: `${message} (${match.execution.arn})`, field: 'durable_execution_name' }],
  };
}
