import type { ErrorEntry } from '../../outcome/outcome.ts';
import type { DurableError, DurableExecution } from '../../ports.ts';
import type { Limits } from '../../task/limits.ts';
import type { AtEnd } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';
import { FaultTolerance, reasonFor } from './fault-tolerance.ts';
import type { Bounds } from './interrupted.ts';
import { persist } from './persist.ts';
import { readHistory } from './read-history.ts';
import { readOptions } from './reads.ts';
import { isClosed, type Watch } from './watch.ts';

/** The state of an execution that is no longer waited for. */
export interface Halted {
  /** Completes "The durable execution NAME …". */
  readonly sentence: string;
  /** Why it could not be stopped. */
  readonly error: ErrorEntry | null;
  /** The execution, when it had ended by itself. */
  readonly ended: DurableExecution | null;
}

/** A controller waits for the end of a cancelled task: seconds, not minutes (ms). */
const stopTime = 8_000;
const afterStop = 4_000;
const longestCall = 4_000;

/** A stop may come before the reads of AWS show the execution. */
const whileStopping = { passing: stopTime, missing: stopTime, denied: 0 };

/** Stops the execution or leaves it running, by calls of their own: the task's may be cancelled already. */
export async function halt(
  watch: Watch,
  choice: AtEnd,
  cause: DurableError,
  context: ActionContext,
  limits: Limits,
): Promise<Halted> {
  const { session, clock } = context;
  const { arn } = watch.found;
  const quick = Math.min(longestCall, limits.connectTimeout);
  const reads = readOptions({
    ...limits,
    connectTimeout: quick,
    waitTimeout: Math.min(longestCall, limits.waitTimeout),
  });
  const { signal } = new AbortController();
  const within = (milliseconds: number): Bounds => ({ clock, signal, deadline: clock.now() + milliseconds });
  const closedBefore = isClosed(watch.status);
  if (closedBefore) {
    const ended = await readEnd();
    return { sentence: `had ended before (${watch.status})`, error: null, ended };
  }
  if (choice === 'leave running') {
    return { sentence: 'was left running', error: null, ended: null };
  }
  let last: unknown = null;
  const stop = () =>
    session.durable.stop(arn, cause, reads.brief(signal)).catch((error) => {
      last = error;
      throw error;
    });
  try {
    await persist(stop, new FaultTolerance(whileStopping, context), within(stopTime));
  } catch {
    const reason = reasonFor(last);
    const error = { name: 'StopFailed', message: reason };
    return { sentence: `could not be stopped and may still be running (${reason})`, error, ended: null };
  }
  watch.stopped();
  const ended = await readEnd();
  if (ended !== null) return { sentence: `had ended before (${ended.status})`, error: null, ended };
  const known = await readHistory(watch, session, reads.brief(signal)).then(
    () => true,
    () => false,
  );
  const stopped = watch.history.stoppedAt ?? clock.now();
  const mayRun = !known || watch.history.mayRunAt(stopped);
  const sentence = mayRun ? mayRunSentence : 'was stopped; no code is running';
  return { sentence, error: null, ended: null };

  /** The execution, if it ended otherwise than by being stopped. */
  async function readEnd(): Promise<DurableExecution | null> {
    const tolerance = { passing: afterStop, missing: afterStop, denied: 0 };
    try {
      const execution = await persist(
        () => session.durable.get(arn, reads.whole(signal)),
        new FaultTolerance(tolerance, context),
        within(afterStop),
      );
      const own = !closedBefore && (execution.status === 'STOPPED' || !isClosed(execution.status));
      if (own) watch.stopped(execution);
      else watch.saw(execution);
      return own ? null : execution;
    } catch {
      return null;
    }
  }
}

const mayRunSentence = 'was stopped; the invocation under way may run to its next checkpoint';
