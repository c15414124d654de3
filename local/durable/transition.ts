import type { Closing, DurableExecution } from './execution.ts';
import { type Detail, type NewEvent, operationEvent, payload, plain, time } from './history.ts';
import type { Operation, OperationType } from './operation.ts';
import { encodeCallbackId } from './token.ts';
import { invalid, type OperationAction, type OperationUpdate } from './update.ts';

/** What one update does: the operation as it is afterwards, the event about it, and the end of the execution. */
export interface Transition {
  readonly operation?: Operation;
  readonly event?: NewEvent;
  readonly closing?: Closing;
}

type Rule = (
  update: OperationUpdate,
  existing: Operation | undefined,
  execution: DurableExecution,
  now: number,
) => Transition;

const rules: Readonly<Record<OperationType, Partial<Readonly<Record<OperationAction, Rule>>>>> = {
  EXECUTION: { SUCCEED: closeExecution, FAIL: closeExecution },
  CONTEXT: { START: startContext, SUCCEED: closeContext, FAIL: closeContext },
  STEP: { START: startStep, SUCCEED: closeStep, FAIL: closeStep, RETRY: closeStep },
  WAIT: { START: startWait, CANCEL: cancelWait },
  CALLBACK: { START: startCallback },
  CHAINED_INVOKE: { START: startChainedInvoke },
};

/** Applies one update to the operation it is about, or says in AWS's words why it cannot be. */
export const transit: Rule = (update, existing, execution, now) => {
  const rule = rules[update.type][update.action];
  if (rule === undefined) throw invalid('Invalid action for the given operation type.');
  if (update.action === 'SUCCEED' && update.error !== undefined)
    throw invalid('Cannot provide an Error for SUCCEED action.');
  if (update.action === 'FAIL' && update.payload !== undefined)
    throw invalid('Cannot provide a Payload for FAIL action.');
  return rule(update, existing, execution, now);
};

function closeExecution({ action, payload, error }: OperationUpdate): Transition {
  return { closing: action === 'SUCCEED' ? { status: 'SUCCEEDED', result: payload } : { status: 'FAILED', error } };
}

function startContext(update: OperationUpdate, existing: Operation | undefined, _: unknown, now: number): Transition {
  if (existing !== undefined) throw invalid('Cannot start a CONTEXT that already exist.');
  return started(create(update, now), now);
}

/** A context or a step may be closed by the first update about it: its START may have been left out. */
function closeContext(update: OperationUpdate, existing: Operation | undefined, _: unknown, now: number): Transition {
  if (existing !== undefined && existing.status !== 'STARTED') throw invalid('Invalid current CONTEXT state to close.');
  const succeeded = update.action === 'SUCCEED';
  const operation: Operation = {
    ...(existing ?? create(update, now)),
    status: succeeded ? 'SUCCEEDED' : 'FAILED',
    endedAt: now,
    result: update.payload,
    error: update.error,
    replayChildren: update.replayChildren,
  };
  return { operation, event: operationEvent(`Context${past(succeeded)}`, operation, now, outcomeOf(operation)) };
}

function startStep(update: OperationUpdate, existing: Operation | undefined, _: unknown, now: number): Transition {
  if (update.retrySeconds !== undefined) throw invalid('Invalid StepOptions for the given action.');
  if (existing !== undefined && existing.status !== 'READY') throw invalid('Invalid current STEP state to start.');
  return started({ ...(existing ?? create(update, now)), status: 'STARTED' }, now);
}

