import type { ErrorObject } from './error-object.ts';

export type OperationType = 'EXECUTION' | 'CONTEXT' | 'STEP' | 'WAIT' | 'CALLBACK' | 'CHAINED_INVOKE';

export type OperationStatus =
  | 'STARTED'
  | 'PENDING'
  | 'READY'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TIMED_OUT'
  | 'STOPPED';

/** One checkpointed step, wait, callback, child context or invoke. A change makes a new record. */
export interface Operation {
  readonly id: string;
  readonly type: OperationType;
  readonly status: OperationStatus;
  readonly name?: string | undefined;
  readonly subType?: string | undefined;
  readonly parentId?: string | undefined;
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly attempt?: number | undefined;
  readonly input?: string | undefined;
  readonly result?: string | undefined;
  readonly error?: ErrorObject | undefined;
  readonly replayChildren?: boolean | undefined;
  /** When a wait ends, a step is tried again, or a callback times out. */
  readonly dueAt?: number | undefined;
  readonly waitSeconds?: number | undefined;
  readonly callbackId?: string | undefined;
  readonly heartbeatSeconds?: number | undefined;
  readonly heartbeatDueAt?: number | undefined;
  readonly functionName?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** When the clock alone changes an operation next. */
export function deadlineOf({ type, status, dueAt, heartbeatDueAt }: Operation): number | undefined {
  if (type === 'WAIT' && status === 'STARTED') return dueAt;
  if (type === 'STEP' && status === 'PENDING') return dueAt;
  if (type !== 'CALLBACK' || status !== 'STARTED') return undefined;
  if (dueAt === undefined || heartbeatDueAt === undefined) return dueAt ?? heartbeatDueAt;
  return Math.min(dueAt, heartbeatDueAt);
}

/** Whether an operation is going to invoke the function again. */
export function isAwaited({ type, status }: Operation): boolean {
  if (type === 'STEP') return status === 'PENDING' || status === 'READY';
  return status === 'STARTED' && (type === 'WAIT' || type === 'CALLBACK' || type === 'CHAINED_INVOKE');
}
