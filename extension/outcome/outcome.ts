import type { Report } from '../actions/trigger-lambda-function/report.ts';
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
  /** Calls to AWS that the last step of the task made, retries included; 0 when nothing was sent. */
  readonly attempts: number;
  readonly requestId: string | null;
  /** What AWS answered, by action; null when no answer came. */
  readonly answer: Answer | null;
  /** Null on success. */
  readonly errors: readonly ErrorEntry[] | null;
}

export type Answer = InvokeResult | FunctionList | AccountSettings;

export interface InvokeResult {
  readonly kind: 'invoke';
  readonly statusCode: number;
  /** The payload's text verbatim; null when the answer had no body. */
  readonly payload: string | null;
  /** Whether the payload is JSON, so that it can be spliced into another document as it is. */
  readonly payloadIsJson: boolean;
  /** The decoded tail of the log; null when none was asked for. */
  readonly log: string | null;
  readonly report: Report | null;
  readonly executedVersion: string | null;
  readonly functionError: string | null;
  readonly durableExecutionArn: string | null;
}

export interface FunctionList {
  readonly kind: 'functions';
  readonly statusCode: number;
  readonly functions: readonly FunctionSummary[];
  readonly nextMarker: string | null;
}

/** One row of List Functions: the ten attributes of the connector, in the names of the AWS API. */
export interface FunctionSummary {
  readonly functionName: string;
  readonly functionArn: string;
  readonly runtime: string | null;
  readonly role: string | null;
  readonly handler: string | null;
  readonly version: string | null;
  readonly description: string | null;
  readonly lastModified: string | null;
  /** Seconds. */
  readonly timeout: number | null;
  /** MB. */
  readonly memorySize: number | null;
}

export interface AccountSettings {
  readonly kind: 'account';
  readonly statusCode: number;
  /** Limits and usage as GetAccountSettings names them, in bytes and counts. */
  readonly limits: Readonly<Record<string, number>>;
  readonly usage: Readonly<Record<string, number>>;
}
