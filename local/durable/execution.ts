import type { ErrorObject } from './error-object.ts';
import type { HistoryEvent } from './history.ts';
import type { Operation } from './operation.ts';

export type ExecutionStatus = 'RUNNING' | ClosedStatus;
export type ClosedStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** How an execution came to its end. */
export interface Closing {
  readonly status: ClosedStatus;
  readonly result?: string | undefined;
  readonly error?: ErrorObject | undefined;
}

/** What was asked for with the Invoke, or by the execution that started this one. */
export interface StartRequest {
  readonly region: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly version: string;
  readonly name: string | undefined;
  readonly input: string;
  readonly executionTimeout: number;
  readonly retentionPeriodInDays: number;
  /** The most bytes that the result may have: those of the way it was started. */
  readonly resultLimit: number;
  readonly requestId: string;
  readonly clientContext?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly parent?: { readonly execution: DurableExecution; readonly operationId: string };
}

/** One durable execution: the record of what its function did and waits for. Times are those of the endpoint's clock. */
export interface DurableExecution {
  readonly request: StartRequest;
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  /** The order in which executions started. */
  readonly sequence: number;
  readonly startedAt: number;
  /** The machine's time from which the reading operations show it. */
  readonly visibleAt: number;
  readonly traceId: string;
  readonly operations: Map<string, Operation>;
  /** Operations that changed since the function was last told. */
  readonly unseen: Set<string>;
  readonly history: HistoryEvent[];
  /** Settles when the execution is closed. */
  readonly closed: Promise<void>;
  readonly settle: () => void;
  status: ExecutionStatus;
  endedAt?: number;
  result?: string | undefined;
  error?: ErrorObject | undefined;
  /** The invocation under way, or the one that waits for a free copy of the function. */
  invocation?: { readonly id: string; startedAt: number } | undefined;
  /** Invocations that failed in a row, and when the next is due. */
  failures: number;
  retryAt?: number | undefined;
  checkpoints: number;
  lastCheckpoint?: { readonly clientToken: string; readonly token: string; readonly answer: unknown } | undefined;
  /** The log of the last invocation, for the tail. */
  lastLog?: Buffer;
  cancelTimer?: () => void;
}

export function isClosed(execution: DurableExecution): boolean {
  return execution.status !== 'RUNNING';
}
