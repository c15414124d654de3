import type { Execution } from '../../../outcome/outcome.ts';

/** The queue that is used when none is named. */
export const defaultQueue = 'lambda';

/**
 * What a job of the queue asks for. All that users or AWS wrote is kept as text within one JSON string: jsonb refuses
 * U+0000 and lone surrogates, reorders keys and loses digits.
 */
export interface JobData {
  /** Of this form; a worker leaves a job of a later one alone. */
  readonly form: 1;
  /** The JSON text of the fields, without secrets. */
  readonly fields: string;
  /** Fields with secrets, encrypted with the operator's key; absent when there are none. */
  readonly sealed?: string;
  /** The function's name as it was given, for limits and lists; null when the action calls none. */
  readonly function: string | null;
  /** The id of the batch or flow, or of the job itself. */
  readonly group: string;
  /** The name of the task in its flow, or the line in its batch; null for a task by itself. */
  readonly label: string | null;
  readonly flow?: FlowMember;
  /** The id of the job that this one repeats. */
  readonly repeats?: string;
  /** The text of a flow file: the job submits that flow instead of running a task, see schedule/submit-flow.ts. */
  readonly submits?: string;
}

/** What a task of a flow knows of its place in it. */
export interface FlowMember {
  readonly name: string;
  /** When it runs: after all of `needs` succeeded, whatever came of them, or when one of them failed. */
  readonly when: 'success' | 'always' | 'failure';
  /** Job ids by the names of the tasks that it needs. */
  readonly needs: Readonly<Record<string, string>>;
}

/**
 * What a job's output column holds while it runs: written before the call, once, so that a job whose worker died is
 * `unknown` when it is there and `not_started` when it is not. `sending` identifies the writer.
 */
export interface Marker {
  readonly sending: string;
}

/** What a job's output column holds when it is settled. */
export interface Settled {
  readonly exit_code: number;
  readonly execution: Execution;
  /** The name of the row of the status table. */
  readonly status: string;
  /** The status description of the extension output, bounded and printable, for lists. */
  readonly description: string;
  /** Milliseconds that the worker had the task. */
  readonly duration: number;
  /** The extension output as text, see job/document.ts. */
  readonly document: string;
}

export type JobState = 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed';
