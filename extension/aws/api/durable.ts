import {
  type ErrorObject,
  GetDurableExecution$,
  GetDurableExecutionHistory$,
  type GetDurableExecutionHistoryResponse,
  type GetDurableExecutionResponse,
  ListDurableExecutionsByFunction$,
  type ListDurableExecutionsByFunctionResponse,
  SendDurableExecutionCallbackFailure$,
  SendDurableExecutionCallbackHeartbeat$,
  SendDurableExecutionCallbackSuccess$,
  StopDurableExecution$,
} from '@aws-sdk/client-lambda';
import type { DurableError, DurableExecutions, DurableSummary, HistoryEvent } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import type { CallbackRequest } from '../../task/task.ts';
import type { Ask } from './ask.ts';
import { foreignAnswer } from './aws-error.ts';
import { type Operation, operation } from './service.ts';

const operations = {
  find: operation(ListDurableExecutionsByFunction$),
  get: operation(GetDurableExecution$),
  history: operation(GetDurableExecutionHistory$),
  stop: operation(StopDurableExecution$),
  success: operation(SendDurableExecutionCallbackSuccess$),
  failure: operation(SendDurableExecutionCallbackFailure$),
  heartbeat: operation(SendDurableExecutionCallbackHeartbeat$),
};

/**
 * Bytes of an execution with its data that are read: payload and result of 6 MB each, as texts in JSON, in which most
 * characters take one byte and none more than six.
 */
const dataLimit = 72 * 2 ** 20;

/** Events of a page: the most that AWS gives. */
const pageSize = 1000;

/** The calls on durable executions in the core's terms. A read is bounded by `connect_timeout` for each of its parts. */
export function durableOver(ask: Ask): DurableExecutions {
  const read = { quiet: true, deadline: 'connect_timeout' } as const;
  return {
    find({ functionName, qualifier, name, statuses, maxItems, marker }, options) {
      const input = {
        FunctionName: functionName,
        ...(name && { DurableExecutionName: name }),
        ...(qualifier && { Qualifier: qualifier }),
        ...(statuses && { Statuses: statuses }),
        ...(maxItems && { MaxItems: maxItems }),
        ...(marker && { Marker: marker }),
      };
      const called = { ...read, name: 'ListDurableExecutionsByFunction', read: pageOf };
      return ask(operations.find, input, { ...options, ...called });
    },

    get(arn, { withData, ...options }) {
      const input = { DurableExecutionArn: arn, IncludeExecutionData: withData };
      const whole = withData ? { deadline: 'wait_for_completion_timeout' as const, answerLimit: dataLimit } : {};
      const called = { ...read, ...whole, name: 'GetDurableExecution', read: executionOf(arn) };
      return ask(operations.get, input, { ...options, ...called });
    },

    history(arn, marker, options) {
      const page = { IncludeExecutionData: false, ReverseOrder: true, MaxItems: pageSize };
      const input = { DurableExecutionArn: arn, ...page, ...(marker && { Marker: marker }) };
      const called = { ...read, name: 'GetDurableExecutionHistory', read: historyOf };
      return ask(operations.history, input, { ...options, ...called });
    },

    stop(arn, error, options) {
      const input = { DurableExecutionArn: arn, Error: errorObject(error) };
      const called = { deadline: 'connect_timeout' as const, name: 'StopDurableExecution', read: () => ({}) };
      return ask(operations.stop, input, { ...options, ...called });
    },

    sendCallback(request, options) {
      const [operation, name, input] = callbackCall(request);
      return ask(operation, input, { ...options, name, secrets: () => confidential(request), read: () => ({}) });
    },
  };
}

function callbackCall(request: CallbackRequest): [Operation, string, object] {
  const id = { CallbackId: request.callbackId };
  switch (request.result) {
    case 'success':
      return [
        operations.success,
        'SendDurableExecutionCallbackSuccess',
        { ...id, ...(request.payload && { Result: request.payload }) },
      ];
    case 'failure':
      return [operations.failure, 'SendDurableExecutionCallbackFailure', { ...id, Error: errorObject(request.error) }];
    case 'heartbeat':
      return [operations.heartbeat, 'SendDurableExecutionCallbackHeartbeat', id];
  }
}

/** What an error's text may quote of an answer to a callback. */
function confidential(request: CallbackRequest): Secret[] {
  const payload = request.result === 'success' ? request.payload && Buffer.from(request.payload).toString() : undefined;
  const data = request.result === 'failure' ? request.error.data : undefined;
  return [payload, data]
    .filter((text) => typeof text === 'string' && text !== '')
    .map((text) => new Secret(text as string));
}

