import { LambdaError } from '../lambda/lambda-error.ts';
import type { DurableEngine } from './engine.ts';
import type { ErrorObject } from './error-object.ts';
import { type DurableExecution, isClosed } from './execution.ts';
import { operationEvent, payload } from './history.ts';
import { deadlineOf, type Operation } from './operation.ts';
import { decodeCallbackId } from './token.ts';

export function succeedCallback(engine: DurableEngine, callbackId: string, result: string | undefined): void {
  const { execution, operation } = findOpen(engine, callbackId);
  const now = engine.clock.now();
  const ended: Operation = { ...operation, status: 'SUCCEEDED', result, endedAt: now };
  engine.change(execution, ended, operationEvent('CallbackSucceeded', ended, now, { Result: payload(result) }));
  engine.wake(execution);
}

export function failCallback(engine: DurableEngine, callbackId: string, error: ErrorObject | undefined): void {
  const { execution, operation } = findOpen(engine, callbackId);
  const now = engine.clock.now();
  const ended: Operation = { ...operation, status: 'FAILED', error, endedAt: now };
  engine.change(execution, ended, operationEvent('CallbackFailed', ended, now, { Error: payload(error) }));
  // As at AWS, a failure without an error is recorded and does not wake the function.
  if (error !== undefined) engine.wake(execution);
}

export function heartbeatCallback(engine: DurableEngine, callbackId: string): void {
  const { execution, operation } = findOpen(engine, callbackId);
  const { heartbeatSeconds } = operation;
  if (heartbeatSeconds === undefined) return;
  const heartbeatDueAt = engine.clock.now() + heartbeatSeconds * 1000;
  engine.postpone(execution, { ...operation, heartbeatDueAt });
}

function findOpen(engine: DurableEngine, callbackId: string): { execution: DurableExecution; operation: Operation } {
  const { arn, operationId } = decodeCallbackId(callbackId);
  const execution = engine.store.find(arn);
  if (execution === undefined)
    throw new LambdaError(404, 'ResourceNotFoundException', 'Durable Execution does not exist');
  const operation = execution.operations.get(operationId);
  const due = operation === undefined ? undefined : deadlineOf(operation);
  const open = operation?.type === 'CALLBACK' && operation.status === 'STARTED' && !isClosed(execution);
  if (!open || (due !== undefined && due <= engine.clock.now())) {
    const message = 'The callback is either timed out or already completed';
    throw new LambdaError(400, 'CallbackTimeoutException', message);
  }
  return { execution, operation };
}
