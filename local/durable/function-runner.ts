import {
  type FunctionReference,
  functionArn,
  functionNotFound,
  parseFunctionName,
  toVersion,
} from '../functions/function-name.ts';
import { runHandler } from '../lambda/handler-run.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import type { FunctionPorts } from '../lambda/lambda-ports.ts';
import { writeLog } from '../lambda/log-tail.ts';
import { toResult } from '../lambda/run-outcome.ts';
import type { FunctionCall, FunctionResult, Target } from './engine.ts';

/** Runs a handler for an execution, when a copy of the function is free. */
export async function runFunction(call: FunctionCall, ports: FunctionPorts): Promise<FunctionResult> {
  const { functionName, functionArn: arn, region } = call;
  const fn = ports.findFunction(functionName);
  if (fn === undefined) {
    const body = JSON.stringify({
      errorType: 'ResourceNotFoundException',
      errorMessage: functionNotFound(arn).message,
    });
    return { kind: 'error', body, timedOut: false, log: Buffer.alloc(0) };
  }
  const lease = await ports.pool.lease(fn, region);
  const event = lease === undefined ? undefined : call.event();
  if (lease === undefined || event === undefined) {
    if (lease !== undefined) ports.pool.giveBack(lease);
    return { kind: 'skipped' };
  }
  const { version, requestId, clientContext, tenantId } = call;
  const run = await runHandler({ fn, region, arn, version, requestId, event, clientContext, tenantId }, lease, ports);
  const { body: bytes, failed } = toResult(run);
  const body = bytes.toString();
  const log = writeLog(run);
  return failed ? { kind: 'error', body, timedOut: run.ending.kind === 'timeout', log } : { kind: 'done', body, log };
}

/** Finds the function that another one invokes, by any of Lambda's names for it. */
export async function resolveTarget(text: string, region: string, ports: FunctionPorts): Promise<Target> {
  const reference: FunctionReference = parseFunctionName(text, undefined, region);
  const version = toVersion(reference);
  const fn = ports.findFunction(reference.name);
  if (fn === undefined) throw functionNotFound(functionArn(region, reference.name, reference.qualifier ?? '$LATEST'));
  const { durableConfig } = await ports.pool.describe(fn, region);
  if (durableConfig !== undefined && reference.qualifier === undefined) {
    const message = 'You cannot invoke a durable function using an unqualified ARN.';
    throw new LambdaError(400, 'InvalidParameterValueException', message);
  }
  return {
    functionName: fn.name,
    functionArn: functionArn(region, fn.name, version),
    version,
    durable: durableConfig,
  };
}
