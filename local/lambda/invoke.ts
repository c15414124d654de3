import { invokeDurable } from '../durable/invoke-durable.ts';
import type { FunctionFile } from '../functions/function-files.ts';
import { type FunctionReference, toVersion } from '../functions/function-name.ts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { runHandler } from './handler-run.ts';
import { parseInvocation } from './invocation.ts';
import type { LambdaPorts } from './lambda-ports.ts';
import { tail, writeLog } from './log-tail.ts';
import { toResult } from './run-outcome.ts';
import { tooManyAtOnce } from './throttle.ts';

/** Answers `Invoke` in its three types. */
export async function invoke(
  call: Call,
  fn: FunctionFile,
  reference: FunctionReference,
  region: string,
  ports: LambdaPorts,
): Promise<Answer> {
  const { pool } = ports;
  const version = toVersion(reference);
  const invocation = parseInvocation(call);
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': version };
  const isDurable = pool.known(fn)?.durableConfig !== undefined;
  if (!isDurable && invocation.type !== 'DryRun' && pool.full) return tooManyAtOnce();
  const { config, lease } = await pool.prepare(fn, region);
  if (config.durableConfig !== undefined) {
    if (lease !== undefined) pool.giveBack(lease);
    return invokeDurable({ call, invocation, fn, reference, version, region, config: config.durableConfig }, ports);
  }
  if (invocation.type === 'DryRun') {
    if (lease !== undefined) pool.giveBack(lease);
    return { status: 204, headers, body: '' };
  }
  const { event, clientContext, tenantId } = invocation;
  const handlerCall = { fn, region, arn: reference.arn, version, requestId: call.id, event, clientContext, tenantId };
  const running = runHandler(handlerCall, lease ?? (await pool.acquire(fn, region)), ports);
  if (invocation.type === 'Event') {
    running.catch((error: Error) => ports.log(`${fn.name}: ${error.message}`));
    return { status: 202, headers, body: '' };
  }
  const run = await running;
  const { body, failed } = toResult(run);
  return {
    status: 200,
    headers: {
      ...headers,
      ...(failed && { 'x-amz-function-error': 'Unhandled' }),
      ...(invocation.tail && { 'x-amz-log-result': tail(writeLog(run)) }),
    },
    body,
  };
}
