import type { InvokeResult } from '../../outcome/answer.ts';
import { CallError } from '../../outcome/call-failure.ts';
import type { Execution, Outcome } from '../../outcome/outcome.ts';
import type { InvokeAnswer, Log } from '../../ports.ts';
import type { InvokeRequest, TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';
import { functionErrorOf } from './function-error.ts';
import { decodePayload } from './payload.ts';
import { parseReport } from './report.ts';
import { decodeTailLog } from './tail-log.ts';

/** Invokes the function once and reads the answer. */
export async function triggerLambdaFunction(
  task: TaskOf<'Trigger Lambda Function'>,
  context: ActionContext,
): Promise<Outcome> {
  const { request, limits, durable } = task;
  const { log, record, signal, session } = context;
  if (request.clientContext !== undefined && request.invocationType === 'Event') {
    log.warn('client_context_script: AWS Lambda drops the client context of an Event invocation');
  }
  if (durable !== undefined) {
    const { runDurableExecution } = await import('../durable-execution/perform.ts');
    return runDurableExecution({ ...task, durable }, context);
  }
  const { execution } = endings[request.invocationType];
  const invoke = (wanted: InvokeRequest) =>
    record.running(execution, () => session.lambda.invoke(wanted, { limits, signal }));
  const answer = await invoke(request).catch((error) => {
    if (!request.logTail || !isTailRefused(error)) throw error;
    log.warn('log_type: AWS Lambda has no tail log for functions on Managed Instances; invoking without it');
    return invoke({ ...request, logTail: false });
  });
  const bare = bareResult(answer, log);
  record.answer = bare; // from here on, nothing that fails can lose it
  return outcomeOf(request, answer, bare, log);
}

/** What the answer holds without the log, whose text is the function's to choose. */
function bareResult(answer: InvokeAnswer, log: Log): InvokeResult {
  return {
    kind: 'invoke',
    statusCode: answer.statusCode,
    payload: decodePayload(answer.payload, log),
    ...{ log: null, report: null },
    executedVersion: answer.executedVersion,
    functionError: answer.functionError,
    durableExecutionArn: answer.durableExecutionArn,
  };
}

function outcomeOf(request: InvokeRequest, answer: InvokeAnswer, bare: InvokeResult, log: Log): Outcome {
  const tail = request.logTail && answer.logResult !== null ? decodeTailLog(answer.logResult) : noTail;
  if (tail.pointer !== null) {
    log.warn(`The log is not in the answer; it is in log group ${tail.pointer.group}, stream ${tail.pointer.stream}`);
  }
  const result = { ...bare, log: tail.text, report: tail.text === null ? null : parseReport(tail.text) };
  const { attempts, requestId } = answer;
  const { execution, sentence } = endings[request.invocationType];
  const said = { answer: result, attempts, requestId, execution, fields: null };
  if (answer.tooLarge) {
    const entry = { name: 'AnswerTooLarge', message: tooLarge };
    return { ...said, status: 'FAIL', detail: tooLarge, errors: [entry] };
  }
  const error = functionErrorOf(result);
  if (error !== null && request.failOnFunctionError) {
    return { ...said, status: 'FAIL', detail: error.detail, errors: [error.entry] };
  }
  return { ...said, status: tail.clean ? 'SUCCESS' : 'DECODE_WARNING', detail: sentence, errors: null };
}

const noTail = { text: null, clean: true, pointer: null } as const;

const tooLarge =
  'the answer is larger than 6,291,556 bytes, the most that AWS Lambda sends, and was not read to its end';

/** Nothing has run then: AWS Lambda has refused the parameters. */
function isTailRefused(error: unknown): boolean {
  if (!(error instanceof CallError)) return false;
  const { refusal, name, message } = error.failure;
  return refusal?.httpStatus === 400 && name === 'InvalidParameterValueException' && /tail log/i.test(message);
}

const endings = {
  RequestResponse: { execution: 'completed', sentence: 'AWS Lambda function invoked successfully' },
  Event: { execution: 'accepted', sentence: 'AWS Lambda function invoked successfully' },
  DryRun: {
    execution: 'not_started',
    sentence: 'AWS Lambda function can be invoked: permission and parameters are valid, nothing was executed',
  },
} as const satisfies Record<InvokeRequest['invocationType'], { execution: Execution; sentence: string }>;
