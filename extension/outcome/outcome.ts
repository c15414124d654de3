import type { Answer } from './answer.ts';
import type { Status } from './status.ts';

/**
 * What is known of the function after the task: not started for certain; accepted into the queue (Event); completed,
 * also with a function error; or unknown, when the request may have been read and no whole answer came.
 */
export type Execution = 'not_started' | 'accepted' | 'completed' | 'unknown';

/** One cause of a failure. `field` names the input field that is wrong, when one is. */
export interface ErrorEntry {
  readonly name: string;
  readonly message: string;
  readonly field?: string;
}

/** The task's one answer. Success and failure have the same shape. */
export interface Outcome {
  readonly status: Status;
  /** What the status row's sentence is made from; see `statuses`. */
  readonly detail: string;
  readonly execution: Execution;
  /** Attempts of the call that can run the function, else of the last call; 0 when nothing was sent. */
  readonly attempts: number;
  readonly requestId: string | null;
  /** The X-Ray trace of the call; absent when the task makes none that can run a function. */
  readonly traceId?: string;
  /** What AWS answered, by action; null when no answer came. */
  readonly answer: Answer | null;
  /** Null on success. */
  readonly errors: readonly ErrorEntry[] | null;
  /** The fields that were in force, with what the task decided for those left unset; null when they were not valid. */
  readonly fields: Readonly<Record<string, unknown>> | null;
}
