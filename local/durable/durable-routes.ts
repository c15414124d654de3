import { ACCOUNT_ID } from '../account.ts';
import { functionNotFound, parseFunctionName, toVersion } from '../functions/function-name.ts';
import { type Answer, json } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { decodePart } from '../lambda/authorize.ts';
import { LambdaError } from '../lambda/lambda-error.ts';
import type { LambdaPorts } from '../lambda/lambda-ports.ts';
import type { Route } from '../lambda/route.ts';
import { checkExecutionArn } from './arn.ts';
import { callbackOperations } from './callback-calls.ts';
import { executionOperations } from './execution-calls.ts';
import { readBoolean, readMaxItems, readStatuses, readTime } from './query.ts';
import { decodeCallbackId } from './token.ts';
import { toWireSummary } from './wire.ts';

/** An ARN may come with its slashes as they are: curl and the AWS CLI do not encode them. */
const EXECUTION = /^\/2025-12-01\/durable-executions\/(.+?)(?:\/(history|state|stop|checkpoint))?\/?$/;
const CALLBACK = /^\/2025-12-01\/durable-execution-callbacks\/(.+)\/(succeed|fail|heartbeat)\/?$/;
const LIST = /^\/2025-12-01\/functions\/([^/]*)\/durable-executions\/?$/;

/** Finds the operation of the durable API that a call asks for. */
export function durableRoute(call: Call, region: string, ports: LambdaPorts): Route | undefined {
  const { method, path } = call;
  const { engine } = ports;
  const [execution, encodedArn = '', part = ''] = EXECUTION.exec(path) ?? [];
  const executionOperation = executionOperations[`${method} ${part}`];
  if (execution !== undefined && executionOperation !== undefined) {
    const { operation, answer } = executionOperation;
    const arn = checkExecutionArn(decodePart(encodedArn));
    return { operation, resource: arn, answer: () => answer(engine, checkOwner(arn, region), call) };
  }
  const [callback, encodedId = '', action = ''] = CALLBACK.exec(path) ?? [];
  const callbackOperation = callbackOperations[`${method} ${action}`];
  if (callback !== undefined && callbackOperation !== undefined) {
    const { operation, answer } = callbackOperation;
    const id = decodePart(encodedId);
    return { operation, resource: decodeCallbackId(id).arn, answer: () => answer(engine, id, call) };
  }
  const [list, encodedName = ''] = LIST.exec(path) ?? [];
  if (list === undefined || method !== 'GET') return undefined;
  return listRoute(call, decodePart(encodedName), region, ports);
}

/** Only executions of the caller's own account and region can be found. */
function checkOwner(arn: string, region: string): string {
  const [, , , ownRegion, account] = arn.split(':');
  if (account !== ACCOUNT_ID)
    throw new LambdaError(404, 'ResourceNotFoundException', 'Durable Execution does not exist');
  if (ownRegion !== region) throw new LambdaError(404, 'ResourceNotFoundException', 'Function not found');
  return arn;
}

function listRoute({ query }: Call, functionName: string, region: string, ports: LambdaPorts): Route {
  const reference = parseFunctionName(functionName, query.get('Qualifier') || undefined, region);
  const answer = (): Answer => {
    if (ports.findFunction(reference.name) === undefined) throw functionNotFound(reference.arn);
    const { executions, nextMarker } = ports.engine.store.list({
      region,
      functionName: reference.name,
      // Without a qualifier the executions of all versions are meant.
      version: reference.qualifier === undefined ? undefined : toVersion(reference),
      name: query.get('DurableExecutionName') || undefined,
      statuses: readStatuses(query),
      startedAfter: readTime(query, 'StartedAfter'),
      startedBefore: readTime(query, 'StartedBefore'),
      oldestFirst: readBoolean(query, 'ReverseOrder', false),
      marker: query.get('Marker'),
      maxItems: readMaxItems(query),
    });
    return json({ DurableExecutions: executions.map(toWireSummary), NextMarker: nextMarker });
  };
  return { operation: 'ListDurableExecutionsByFunction', resource: reference.arn, answer };
}
