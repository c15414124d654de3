import type { FunctionFile } from '../functions/function-files.ts';
import type { Lease } from '../sandbox/sandbox-pool.ts';
import { createCollector } from '../streams/collector.ts';
import type { StreamReader } from '../streams/runtime-api.ts';
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
  /** Takes the response of a streaming handler as it comes; without, it is collected. */
  readonly read?: StreamReader;
}

/** Lambda's own numbers: the limit is 6 MB, its message names 100 bytes more. */
const RESPONSE_LIMIT = 6_291_456;
const RESPONSE_LIMIT_TEXT = 6_291_556;

/** Runs the handler once, in the copy of the function that was leased for it, and gives that back. */
export async function runHandler(
  { fn, arn, version, requestId, event, clientContext, tenantId, read }: HandlerCall,
  lease: Lease,
  { pool, runtimeApi, log, onExecution }: FunctionPorts,
): Promise<HandlerRun> {
  const { timeout: timeoutSeconds, memorySize } = lease.config;
  const base = { requestId, version, timeoutSeconds, memorySize, initMs: lease.initMs };
  if ('failure' in lease) {
    return { ...base, ending: lease.failure, initOutput: lease.output, output: Buffer.alloc(0), durationMs: 0 };
  }
  const { sandbox } = lease;
  const initOutput = lease.initMs === undefined ? Buffer.alloc(0) : sandbox.takeOutput();
  onExecution(fn.name);
  const collector = createCollector(RESPONSE_LIMIT, read);
  const stopExpecting = runtimeApi.expect(requestId, collector.read);
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
  stopExpecting();
  const run = { ...base, ending, streamed: collector.result(), initOutput, output: sandbox.takeOutput(), durationMs };
  pool.release(sandbox);
  for (const line of writeLog(run).toString().trimEnd().split('\n')) log(`${fn.name} | ${line}`);
  return run;
}

export interface Result {
  readonly body: string | Buffer;
  readonly failed: boolean;
}

/** The payload that Lambda answers with, and whether it is a function error. */
export function toResult({ ending, streamed, requestId, timeoutSeconds }: HandlerRun): Result {
  switch (ending.kind) {
    case 'done':
      return Buffer.byteLength(ending.body) <= RESPONSE_LIMIT ? { body: ending.body, failed: false } : tooLarge();
    case 'streamed':
      if (streamed?.error !== undefined) return { body: streamed.error, failed: true };
      return streamed?.tooLarge ? tooLarge() : { body: streamed?.body ?? '', failed: false };
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

function tooLarge(): Result {
  return failure(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_TEXT} bytes).`,
  );
}

function failure(errorType: string, errorMessage: string): Result {
  return { body: JSON.stringify({ errorType, errorMessage }), failed: true };
}
