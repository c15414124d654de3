import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import { finishChainedInvoke } from './chained-invoke.ts';
import type { ErrorObject } from './error-object.ts';
import { type Closing, type DurableExecution, isClosed, type StartRequest } from './execution.ts';
import type { ExecutionStore } from './execution-store.ts';
import { type NewEvent, payload, record } from './history.ts';
import { runInvocation } from './invocation.ts';
import { deadlineOf, type Operation } from './operation.ts';
import { fireTimers } from './timers.ts';

/** A function and version as the target of an invoke. */
export interface Target {
  readonly functionName: string;
  readonly functionArn: string;
  readonly version: string;
  readonly durable: { readonly executionTimeout: number; readonly retentionPeriodInDays: number } | undefined;
}

/** One run of a handler, as soon as a copy of the function is free. */
export interface FunctionCall {
  readonly region: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly version: string;
  readonly requestId: string;
  readonly clientContext?: string | undefined;
  readonly tenantId?: string | undefined;
  /** Makes the event when the copy is there; nothing when there is nothing to run any more. */
  readonly event: () => string | undefined;
}

export type FunctionResult =
  | { readonly kind: 'done'; readonly body: string; readonly log: Buffer }
  | { readonly kind: 'error'; readonly body: string; readonly timedOut: boolean; readonly log: Buffer }
  | { readonly kind: 'skipped' };

export interface EnginePorts {
  readonly clock: Clock;
  readonly store: ExecutionStore;
  readonly resolveTarget: (functionName: string, region: string) => Promise<Target>;
  readonly run: (call: FunctionCall) => Promise<FunctionResult>;
}

/** Keeps executions going: invokes their functions, fires what is due, and closes them. */
export class DurableEngine {
  readonly clock: Clock;
  readonly store: ExecutionStore;
  readonly ports: EnginePorts;
  #stopped = false;

  constructor(ports: EnginePorts) {
    this.ports = ports;
    this.clock = ports.clock;
    this.store = ports.store;
  }

  /** Starts an execution, or gives the one that has this name already. */
  start(request: StartRequest): DurableExecution {
    const { region, functionName, version, name, input } = request;
    const existing = name === undefined ? undefined : this.store.findByName(region, functionName, name);
    if (existing !== undefined) {
      // The same call again attaches to the execution, whatever its status; any other must not run under its name.
      if (existing.request.version === version && existing.request.input === input) return existing;
      const message = `Execution already started: ${existing.arn}`;
      throw new LambdaError(409, 'DurableExecutionAlreadyStartedException', message);
    }
    const execution = this.store.add(request);
    this.#schedule(execution);
    this.wake(execution, request.requestId);
    return execution;
  }

  /** Invokes the function, unless it runs already: then it is invoked again when that run has ended. */
  wake(execution: DurableExecution, requestId: string = randomUUID()): void {
    if (this.#stopped || isClosed(execution) || execution.invocation !== undefined) return;
    execution.invocation = { id: requestId, startedAt: this.clock.now() };
    execution.retryAt = undefined;
    void runInvocation(this, execution, execution.invocation);
  }

  /** Puts a changed operation in place, with the event about it. */
  change(execution: DurableExecution, operation: Operation, event?: NewEvent): void {
    execution.operations.set(operation.id, operation);
    if (isClosed(execution)) return;
    execution.unseen.add(operation.id);
    if (event !== undefined) record(execution, event);
    this.#schedule(execution);
  }

  /** Moves a deadline, which is no change that the function has to hear of. */
  postpone(execution: DurableExecution, operation: Operation): void {
    execution.operations.set(operation.id, operation);
    this.#schedule(execution);
  }

  /** Invokes the function again after a failure, when the clock shows `time`. */
  retryAt(execution: DurableExecution, time: number): void {
    execution.retryAt = time;
    this.#schedule(execution);
  }

  close(execution: DurableExecution, { status, result, error }: Closing): void {
    const now = this.clock.now();
    const { id, name, request } = execution;
    Object.assign(execution, { status, result, error, endedAt: now, retryAt: undefined });
    const root = execution.operations.get(id);
    if (root !== undefined) execution.operations.set(id, { ...root, status, endedAt: now });
    const details = status === 'TIMED_OUT' ? {} : outcome(status === 'SUCCEEDED' ? 'Result' : 'Error', result ?? error);
    record(execution, { type: EVENTS[status], time: now, operation: { id, name }, details });
    execution.cancelTimer?.();
    execution.settle();
    if (request.parent !== undefined) finishChainedInvoke(this, request.parent, execution);
  }

  /** Ends all timers; executions stay as they are. */
  stop(): void {
    this.#stopped = true;
    for (const execution of this.store.all()) execution.cancelTimer?.();
  }

  #schedule(execution: DurableExecution): void {
    execution.cancelTimer?.();
    if (this.#stopped || isClosed(execution)) return;
    const { retryAt = Number.POSITIVE_INFINITY, request, startedAt } = execution;
    let next = Math.min(startedAt + request.executionTimeout * 1000, retryAt);
    for (const operation of execution.operations.values()) next = Math.min(next, deadlineOf(operation) ?? next);
    execution.cancelTimer = this.clock.at(next, () => {
      fireTimers(this, execution);
      this.#schedule(execution);
    });
  }
}

const EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  STOPPED: 'ExecutionStopped',
} as const satisfies Record<Closing['status'], string>;

function outcome(name: 'Result' | 'Error', data: string | ErrorObject | undefined) {
  return { [name]: payload(data) };
}