function closeStep(update: OperationUpdate, existing: Operation | undefined, _: unknown, now: number): Transition {
  const { action, retrySeconds } = update;
  if (action === 'RETRY' && update.payload !== undefined && update.error !== undefined)
    throw invalid('Cannot provide both error and payload to RETRY a STEP.');
  if ((action === 'RETRY') !== (retrySeconds !== undefined)) throw invalid('Invalid StepOptions for the given action.');
  if (existing !== undefined && existing.status !== 'STARTED' && existing.status !== 'READY') {
    throw invalid(`Invalid current STEP state to ${action === 'RETRY' ? 're-attempt' : 'close'}.`);
  }
  const attempt = (existing?.attempt ?? 0) + 1;
  const operation: Operation = {
    ...(existing ?? create(update, now)),
    ...(retrySeconds === undefined
      ? { status: action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED', endedAt: now }
      : { status: 'PENDING', dueAt: now + retrySeconds * 1000 }),
    attempt,
    result: update.payload,
    error: update.error,
  };
  const failed = action === 'FAIL' || (action === 'RETRY' && update.error !== undefined);
  const details = {
    ...outcomeOf(operation),
    RetryDetails: plain({ CurrentAttempt: attempt, NextAttemptDelaySeconds: retrySeconds }),
  };
  return { operation, event: operationEvent(`Step${past(!failed)}`, operation, now, details) };
}

function startWait(update: OperationUpdate, existing: Operation | undefined, _: unknown, now: number): Transition {
  const { waitSeconds } = update;
  if (existing !== undefined) throw invalid('Cannot start a WAIT that already exist.');
  if (waitSeconds === undefined) throw invalid('Update for WAIT operation requires WaitOptions.');
  const dueAt = now + waitSeconds * 1000;
  const details = { Duration: plain(waitSeconds), ScheduledEndTimestamp: time(dueAt) };
  return started({ ...create(update, now), waitSeconds, dueAt }, now, details);
}

function cancelWait(_update: OperationUpdate, existing: Operation | undefined, _: unknown, now: number): Transition {
  if (existing?.status !== 'STARTED')
    throw invalid('Cannot cancel a WAIT that does not exist or has already completed.');
  const operation: Operation = { ...existing, status: 'CANCELLED', endedAt: now };
  return { operation, event: operationEvent('WaitCancelled', operation, now) };
}

function startCallback(
  update: OperationUpdate,
  existing: Operation | undefined,
  { arn }: DurableExecution,
  now: number,
): Transition {
  if (existing !== undefined) throw invalid('Cannot start a CALLBACK that already exist.');
  const callbackId = encodeCallbackId({ arn, operationId: update.id });
  // 0 is the same as none.
  const [timeout, heartbeat] = [update.timeoutSeconds || undefined, update.heartbeatSeconds || undefined];
  const operation: Operation = {
    ...create(update, now),
    callbackId,
    dueAt: timeout === undefined ? undefined : now + timeout * 1000,
    heartbeatSeconds: heartbeat,
    heartbeatDueAt: heartbeat === undefined ? undefined : now + heartbeat * 1000,
  };
  const details = {
    CallbackId: plain(callbackId),
    Timeout: timeout === undefined ? undefined : plain(timeout),
    HeartbeatTimeout: heartbeat === undefined ? undefined : plain(heartbeat),
  };
  return started(operation, now, details);
}

/** The event comes when the target is known, see `chained-invoke.ts`. */
function startChainedInvoke(
  update: OperationUpdate,
  existing: Operation | undefined,
  _: unknown,
  now: number,
): Transition {
  const { functionName, tenantId } = update;
  if (existing !== undefined) throw invalid('Cannot start a CHAINED_INVOKE that already exist.');
  if (functionName === undefined) throw invalid('Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.');
  return { operation: { ...create(update, now), functionName, tenantId, input: update.payload } };
}

function create({ id, type, name, subType, parentId }: OperationUpdate, now: number): Operation {
  return { id, type, name, subType, parentId, status: 'STARTED', startedAt: now };
}

const TYPE_NAMES = {
  EXECUTION: 'Execution',
  CONTEXT: 'Context',
  STEP: 'Step',
  WAIT: 'Wait',
  CALLBACK: 'Callback',
  CHAINED_INVOKE: 'ChainedInvoke',
} as const satisfies Record<OperationType, string>;

function started(operation: Operation, now: number, details: Readonly<Record<string, Detail | undefined>> = {}) {
  return { operation, event: operationEvent(`${TYPE_NAMES[operation.type]}Started`, operation, now, details) };
}

const past = (succeeded: boolean): string => (succeeded ? 'Succeeded' : 'Failed');

function outcomeOf({ result, error }: Operation): Readonly<Record<string, Detail>> {
  if (error !== undefined) return { Error: payload(error) };
  return result === undefined ? {} : { Result: payload(result) };
}
