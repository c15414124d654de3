import { CancelledError } from '../../errors.ts';
import { CallError } from '../../outcome/call-failure.ts';
import type { InvokeRequest, TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';
import { FaultTolerance, type Limits } from './fault-tolerance.ts';
import { findByName, type Match } from './find.ts';
import { type Bounds, Interrupted, Pace, pause } from './interrupted.ts';
import { waitAfter } from './persist.ts';
import type { ReadOptions } from './reads.ts';

/** What came of the start: the execution, or that the function is not durable. */
export type Started =
  | { readonly kind: 'durable'; readonly match: Match; readonly origin: 'found' | 'started' | 'recovered' }
  | { readonly kind: 'not durable'; readonly statusCode: number };

/** Throttling and faults of AWS before anything was started. A connection that breaks has `max_attempts`. */
const beforeStart: Limits = { passing: 120_000, missing: 0, denied: 0 };

/** While nobody knows whether the invocation was read. */
const whileRecovering: Limits = { passing: 600_000, missing: 60_000, denied: 60_000 };

/** For so long (ms) AWS may not show an execution that was started. */
const lag = 60_000;

/** The same after a cancel, when a controller waits for the end of the task. */
const lagOnCancel = 6_000;

/** Finds the execution that has the name, or starts it. It invokes once at most. */
export async function start(
  task: TaskOf<'Trigger Lambda Function'>,
  name: string,
  context: ActionContext,
  reads: ReadOptions,
): Promise<Started> {
  const { request, limits } = task;
  const { log, record, session, signal } = context;
  const known = await look(task, name, context);
  if (known !== null) {
    log.info(`Durable execution ${name} is there already (${known.execution.status}); nothing is invoked`);
    return { kind: 'durable', match: known, origin: 'found' };
  }
  try {
    const wanted = { ...request, durableExecutionName: name };
    const answer = await record.running('accepted', () => session.lambda.invoke(wanted, { limits, signal }));
    const { durableExecutionArn: arn, statusCode } = answer;
    if (arn === null) return { kind: 'not durable', statusCode };
    const execution = { arn, name, status: '', startedAt: null, endedAt: null };
    return { kind: 'durable', match: { execution, statusCode }, origin: 'started' };
  } catch (error) {
    if (!(error instanceof CallError) || record.execution !== 'unknown') throw withRemedy(error, name);
    log.warn(`Invoke ended without an answer; looking for durable execution ${name}`);
    const match = await recover(request, name, context, reads);
    if (match === null) throw error;
    return { kind: 'durable', match, origin: 'recovered' };
  }
}

/** Asks for the name before anything is invoked, which also proves the permission to read what will be started. */
async function look(
  { request, limits }: TaskOf<'Trigger Lambda Function'>,
  name: string,
  context: ActionContext,
): Promise<Match | null> {
  const { clock, signal } = context;
  const tolerance = new FaultTolerance(beforeStart, context);
  const bounds: Bounds = { clock, signal, deadline: Number.POSITIVE_INFINITY };
  const pace = new Pace();
  const given = request.durableExecutionName !== undefined; // a name of this task's own is new
  for (;;) {
    try {
      return await findByName(request, name, context, { limits, signal }, given);
    } catch (error) {
      const broke = error instanceof CallError && error.failure.refusal === null;
      if (broke || signal.aborted) throw error;
      await pause(Math.max(pace.next(), waitAfter(error, tolerance, bounds)), bounds).catch(() => {
        throw new CancelledError('cancelled before anything was invoked');
      });
    }
  }
}

/** Looks for what an invocation without an answer may have started; null when nothing shows. */
async function recover(
  request: InvokeRequest,
  name: string,
  context: ActionContext,
  reads: ReadOptions,
): Promise<Match | null> {
  const { clock, signal } = context;
  const never = new AbortController().signal;
  const search = async (bounds: Bounds, longest: number): Promise<Match | null> => {
    const tolerance = new FaultTolerance(whileRecovering, context);
    const pace = new Pace();
    let empty: number | null = null; // since when AWS answers that there is none
    for (;;) {
      let asked = 0;
      try {
        const match = await findByName(request, name, context, reads.brief(bounds.signal), true);
        tolerance.answered();
        if (match !== null) return match;
        empty ??= clock.now();
        if (clock.now() - empty >= longest) return null;
      } catch (error) {
        asked = waitAfter(error, tolerance, bounds);
      }
      await pause(Math.max(pace.next(), asked), bounds);
    }
  };
  try {
    return await search({ clock, signal, deadline: Number.POSITIVE_INFINITY }, lag);
  } catch (error) {
    if (!(error instanceof Interrupted)) return null;
  }
  const deadline = clock.now() + lagOnCancel;
  return search({ clock, signal: never, deadline }, lagOnCancel).catch(() => null);
}

/** The name is in use with another payload: what AWS says of it does not say what to do. */
function withRemedy(error: unknown, name: string): unknown {
  if (!(error instanceof CallError) || error.failure.name !== alreadyStarted) return error;
  const message = `${error.failure.message} (${otherPayload(name)})`;
  return new CallError({ ...error.failure, message }, error);
}

export const alreadyStarted = 'DurableExecutionAlreadyStartedException';

export function otherPayload(name: string): string {
  return `the name ${name} is that of an execution with another payload; give another durable_execution_name`;
}