function errorObject({ type, message, data, stackTrace }: DurableError): ErrorObject {
  return {
    ...(message !== null && { ErrorMessage: message }),
    ...(type !== null && { ErrorType: type }),
    ...(data !== null && { ErrorData: data }),
    ...(stackTrace.length > 0 && { StackTrace: [...stackTrace] }),
  };
}

function pageOf(output: ListDurableExecutionsByFunctionResponse | null) {
  const { DurableExecutions: listed = [], NextMarker } = output ?? {};
  if (output === null || !Array.isArray(listed)) throw foreignAnswer('not a list of durable executions');
  return { executions: listed.map(summaryOf), nextMarker: textOf(NextMarker) };
}

function executionOf(arn: string) {
  return (output: GetDurableExecutionResponse | null) => {
    const { Version, InputPayload, Result, Error: error, DurableConfig } = output ?? {};
    // One that is too large to be read is there, and its status is known from before.
    const summary = output === null ? { ...unread, arn } : summaryOf({ ...output, DurableExecutionArn: arn });
    const { ExecutionTimeout } = Object(DurableConfig) as { ExecutionTimeout?: unknown };
    return {
      ...summary,
      version: textOf(Version),
      input: typeof InputPayload === 'string' ? InputPayload : null,
      result: typeof Result === 'string' ? Result : null,
      error: error === undefined || error === null ? null : errorOf(error),
      executionTimeout: Number.isFinite(ExecutionTimeout) ? Number(ExecutionTimeout) : null,
      tooLarge: output === null,
    };
  };
}

const unread = { name: '', status: '', startedAt: null, endedAt: null } as const;

function summaryOf(entry: object): DurableSummary {
  const { DurableExecutionArn, DurableExecutionName, Status, StartTimestamp, EndTimestamp } = Object(entry) as Readonly<
    Record<string, unknown>
  >;
  const [arn, status] = [textOf(DurableExecutionArn), textOf(Status)];
  if (arn === null || status === null) throw foreignAnswer('not a durable execution');
  return {
    ...{ arn, status, name: textOf(DurableExecutionName) ?? '' },
    ...{ startedAt: timeOf(StartTimestamp), endedAt: timeOf(EndTimestamp) },
  };
}

function errorOf(error: object): DurableError {
  const { ErrorType, ErrorMessage, ErrorData, StackTrace } = Object(error) as Readonly<Record<string, unknown>>;
  const lines = Array.isArray(StackTrace) ? StackTrace.filter((line) => typeof line === 'string') : [];
  return { type: textOf(ErrorType), message: textOf(ErrorMessage), data: textOf(ErrorData), stackTrace: lines };
}

function historyOf(output: GetDurableExecutionHistoryResponse | null) {
  const { Events = [], NextMarker } = output ?? {};
  if (output === null || !Array.isArray(Events)) throw foreignAnswer('not a history');
  return { events: Events.flatMap(eventOf), nextMarker: textOf(NextMarker) };
}

/** An event without a number cannot be distinguished from one that was seen before. */
function eventOf(event: object): HistoryEvent[] {
  const { EventId, EventType, EventTimestamp, Id, Name } = Object(event) as Readonly<Record<string, unknown>>;
  const type = textOf(EventType);
  if (!Number.isInteger(EventId) || type === null) return [];
  const all = Object.entries(Object(event)).filter(([key, value]) => key.endsWith('Details') && value != null);
  const details = Object(all[0]?.[1]) as Readonly<Record<string, unknown>>;
  const retry = Object(details.RetryDetails) as Readonly<Record<string, unknown>>;
  const number = (value: unknown) => (Number.isFinite(value) ? Number(value) : null);
  return [
    {
      id: EventId as number,
      type,
      at: timeOf(EventTimestamp),
      operation: textOf(Id),
      name: textOf(Name),
      requestId: textOf(details.RequestId),
      callbackId: textOf(details.CallbackId),
      until: timeOf(details.ScheduledEndTimestamp) ?? deadlineOf(timeOf(EventTimestamp), details.Timeout),
      functionName: textOf(details.FunctionName),
      retryDelay: number(retry.NextAttemptDelaySeconds),
      attempt: number(retry.CurrentAttempt),
    },
  ];
}

/** A callback without a time limit has a timeout of 0. */
function deadlineOf(start: number | null, seconds: unknown): number | null {
  return start !== null && Number.isFinite(seconds) && Number(seconds) > 0 ? start + Number(seconds) * 1000 : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function timeOf(value: unknown): number | null {
  const time = value instanceof Date ? value.getTime() : Number.NaN;
  return Number.isFinite(time) ? time : null;
}
