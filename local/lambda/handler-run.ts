import type { FunctionFile } from '../functions/function-files.ts';
import type { Lease } from '../sandbox/sandbox-pool.ts';
import type { FunctionPorts } from './lambda-api.ts';
import { exitReason, type HandlerRun, timeoutMessage, writeLog } from './log-tail.ts';

/** What a handler is called with. */
export interface HandlerCall {
  readonly fn: FunctionFile;
  readonly arn: string;
  readonly version: string;
  readonly requestId: string;
  readonly event: string;
  readonly clientContext?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** Lambda's own numbers: the limit is 6 MB, its message names 100 bytes more. */
const RESPONSE_LIMIT = 6_291_456;
const RESPONSE_LIMIT_TEXT = 6_291_556;

/** Runs the handler once, in the copy of the function that was leased for it, and gives that back. */
export async function runHandler(
  { fn, arn, version, requestId, event, clientContext, tenantId }: HandlerCall,
  lease: Lease,
  { pool, log, onExecution }: FunctionPorts,
): Promise<HandlerRun> {
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
  const run = { ...base, ending, initOutput, output: sandbox.takeOutput(), durationMs };
  pool.release(sandbox);
  for (const line of writeLog(run).toString().trimEnd().split('\n')) log(`${fn.name} | ${line}`);
  return run;
}

/** The payload that Lambda answers with, and whether it is a function error. */
export function toResult({ ending, requestId, timeoutSeconds }: HandlerRun): { body: string; failed: boolean } {
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
