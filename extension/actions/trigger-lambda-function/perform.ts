import type { InvokeResult } from '../../outcome/answer.ts';
import { CallError } from '../../outcome/call-failure.ts';
import type { ErrorEntry, Execution, Outcome } from '../../outcome/outcome.ts';
import type { InvokeAnswer, Log } from '../../ports.ts';
import type { Delivery } from '../../task/delivery.ts';
import type { InvokeRequest, TaskOf } from '../../task/task.ts';
import type { ActionContext } from '../action.ts';
import { functionErrorOf } from './function-error.ts';
import { decodePayload } from './payload.ts';
import type { Kept, PayloadStore } from './payload-store.ts';
import { parseReport } from './report.ts';
import { moved } from './result-file.ts';
import { decodeTailLog } from './tail-log.ts';
import { traceOf } from './trace.ts';

/** Invokes the function once and reads the answer, and the log if that is wanted from elsewhere. */
export async function triggerLambdaFunction(
  task: TaskOf<'Trigger Lambda Function'>,
  context: ActionContext,
): Promise<Outcome> {
  const { fullLog } = task.delivery;
  if (fullLog === undefined) return trigger(task, context);
  const { withFullLog } = await import('./with-full-log.ts');
  return withFullLog(task, fullLog, context, () => trigger(task, context));
}

async function trigger(task: TaskOf<'Trigger Lambda Function'>, context: ActionContext): Promise<Outcome> {
  const { delivery, durable } = task;
  const { log, record } = context;
  if (task.request.clientContext !== undefined && task.request.invocationType === 'Event') {
    log.warn('client_context_script: AWS Lambda drops the client context of an Event invocation');
  }
  const trace = traceOf(delivery.trace, context);
  record.traceId = trace.id;
  const traced = { ...task, request: { ...task.request, traceHeader: trace.header } };
  const store = await storeFor(delivery, context);
  try {
    if (durable === undefined) return await invokeOnce(traced, store, context);
    const { runDurableExecution } = await import('../durable-execution/perform.ts');
    const outcome = await runDurableExecution({ ...traced, durable }, context);
    return store === null ? outcome : await moved(outcome, store, log);
  } finally {
    await store?.discard();
  }
}

async function invokeOnce(
  { request, limits, delivery }: TaskOf<'Trigger Lambda Function'>,
  store: PayloadStore | null,
  context: ActionContext,
): Promise<Outcome> {
  const { log, record, signal, session } = context;
  const { execution } = endings[request.invocationType];
  const { lambda } = session;
  const options = { limits, signal };
  const receive = (bytes: Uint8Array) => {
    context.onPart?.(bytes);
    return store?.receive(bytes) ?? Promise.resolve();
  };
  const invoke = (wanted: InvokeRequest) =>
    record.running(execution, () =>
      delivery.streamed ? lambda.invokeStreamed(wanted, receive, options) : lambda.invoke(wanted, options),
    );
  const answer = await invoke(request).catch((error) => {
    if (!request.logTail || !isTailRefused(error)) throw error;
    log.warn('log_type: AWS Lambda has no tail log for functions on Managed Instances; invoking without it');
    return invoke({ ...request, logTail: false });
  });
  record.answer = resultOf(answer, null); // from here on, nothing that fails can lose it
  const kept = await keep(request, delivery, answer, store, log);
  record.answer = resultOf(answer, kept.payload);
  return outcomeOf(request, answer, kept, log);
}

/** Where the payload goes; null when it stays in the answer. Opened before anything is sent. */
async function storeFor({ streamed, responseFile }: Delivery, context: ActionContext): Promise<PayloadStore | null> {
  if (responseFile === undefined) return streamed ? (await import('./memory-store.ts')).memoryStore() : null;
  const { openResponseFile } = await import('./response-file.ts');
  return openResponseFile(responseFile, context);
}

async function keep(
  { invocationType }: InvokeRequest,
  { streamed }: Delivery,
  { payload, tooLarge, errorDetails }: InvokeAnswer,
  store: PayloadStore | null,
  log: Log,
): Promise<Kept> {
  if (tooLarge) return { payload: null, head: null, problem: { name: 'AnswerTooLarge', message: tooLargeMessage } };
  const inMemory = () => decodePayload(payload, log);
  if (store === null || invocationType !== 'RequestResponse') {
    const decoded = inMemory();
    return { payload: decoded, head: decoded, problem: null };
  }
  if (payload !== null) await store.receive(payload);
  const kept = await store.keep(log);
  if (streamed) return errorDetails === null ? kept : { ...kept, head: decodePayload(Buffer.from(errorDetails), log) };
  return kept.problem === null ? kept : { ...kept, payload: inMemory() }; // so that it is not lost
}

/** What the answer holds; at first without the log, whose text is the function's to choose. */
function resultOf(
  answer: InvokeAnswer,
  payload: InvokeResult['payload'],
  log: string | null = null,
  report: InvokeResult['report'] = null,
): InvokeResult {
  return {
    kind: 'invoke',
    statusCode: answer.statusCode,
    payload,
    log,
    report,
    executedVersion: answer.executedVersion,
    functionError: answer.functionError,
    durableExecutionArn: answer.durableExecutionArn,
  };
}

function outcomeOf(request: InvokeRequest, answer: InvokeAnswer, { payload, head, problem }: Kept, log: Log): Outcome {
  const tail = request.logTail && answer.logResult !== null ? decodeTailLog(answer.logResult) : noTail;
  if (tail.pointer !== null) {
    log.warn(`The log is not in the answer; it is in log group ${tail.pointer.group}, stream ${tail.pointer.stream}`);
  }
  const report = tail.text === null ? null : parseReport(tail.text);
  const result = resultOf(answer, payload, tail.text, report);
  const { attempts, requestId } = answer;
  const { execution, sentence } = endings[request.invocationType];
  const said = (status: Outcome['status'], detail: string, errors: Outcome['errors']): Outcome => {
    return { status, detail, execution, attempts, requestId, answer: result, errors, fields: null };
  };
  const found = functionErrorOf(result, head);
  const error = request.failOnFunctionError && !answer.tooLarge ? found : null;
  if (error !== null || problem !== null) {
    const errors = [error?.entry, problem].filter((entry) => entry !== undefined && entry !== null);
    return said('FAIL', error?.detail ?? detailOf(problem), errors);
  }
  return said(tail.clean ? 'SUCCESS' : 'DECODE_WARNING', sentence, null);
}

function detailOf(problem: ErrorEntry | null): string {
  return problem?.field === undefined ? (problem?.message ?? '') : `${problem.field} ${problem.message}`;
}

const noTail = { text: null, clean: true, pointer: null } as const;

const tooLargeMessage =
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
