import type { FunctionFile } from '../functions/function-files.ts';
import { type FunctionReference, toVersion } from '../functions/function-name.ts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { type Invocation, parseInvocation } from './invocation.ts';
import type { LambdaPorts } from './lambda-api.ts';
import { type Execution, exitReason, tail, timeoutMessage, writeLog } from './log-tail.ts';

/** Lambda's own numbers: the limit is 6 MB, its message names 100 bytes more. */
const RESPONSE_LIMIT = 6_291_456;
const RESPONSE_LIMIT_TEXT = 6_291_556;

/** Answers `Invoke` in its three types. */
export async function invoke(
  call: Call,
  fn: FunctionFile,
  reference: FunctionReference,
  region: string,
  ports: LambdaPorts,
): Promise<Answer> {
  const version = toVersion(reference);
  const invocation = parseInvocation(call);
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': version };
  if (invocation.type === 'DryRun') return { status: 204, headers, body: '' };
  if (ports.pool.full) return throttled();
  const running = execute(invocation, call.id, fn, reference.arn, version, region, ports);
  if (invocation.type === 'Event') {
    running.catch((error: Error) => ports.log(`${fn.name}: ${error.message}`));
    return { status: 202, headers, body: '' };
  }
  const execution = await running;
  const { body, failed } = toResult(execution);
  return {
    status: 200,
    headers: {
      ...headers,
      ...(failed && { 'x-amz-function-error': 'Unhandled' }),
      ...(invocation.tail && { 'x-amz-log-result': tail(writeLog(execution)) }),
    },
    body,
  };
}

/** Refuses an invocation because too many run already; the body of this error has a shape of its own. */
function throttled(): Answer {
  const body = { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User', message: 'Rate Exceeded.' };
  const headers = {
    'content-type': 'application/json',
    'x-amzn-errortype': 'TooManyRequestsException',
    'retry-after': '1',
  };
  return { status: 429, headers, body: JSON.stringify(body) };
}

/** Runs the handler once, in a warm copy of the function or a new one. */
async function execute(
  { event, clientContext, tenantId }: Invocation,
  requestId: string,
  fn: FunctionFile,
  arn: string,
  version: string,
  region: string,
  { pool, log, onExecution }: LambdaPorts,
): Promise<Execution> {
  const lease = await pool.acquire(fn, region);
  const { timeout: timeoutSeconds, memorySize } = lease.config;
  const base = { requestId, version, timeoutSeconds, memorySize, initMs: lease.initMs };
  if ('failure' in lease) {
    return { ...base, ending: lease.failure, initOutput: lease.output, output: Buffer.alloc(0), durationMs: 0 };
  }
  const { sandbox } = lease;
  const initOutput = lease.initMs === undefined ? Buffer.alloc(0) : sandbox.takeOutput();
  onExecution(fn.name);
  const started = performance.now();
  const timeoutMs = timeoutSeconds * 1000;
  const ending = await sandbox.invoke(
    {
      event,
      version,
      memorySize,
      headers: {
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-invoked-function-arn': arn,
        'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
        ...(clientContext !== undefined && { 'lambda-runtime-client-context': clientContext }),
        ...(tenantId !== undefined && { 'lambda-runtime-aws-tenant-id': tenantId }),
      },
    },
    timeoutMs,
  );
  const durationMs = performance.now() - started;
  const execution = { ...base, ending, initOutput, output: sandbox.takeOutput(), durationMs };
  pool.release(sandbox);
  for (const line of writeLog(execution).toString().trimEnd().split('\n')) log(`${fn.name} | ${line}`);
  return execution;
}

/** The payload that Lambda answers with, and whether it is a function error. */
function toResult({ ending, requestId, timeoutSeconds }: Execution): { body: string; failed: boolean } {
  switch (ending.kind) {
    case 'done':
      if (Buffer.byteLength(ending.body) <= RESPONSE_LIMIT) return { body: ending.body, failed: false };
      return failure(
        'Function.ResponseSizeTooLarge',
        `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_TEXT} bytes).`,
      );
    case 'error':
      return { body: ending.body, failed: true };
    case 'timeout':
      return failure('Sandbox.Timedout', timeoutMessage(requestId, timeoutSeconds));
    case 'exit':
      return failure('Runtime.ExitError', `RequestId: ${requestId} Error: ${exitReason(ending)}`);
    case 'ready':
      throw new Error('The runtime reported that it is ready while it ran an event.');
  }
}

function failure(errorType: string, errorMessage: string): { body: string; failed: boolean } {
  return { body: JSON.stringify({ errorType, errorMessage }), failed: true };
}
