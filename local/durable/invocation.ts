import { checkErrorSize, checkResultSize } from './checkpoint.ts';
import type { DurableEngine, FunctionResult } from './engine.ts';
import type { ErrorObject } from './error-object.ts';
import { type Closing, type DurableExecution, isClosed } from './execution.ts';
import { payload, plain, record, time } from './history.ts';
import { isAwaited } from './operation.ts';
import { statePage } from './state.ts';
import { encodeCheckpointToken } from './token.ts';
import { invalid, parseError } from './update.ts';

/** A failed invocation is tried again, later and later; one that keeps failing ends the execution. */
const FAILURE_LIMIT = 5;
const LONGEST_RETRY_SECONDS = 60;
const ERROR_BYTES = 1024 * 1024;

/** Runs the function once for an execution, and decides what comes after it. */
export async function runInvocation(
  engine: DurableEngine,
  execution: DurableExecution,
  invocation: NonNullable<DurableExecution['invocation']>,
): Promise<void> {
  const { id } = invocation;
  const { region, functionName, functionArn, version, clientContext, tenantId } = execution.request;
  const event = (): string | undefined => {
    if (isClosed(execution)) return undefined;
    invocation.startedAt = engine.clock.now();
    const text = JSON.stringify(invocationEvent(engine, execution, id));
    execution.unseen.clear();
    return text;
  };
  const call = { region, functionName, functionArn, version, clientContext, tenantId, requestId: id, event };
  const result = await engine.ports.run(call);
  // A checkpoint that closes the execution ends the invocation, and what the function answers after it does not count.
  if (execution.invocation !== invocation) return;
  execution.invocation = undefined;
  if (result.kind === 'skipped') return;
  execution.lastLog = result.log;
  if (isClosed(execution)) return completed(engine, execution, invocation);
  if (result.kind === 'error') return failed(engine, execution, invocation, result);
  execution.failures = 0;
  const closing = toClosing(execution, result.body);
  completed(engine, execution, invocation, closing?.error);
  if (closing !== undefined) engine.close(execution, closing);
  else if (execution.unseen.size > 0) engine.wake(execution);
}

/** What the durable SDK in the function takes as its event. */
function invocationEvent({ clock }: DurableEngine, execution: DurableExecution, invocationId: string) {
  const { arn, checkpoints: sequence } = execution;
  return {
    DurableExecutionArn: arn,
    CheckpointToken: encodeCheckpointToken({ arn, invocationId, sequence }),
    InitialExecutionState: statePage(execution, (at) => clock.toMachineTime(at), null),
    UpdatedOperationIds: [...execution.unseen],
  };
}

/** Writes the event about an invocation that ended. */
export function completed(
  engine: DurableEngine,
  execution: DurableExecution,
  { id, startedAt }: NonNullable<DurableExecution['invocation']>,
  error?: ErrorObject,
): void {
  const now = engine.clock.now();
  const details = {
    StartTimestamp: time(startedAt),
    EndTimestamp: time(now),
    RequestId: plain(id),
    Error: error === undefined ? undefined : payload(error),
  };
  record(execution, { type: 'InvocationCompleted', time: now, details });
}

function failed(
  engine: DurableEngine,
  execution: DurableExecution,
  invocation: NonNullable<DurableExecution['invocation']>,
  { body, timedOut }: Extract<FunctionResult, { kind: 'error' }>,
): void {
  const error = toErrorObject(body);
  completed(engine, execution, invocation, error);
  execution.failures += 1;
  // What a timeout of the function cut off is run again until the execution itself times out.
  if (!timedOut && execution.failures >= FAILURE_LIMIT) {
    engine.close(execution, { status: 'FAILED', error });
    return;
  }
  const seconds = Math.min(2 ** (execution.failures - 1), LONGEST_RETRY_SECONDS);
  engine.retryAt(execution, engine.clock.now() + seconds * 1000);
}

/** Reads a runtime's error body. */
export function toErrorObject(body: string): ErrorObject {
  const { errorMessage, errorType, trace } = JSON.parse(body) as Record<string, unknown>;
  return {
    ...(typeof errorMessage === 'string' && { ErrorMessage: errorMessage }),
    ...(typeof errorType === 'string' && { ErrorType: errorType }),
    ...(Array.isArray(trace) && { StackTrace: trace.map(String) }),
  };
}

/** Reads the function's answer, `{Status, Result, Error}`; nothing when the execution goes on. */
function toClosing(execution: DurableExecution, body: string): Closing | undefined {
  try {
    return readAnswer(execution, body);
  } catch (error) {
    const { name, message } = error as Error;
    return { status: 'FAILED', error: { ErrorMessage: message, ErrorType: name } };
  }
}

function readAnswer(execution: DurableExecution, body: string): Closing | undefined {
  const answer = (JSON.parse(body) ?? {}) as Readonly<Record<string, unknown>>;
  const result = typeof answer.Result === 'string' ? answer.Result : undefined;
  const error = parseError(answer.Error);
  switch (answer.Status) {
    case 'SUCCEEDED':
      if (error !== undefined) throw invalid('Cannot provide an Error for SUCCEEDED status.');
      checkResultSize(result, execution.request.resultLimit);
      return { status: 'SUCCEEDED', result };
    case 'FAILED':
      if (result !== undefined) throw invalid('Cannot provide a Result for FAILED status.');
      checkErrorSize(error, ERROR_BYTES);
      return { status: 'FAILED', error: error ?? {} };
    case 'PENDING': {
      const { operations, unseen } = execution;
      if (unseen.size > 0 || [...operations.values()].some(isAwaited)) return undefined;
      throw invalid('Cannot return PENDING status with no pending operations.');
    }
    default:
      throw invalid('Invalid Status in invocation output.');
  }
}
