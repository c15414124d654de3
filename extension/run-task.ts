import { openSession as openOwnSession } from './aws/session.ts';
import { execute } from './execute.ts';
import { processPorts } from './hosts/process/ports.ts';
import type { ErrorEntry, Outcome } from './outcome/outcome.ts';
import { statuses } from './outcome/status.ts';
import { toOutput } from './output.ts';
import type { Log, OpenSession } from './ports.ts';
import type { Fields } from './task/fields.gen.ts';

/** The fields of one task, as in the JSON of `ue-aws-lambda run` (schemas/fields.schema.json); null means unset. */
export type TaskFields = {
  readonly [Name in Exclude<keyof Fields, Scripts>]?: Fields[Name] | null;
} & {
  /** JSON text, or a value that becomes JSON. */
  readonly [Name in Scripts]?: unknown;
};

type Scripts = 'payload_script' | 'client_context_script';

export interface RunTaskOptions {
  /** Where lines of progress go; nowhere by default. */
  readonly log?: Log;
  /** Cancels the task when it is aborted; the result then says what is known. */
  readonly signal?: AbortSignal;
  /** Opens the connections; those of `sharedSessions()` are kept for the next task. */
  readonly openSession?: OpenSession;
}

/** How one task ended. `success` tells the two forms apart. */
export type TaskResult = TaskSuccess | TaskFailure;

export interface TaskSuccess {
  readonly success: true;
  readonly exitCode: number;
  /** `answer.kind` says what AWS answered: `invoke`, `functions` or `account`. */
  readonly outcome: Outcome & { readonly errors: null; readonly answer: NonNullable<Outcome['answer']> };
  /** The extension output: the JSON text that `ue-aws-lambda run` prints. */
  readonly document: string;
}

export interface TaskFailure {
  readonly success: false;
  /** From the table of exit codes; never 0. */
  readonly exitCode: number;
  /** `execution` says whether the function ran; `answer` is what came before the failure, or null. */
  readonly outcome: Outcome & { readonly errors: readonly ErrorEntry[] };
  readonly document: string;
}

/**
 * Runs one task. Never throws: every failure is a result.
 *
 * @example
 * const result = await runTask({ function_name: 'order', region: 'eu-west-1',
 *   payload_source: 'Script', payload_script: { id: 'A-17' } });
 * if (result.success && result.outcome.answer.kind === 'invoke') use(result.outcome.answer.payload);
 * else if (!result.success) report(result.outcome.execution, result.outcome.errors);
 */
export async function runTask(fields: TaskFields, options: RunTaskOptions = {}): Promise<TaskResult> {
  const { log = silent, signal = new AbortController().signal, openSession = openOwnSession } = options;
  const outcome = await execute(fields, { ...processPorts, openSession, log, signal });
  const document = toOutput(fields, outcome);
  const { exitCode } = statuses[outcome.status];
  const { errors, answer } = outcome;
  if (exitCode === 0 && answer !== null) {
    return { success: true, exitCode, outcome: { ...outcome, answer, errors: null }, document };
  }
  return {
    success: false,
    exitCode: exitCode || statuses.FAIL.exitCode,
    outcome: { ...outcome, errors: errors ?? [] },
    document,
  };
}

const silent: Log = { error() {}, warn() {}, info() {}, debug() {} };
