import type { DurableConfig } from '../functions/function-config.ts';
import type { FunctionFile } from '../functions/function-files.ts';
import { type FunctionReference, functionArn } from '../functions/function-name.ts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Invocation } from '../lambda/invocation.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import type { LambdaPorts } from '../lambda/lambda-ports.ts';
import { tail } from '../lambda/log-tail.ts';
import { tooManyAtOnce } from '../lambda/throttle.ts';
import type { DurableExecution } from './execution.ts';

export interface DurableInvoke {
  readonly call: Call;
  readonly invocation: Invocation;
  readonly fn: FunctionFile;
  readonly reference: FunctionReference;
  readonly version: string;
  readonly region: string;
  readonly config: DurableConfig;
}

/** A caller waits 30 minutes at most, and so an execution that may take longer has to be started by Event. */
const LONGEST_SYNC_SECONDS = 1800;
/** The result may be as large as the payload. */
const RESULT_LIMITS = { RequestResponse: 6_291_456, Event: 1_048_576 } as const;

/** Answers `Invoke` for a durable function: starts an execution, or attaches to the one that has the name. */
export async function invokeDurable(request: DurableInvoke, ports: LambdaPorts): Promise<Answer> {
  const { invocation, reference, version, config } = request;
  const { type } = invocation;
  if (reference.qualifier === undefined)
    throw invalid('You cannot invoke a durable function using an unqualified ARN.');
  if (type === 'RequestResponse' && config.executionTimeout > LONGEST_SYNC_SECONDS) {
    const limit = LONGEST_SYNC_SECONDS / 60;
    throw invalid(
      `You cannot synchronously invoke a durable function with an executionTimeout greater than ${limit} minutes.`,
    );
  }
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': version };
  if (type === 'DryRun') return { status: 204, headers, body: '' };
  if (type === 'RequestResponse' && ports.pool.full && !isKnown(request, ports)) return tooManyAtOnce();
  const execution = ports.engine.start({ ...toStartRequest(request), resultLimit: RESULT_LIMITS[type] });
  const started = { ...headers, 'x-amz-durable-execution-arn': execution.arn };
  if (type === 'Event') return { status: 202, headers: started, body: '' };
  await execution.closed;
  const { lastLog } = execution;
  return {
    status: 200,
    headers: {
      ...started,
      ...(execution.status !== 'SUCCEEDED' && { 'x-amz-function-error': 'Unhandled' }),
      ...(invocation.tail && lastLog !== undefined && { 'x-amz-log-result': tail(lastLog) }),
    },
    body: execution.status === 'SUCCEEDED' ? (execution.result ?? 'null') : toErrorBody(execution),
  };
}

function isKnown({ invocation, region, fn }: DurableInvoke, { engine }: LambdaPorts): boolean {
  const { executionName: name } = invocation;
  return name !== undefined && engine.store.findByName(region, fn.name, name) !== undefined;
}

function toStartRequest({ call, invocation, fn, version, region, config }: DurableInvoke) {
  return {
    ...config,
    region,
    functionName: fn.name,
    functionArn: functionArn(region, fn.name, version),
    version,
    name: invocation.executionName,
    input: invocation.event,
    requestId: call.id,
    clientContext: invocation.clientContext,
    tenantId: invocation.tenantId,
  };
}

/** The error of an execution in the form of a function's error. */
function toErrorBody({ error = {} }: DurableExecution): string {
  const { ErrorType: errorType, ErrorMessage: errorMessage, StackTrace: trace } = error;
  return JSON.stringify({ errorType, errorMessage, trace });
}

function invalid(message: string): LambdaError {
  return new LambdaError(400, 'InvalidParameterValueException', message);
}
