import { randomUUID } from 'node:crypto';
import { LambdaError } from '../lambda/lambda-error.ts';
import type { DurableEngine, Target } from './engine.ts';
import type { ErrorObject } from './error-object.ts';
import type { DurableExecution, StartRequest } from './execution.ts';
import { operationEvent, payload, plain } from './history.ts';
import { toErrorObject } from './invocation.ts';
import type { Operation, OperationStatus } from './operation.ts';

/** A payload between functions may have 1 MB. */
const PAYLOAD_BYTES = 1024 * 1024;

interface Outcome {
  readonly status: Extract<OperationStatus, 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED'>;
  readonly result?: string | undefined;
  readonly error?: ErrorObject | undefined;
}

/** Finds the target of an invoke, or the reason why it cannot be called: that fails the operation, not the checkpoint. */
export async function findTarget(
  { ports }: DurableEngine,
  functionName: string,
  region: string,
): Promise<Target | LambdaError> {
  try {
    return await ports.resolveTarget(functionName, region);
  } catch (error) {
    if (error instanceof LambdaError) return error;
    throw error;
  }
}

/** Starts the target: a durable function as an execution of its own, any other as one run. */
export function startChainedInvoke(
  engine: DurableEngine,
  execution: DurableExecution,
  operation: Operation,
  target: Target | LambdaError,
): void {
  const { functionName = '', tenantId, input } = operation;
  const started = (details: Parameters<typeof operationEvent>[3]): void => {
    const all = { FunctionName: plain(functionName), ...details };
    engine.change(execution, operation, operationEvent('ChainedInvokeStarted', operation, operation.startedAt, all));
  };
  if (target instanceof LambdaError) {
    started({});
    const error = { ErrorMessage: target.message, ErrorType: target.name };
    finish(engine, execution, operation.id, { status: 'FAILED', error });
    return;
  }
  const details = {
    TenantId: tenantId === undefined ? undefined : plain(tenantId),
    Input: payload(input),
    ExecutedVersion: plain(target.version),
  };
  if (target.durable === undefined) {
    started(details);
    void runPlain(engine, execution, operation, target);
    return;
  }
  const child = engine.start(childRequest(execution, operation, target, target.durable));
  started({ ...details, DurableExecutionArn: plain(child.arn) });
}

function childRequest(
  execution: DurableExecution,
  operation: Operation,
  { functionName, functionArn, version }: Target,
  config: NonNullable<Target['durable']>,
): StartRequest {
  return {
    ...config,
    region: execution.request.region,
    functionName,
    functionArn,
    version,
    name: undefined,
    input: operation.input ?? '{}',
    resultLimit: PAYLOAD_BYTES,
    requestId: randomUUID(),
    tenantId: operation.tenantId,
    parent: { execution, operationId: operation.id },
  };
}

async function runPlain(
  engine: DurableEngine,
  execution: DurableExecution,
  { id, input = '{}', tenantId }: Operation,
  { functionName, functionArn, version }: Target,
): Promise<void> {
  const { region } = execution.request;
  const call = { region, functionName, functionArn, version, tenantId, requestId: randomUUID(), event: () => input };
  const result = await engine.ports.run(call);
  if (result.kind === 'skipped') return;
  if (result.kind === 'error') {
    return finish(engine, execution, id, { status: 'FAILED', error: toErrorObject(result.body) });
  }
  if (Buffer.byteLength(result.body) <= PAYLOAD_BYTES) {
    return finish(engine, execution, id, { status: 'SUCCEEDED', result: result.body });
  }
  const ErrorMessage = `CHAINED_INVOKE output payload size must be less than or equal to ${PAYLOAD_BYTES} bytes.`;
  finish(engine, execution, id, { status: 'FAILED', error: { ErrorMessage } });
}

/** Hands the end of an execution to the one that invoked it. */
export function finishChainedInvoke(
  engine: DurableEngine,
  parent: NonNullable<StartRequest['parent']>,
  { status, result, error, request }: DurableExecution,
): void {
  if (status === 'RUNNING') return;
  const ErrorMessage = `CHAINED_INVOKE timed out after ${request.executionTimeout} seconds.`;
  const timeout = { ErrorMessage, ErrorType: 'ChainedInvoke.Timeout' };
  finish(engine, parent.execution, parent.operationId, {
    status,
    result,
    error: status === 'TIMED_OUT' ? timeout : error,
  });
}

const EVENTS = {
  SUCCEEDED: 'ChainedInvokeSucceeded',
  FAILED: 'ChainedInvokeFailed',
  TIMED_OUT: 'ChainedInvokeTimedOut',
  STOPPED: 'ChainedInvokeStopped',
} as const satisfies Record<Outcome['status'], string>;

function finish(engine: DurableEngine, execution: DurableExecution, id: string, outcome: Outcome): void {
  const operation = execution.operations.get(id);
  if (operation?.status !== 'STARTED') return;
  const { status, result, error } = outcome;
  const now = engine.clock.now();
  const ended: Operation = { ...operation, status, result, error, endedAt: now };
  const details = status === 'SUCCEEDED' ? { Result: payload(result) } : { Error: payload(error) };
  engine.change(execution, ended, operationEvent(EVENTS[status], ended, now, details));
  engine.wake(execution);
}
