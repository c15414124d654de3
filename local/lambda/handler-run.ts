import { randomBytes } from 'node:crypto';
import type { FunctionFile } from '../functions/function-files.ts';
import { logGroupOf, logStreamName } from '../logs/logging-config.ts';
import { openRunLog, type RunLog } from '../logs/run-log.ts';
import { endLines, initLines, startLines } from '../logs/system-lines.ts';
import { createCopyIdentity } from '../sandbox/copy-identity.ts';
import type { Lease } from '../sandbox/lease.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { createCollector } from '../streams/collector.ts';
import type { StreamReader } from '../streams/runtime-api.ts';
import type { FunctionPorts } from './lambda-ports.ts';
import { writeLog } from './log-tail.ts';
import type { HandlerRun, RunInfo } from './run-facts.ts';
import { RESPONSE_LIMIT } from './run-outcome.ts';

/** What a handler is called with. */
export interface HandlerCall {
  readonly fn: FunctionFile;
  readonly region: string;
  readonly arn: string;
  readonly version: string;
  readonly requestId: string;
  readonly event: string;
  readonly clientContext?: string | undefined;
  readonly tenantId?: string | undefined;
  /** Takes the response of a streaming handler as it comes; without, it is collected. */
  readonly read?: StreamReader;
}

/** Runs the handler once, in the copy of the function that was leased for it, and gives that back. */
export async function runHandler(call: HandlerCall, lease: Lease, ports: FunctionPorts): Promise<HandlerRun> {
  const { timeout: timeoutSeconds, memorySize, loggingConfig } = lease.config;
  const { fn, requestId, version, arn } = call;
  const traceId = `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')};Sampled=0`;
  const info = { requestId, version, arn, traceId, timeoutSeconds, memorySize, loggingConfig, initMs: lease.initMs };
  const { day, id } = 'sandbox' in lease ? lease.sandbox.identity : createCopyIdentity();
  const stream = logStreamName(fn.name, loggingConfig, version, day, id);
  const target = { region: call.region, group: logGroupOf(fn.name, loggingConfig), stream };
  const runLog = openRunLog(ports.logs, ports.clock, target);
  const before = 'sandbox' in lease ? lease.sandbox.takeOutput() : lease.output;
  if (lease.initMs !== undefined) runLog.lines(initLines(info, ports.clock.now()));
  runLog.write(before);
  runLog.lines(startLines(info, ports.clock.now()));
  const fresh = lease.initMs !== undefined;
  const run: HandlerRun = {
    ...info,
    initOutput: fresh ? before : Buffer.alloc(0),
    ...('sandbox' in lease
      ? await runIn(lease.sandbox, call, info, stream, runLog, ports)
      : { ending: lease.failure, output: Buffer.alloc(0), durationMs: 0 }),
  };
  runLog.lines(endLines(run, ports.clock.now()));
  const log = writeLog(run).toString().trimEnd();
  for (const line of log.split('\n')) ports.log(`${fn.name} | ${line}`);
  return fresh ? run : { ...run, output: Buffer.concat([before, run.output]) };
}

async function runIn(
  sandbox: Sandbox,
  { fn, event, clientContext, tenantId, read }: HandlerCall,
  { requestId, arn, version, memorySize, timeoutSeconds }: RunInfo,
  stream: string,
  runLog: RunLog,
  { pool, runtimeApi, onExecution }: FunctionPorts,
): Promise<Pick<HandlerRun, 'ending' | 'streamed' | 'output' | 'durationMs'>> {
  onExecution(fn.name);
  const collector = createCollector(RESPONSE_LIMIT, read);
  const stopExpecting = runtimeApi.expect(requestId, collector.read);
  sandbox.listen((bytes) => runLog.write(bytes));
  const timeoutMs = timeoutSeconds * 1000;
  const headers = {
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-invoked-function-arn': arn,
    'lambda-runtime-deadline-ms': String(Date.now() + timeoutMs),
    ...(clientContext !== undefined && { 'lambda-runtime-client-context': clientContext }),
    ...(tenantId !== undefined && { 'lambda-runtime-aws-tenant-id': tenantId }),
  };
  const started = performance.now();
  const ending = await sandbox.invoke({ event, version, memorySize, logStreamName: stream, headers }, timeoutMs);
  const durationMs = performance.now() - started;
  stopExpecting();
  sandbox.listen(undefined);
  const output = sandbox.takeOutput();
  pool.release(sandbox);
  return { ending, streamed: collector.result(), output, durationMs };
}
