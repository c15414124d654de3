import type { DurableEngine } from './engine.ts';
import type { ErrorObject } from './error-object.ts';
import { type DurableExecution, isClosed } from './execution.ts';
import { type NewEvent, operationEvent, payload, plain } from './history.ts';
import { deadlineOf, type Operation } from './operation.ts';

/** Does what is due: the end of waits, retries and timeouts, then the next invocation. */
export function fireTimers(engine: DurableEngine, execution: DurableExecution): void {
  const now = engine.clock.now();
  if (isClosed(execution)) return;
  const { executionTimeout } = execution.request;
  if (now >= execution.startedAt + executionTimeout * 1000) {
    const ErrorMessage = `Execution timed out after ${executionTimeout} seconds.`;
    engine.close(execution, { status: 'TIMED_OUT', error: { ErrorMessage } });
    return;
  }
  const fired = fireOperations(engine, execution);
  if (fired || (execution.retryAt !== undefined && execution.retryAt <= now)) engine.wake(execution);
}

/** Completes the operations that are due; a checkpoint does so too, so that a running function sees it in the answer. */
export function fireOperations(engine: DurableEngine, execution: DurableExecution): boolean {
  const now = engine.clock.now();
  const due = [...execution.operations.values()].filter((operation) => (deadlineOf(operation) ?? now + 1) <= now);
  for (const operation of due) {
    const { ended, event } = fire(operation, now);
    engine.change(execution, ended, event);
  }
  return due.length > 0;
}

function fire(operation: Operation, now: number): { ended: Operation; event?: NewEvent } {
  switch (operation.type) {
    case 'WAIT': {
      const details = { Duration: operation.waitSeconds === undefined ? undefined : plain(operation.waitSeconds) };
      const ended: Operation = { ...operation, status: 'SUCCEEDED', endedAt: now };
      return { ended, event: operationEvent('WaitSucceeded', ended, now, details) };
    }
    case 'STEP':
      return { ended: { ...operation, status: 'READY' } };
    default: {
      const error = timeoutError(operation, now);
      const ended: Operation = { ...operation, status: 'TIMED_OUT', endedAt: now, error };
      // The event names the type of the error only.
      const details = { Error: payload({ ErrorType: error.ErrorType }) };
      return { ended, event: operationEvent('CallbackTimedOut', ended, now, details) };
    }
  }
}

function timeoutError({ dueAt, heartbeatDueAt }: Operation, now: number): ErrorObject & { ErrorType: string } {
  const timedOut = dueAt !== undefined && dueAt <= now;
  const silent = heartbeatDueAt !== undefined && heartbeatDueAt <= now;
  return silent && (!timedOut || heartbeatDueAt < dueAt)
    ? { ErrorMessage: 'Callback timed out on heartbeat', ErrorType: 'Callback.Heartbeat' }
    : { ErrorMessage: 'Callback timed out', ErrorType: 'Callback.Timeout' };
}
