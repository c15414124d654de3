import type { DurableExecution } from './execution.ts';
import type { Operation } from './operation.ts';

/** Writes a time of the endpoint's clock as its reader wants it: seconds for the API, the machine's milliseconds for a function. */
export type TimeForm = (time: number) => number;

export const inSeconds: TimeForm = (time) => time / 1000;

export function toWireOperation(operation: Operation, form: TimeForm) {
  const { id, parentId, name, type, subType, startedAt, endedAt, status } = operation;
  return {
    Id: id,
    ParentId: parentId,
    Name: name,
    Type: type,
    SubType: subType,
    StartTimestamp: form(startedAt),
    EndTimestamp: endedAt === undefined ? undefined : form(endedAt),
    Status: status,
    ...detailsOf(operation, form),
  };
}

function detailsOf(operation: Operation, form: TimeForm) {
  const { dueAt } = operation;
  const outcome = { Result: operation.result, Error: operation.error };
  switch (operation.type) {
    case 'EXECUTION':
      return { ExecutionDetails: { InputPayload: operation.input } };
    case 'CONTEXT':
      return { ContextDetails: { ReplayChildren: operation.replayChildren, ...outcome } };
    case 'STEP': {
      const next = operation.status === 'PENDING' && dueAt !== undefined ? form(dueAt) : undefined;
      return { StepDetails: { Attempt: operation.attempt, NextAttemptTimestamp: next, ...outcome } };
    }
    case 'WAIT':
      return { WaitDetails: { ScheduledEndTimestamp: dueAt === undefined ? undefined : form(dueAt) } };
    case 'CALLBACK':
      return { CallbackDetails: { CallbackId: operation.callbackId, ...outcome } };
    case 'CHAINED_INVOKE':
      return { ChainedInvokeDetails: outcome };
  }
}

/** An execution as ListDurableExecutionsByFunction prints it. */
export function toWireSummary({ arn, name, request, status, startedAt, endedAt }: DurableExecution) {
  return {
    DurableExecutionArn: arn,
    DurableExecutionName: name,
    FunctionArn: request.functionArn,
    Status: status,
    StartTimestamp: inSeconds(startedAt),
    EndTimestamp: endedAt === undefined ? undefined : inSeconds(endedAt),
  };
}

/** An execution as GetDurableExecution prints it. */
export function toWireExecution(execution: DurableExecution, includeData: boolean) {
  const { request, result, error, traceId } = execution;
  return {
    ...toWireSummary(execution),
    Version: request.version,
    ...(includeData && { InputPayload: request.input, Result: result, Error: error }),
    TraceHeader: { XAmznTraceId: traceId },
    ExecutionDataIncluded: includeData,
    DurableConfig: {
      RetentionPeriodInDays: request.retentionPeriodInDays,
      ExecutionTimeout: request.executionTimeout,
    },
  };
}
