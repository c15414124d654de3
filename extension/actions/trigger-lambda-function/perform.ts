import { isUtf8 } from 'node:buffer';
import { jsonFault } from '../../formats/json-fault.ts';
import type { InvokeResult, Outcome } from '../../outcome/outcome.ts';
import type { InvokeAnswer, Log, Session } from '../../ports.ts';
import type { InvokeRequest, TaskOf } from '../../task/task.ts';
import { functionErrorOf } from './function-error.ts';
import { parseReport } from './report.ts';
import { decodeTailLog } from './tail-log.ts';

/** Invokes the function once and reads the answer. */
export async function triggerLambdaFunction(
  { request }: TaskOf<'Trigger Lambda Function'>,
  { lambda }: Session,
  log: Log,
): Promise<Outcome> {
  if (request.clientContext !== undefined && request.invocationType === 'Event') {
    log.warn('client_context_script: AWS Lambda drops the client context of an Event invocation');
  }
  const answer = await lambda.invoke(request);
  const tail = answer.logResult === null ? { text: null, clean: true } : decodeTailLog(answer.logResult);
  const result: InvokeResult = {
    kind: 'invoke',
    statusCode: answer.statusCode,
    ...decodePayload(answer, log),
    log: tail.text,
    report: tail.text === null ? null : parseReport(tail.text),
    executedVersion: answer.executedVersion,
    functionError: answer.functionError,
    durableExecutionArn: answer.durableExecutionArn,
  };
  const said = { answer: result, attempts: answer.attempts, requestId: answer.requestId };
  const { execution, sentence } = endings[request.invocationType];
  const error = functionErrorOf(result);
  if (error !== null && request.failOnFunctionError) {
    return { ...said, status: 'FAIL', execution, detail: error.detail, errors: [error.entry] };
  }
  return { ...said, status: tail.clean ? 'SUCCESS' : 'DECODE_WARNING', execution, detail: sentence, errors: null };
}

const endings = {
  RequestResponse: { execution: 'completed', sentence: 'AWS Lambda function invoked successfully' },
  Event: { execution: 'accepted', sentence: 'AWS Lambda function invoked successfully' },
  DryRun: {
    execution: 'not_started',
    sentence: 'AWS Lambda function can be invoked: permission and parameters are valid, nothing was executed',
  },
} as const satisfies Record<InvokeRequest['invocationType'], Pick<Outcome, 'execution'> & { sentence: string }>;

function decodePayload({ payload }: InvokeAnswer, log: Log): Pick<InvokeResult, 'payload' | 'payloadIsJson'> {
  if (payload === null || payload.length === 0) return { payload: null, payloadIsJson: false };
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8');
  if (isUtf8(payload)) return { payload: text, payloadIsJson: jsonFault(text) === null };
  log.warn('The payload of the answer is not UTF-8; what cannot be decoded shows as U+FFFD');
  return { payload: text, payloadIsJson: false };
}
