import type { DurableResult, InvokeResult } from '../../outcome/answer.ts';
import type { DurableExecution, DurableSummary } from '../../ports.ts';
import type { ActionContext } from '../action.ts';
import { emptyInvokeResult } from '../trigger-lambda-function/empty-result.ts';
import { History } from './history.ts';

/** How an execution was found: by its start, or by its name. */
export interface Found {
  readonly arn: string;
  readonly name: string;
  readonly resumed: boolean;
  readonly statusCode: number;
}

const closed = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'STOPPED']);

/** Whether a status is one of an execution that has ended. A status that is not known is not. */
export function isClosed(status: string | null): boolean {
  return status !== null && closed.has(status);
}

/** What is known of the execution that is waited for. What it learns is in the task's record at once. */
export class Watch {
  readonly found: Found;
  readonly history: History;
  /** When the task began; durable_timeout counts from here. */
  readonly began: number;
  readonly #context: ActionContext;
  #status: string | null = null;
  #startedAt: number | null = null;
  #endedAt: number | null = null;
  #statusCode: number;
  #version: string | null = null;
  /** Whether this task has stopped it: it was cut short then, and has not come to an end of its own. */
  #cutShort = false;

  constructor(found: Found, began: number, context: ActionContext, history = new History()) {
    this.history = history;
    this.found = found;
    this.began = began;
    this.#statusCode = found.statusCode;
    this.#context = context;
    context.record.raise('accepted');
    this.#note();
  }

  get status(): string | null {
    return this.#status;
  }

  /** Takes the answer of a read. */
  saw(execution: DurableSummary | DurableExecution): void {
    const before = this.#status;
    if (execution.status !== '') {
      this.#status = execution.status;
      this.#startedAt = execution.startedAt ?? this.#startedAt;
      this.#endedAt = execution.endedAt;
    }
    if ('version' in execution) {
      this.#version = execution.version ?? this.#version;
      this.#statusCode = execution.statusCode;
    }
    if (isClosed(this.#status)) this.#context.record.raise('completed');
    this.#note();
    if (before !== this.#status) this.report(`is ${this.#status}`);
  }

  /** AWS has taken the stop; `execution` is what a read has shown since, if one was answered. */
  stopped(execution: DurableSummary | null = null): void {
    this.#cutShort = true;
    this.#status = execution?.status || this.#status;
    this.#startedAt = execution?.startedAt ?? this.#startedAt;
    this.#endedAt = execution?.endedAt ?? this.#endedAt;
    this.#note();
  }

  /** Says something of the execution in the log, and to `onProgress`. */
  report(news: string): void {
    const { name, arn } = this.found;
    const message = `Durable execution ${name}${news.startsWith(':') ? '' : ' '}${news}`;
    this.#context.log.info(message);
    const { status, waitingFor } = this.result();
    const elapsed = this.#context.clock.now() - this.began;
    this.#context.onProgress?.({ name, arn, status, waitingFor, message, step: this.history.step, elapsed });
  }

  /** Takes what the history shows. */
  heard(): void {
    const { ended } = this.history;
    if (ended !== null) {
      this.#status = ended;
      if (!this.#cutShort) this.#context.record.raise('completed');
    }
    this.#note();
  }

  result(): DurableResult {
    const over = isClosed(this.#status);
    return {
      ...{ name: this.found.name, arn: this.found.arn, status: this.#status },
      ...{ startedAt: this.#startedAt, endedAt: this.#endedAt },
      waitingFor: over ? [] : this.history.waitingFor,
      invocations: this.history.invocations,
      resumed: this.found.resumed,
    };
  }

  answer(): InvokeResult {
    return {
      ...emptyInvokeResult,
      statusCode: this.#statusCode,
      executedVersion: this.#version,
      durableExecutionArn: this.found.arn,
      durable: this.result(),
    };
  }

  #note(): void {
    this.#context.record.answer = this.answer();
  }
}
