import type { InvokeResult } from '../../outcome/answer.ts';
import type { ErrorEntry, Outcome } from '../../outcome/outcome.ts';
import type { DurableError, DurableExecution, Log } from '../../ports.ts';
import { decodePayload } from '../trigger-lambda-function/payload.ts';
import type { Watch } from './watch.ts';

interface Ended {
  readonly watch: Watch;
  readonly execution: DurableExecution;
  readonly failOnFunctionError: boolean;
  /** Whether it had ended before this task began. */
  readonly before: boolean;
}

/** The outcome of a task whose execution has ended. */
export function outcomeOfEnd(ended: Ended, log: Log): Outcome {
  const { watch, execution, failOnFunctionError } = ended;
  const answer = answerOf(watch, execution, log);
  const failure = failureOf(execution, answer);
  const said = {
    ...{ answer, execution: 'completed' as const, attempts: execution.attempts, fields: null },
    requestId: answer.durable?.invocations.at(-1) ?? null,
  } satisfies Partial<Outcome>;
  const tolerated = answer.functionError !== null && !failOnFunctionError;
  if (failure === null || tolerated) {
    return { ...said, status: 'SUCCESS', detail: 'AWS Lambda function invoked successfully', errors: null };
  }
  const { name } = watch.found;
  const rerun = ended.before && execution.status !== 'SUCCEEDED' ? `; ${keeps(name)}` : '';
  const errors = [{ ...failure.entry, message: `${failure.entry.message}${rerun}` }];
  return { ...said, status: 'FAIL', detail: `${failure.detail}${rerun}`, errors };
}

/** What the record of an execution holds, in the form of an answer of Invoke. */
export function answerOf(watch: Watch, execution: DurableExecution, log: Log): InvokeResult {
  const { status, result, error } = execution;
  const text = status === 'FAILED' ? JSON.stringify(errorPayload(error)) : result;
  const payload = text === null ? null : decodePayload(Buffer.from(text), log);
  return { ...watch.answer(), payload, functionError: status === 'FAILED' ? 'Unhandled' : null };
}

/** The error in the form that AWS Lambda gives a function's error. */
function errorPayload(error: DurableError | null) {
  const { type = null, message = null, data = null, stackTrace = [] } = error ?? {};
  return {
    ...(type !== null && { errorType: type }),
    ...(message !== null && { errorMessage: message }),
    ...(data !== null && { errorData: data }),
    ...(stackTrace.length > 0 && { stackTrace }),
  };
}

interface Failure {
  readonly detail: string;
  readonly entry: ErrorEntry;
}

function failureOf(execution: DurableExecution, { functionError }: InvokeResult): Failure | null {
  const { status, error, executionTimeout, tooLarge } = execution;
  const { type = null, message = null } = error ?? {};
  const why = [type, message].filter((part) => part !== null).join(': ');
  const own = (name: string, sentence: string) => ({ detail: sentence, entry: { name, message: sentence } });
  if (tooLarge)
    return own('AnswerTooLarge', 'the record of the execution is larger than an answer of AWS Lambda can be');
  switch (status) {
    case 'SUCCEEDED':
      return null;
    case 'TIMED_OUT': {
      const limit = executionTimeout === null ? '' : ` of ${executionTimeout} s`;
      return own(
        'DurableExecutionTimedOut',
        `the durable execution ran into the ExecutionTimeout${limit} of its function`,
      );
    }
    case 'STOPPED':
      return own(
        'DurableExecutionStopped',
        `the durable execution was stopped by somebody else${why === '' ? '' : ` (${oneLine(why)})`}`,
      );
    default: {
      const parts = [functionError, why].filter((part) => part !== null && part !== '');
      const entry = { name: type ?? 'Unhandled', message: message ?? 'the function failed without a message' };
      return { detail: oneLine(parts.join(': ')), entry };
    }
  }
}

function keeps(name: string): string {
  return `AWS Lambda keeps this end under the name ${name}, so a rerun needs another durable_execution_name`;
}

/** Longer messages are cut in the status description; `result.payload` has them whole. */
const longest = 1000;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
