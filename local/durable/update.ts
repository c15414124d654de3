import { LambdaError } from '../lambda/lambda-error.ts';
import type { ErrorObject } from './error-object.ts';
import type { OperationType } from './operation.ts';

export type OperationAction = 'START' | 'SUCCEED' | 'FAIL' | 'RETRY' | 'CANCEL';

/** One change that the function asks a checkpoint to make. */
export interface OperationUpdate {
  readonly id: string;
  readonly type: OperationType;
  readonly action: OperationAction;
  readonly parentId: string | undefined;
  readonly name: string | undefined;
  readonly subType: string | undefined;
  readonly payload: string | undefined;
  readonly error: ErrorObject | undefined;
  readonly replayChildren: boolean | undefined;
  readonly retrySeconds: number | undefined;
  readonly waitSeconds: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  readonly functionName: string | undefined;
  readonly tenantId: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

const TYPES: readonly string[] = ['EXECUTION', 'CONTEXT', 'STEP', 'WAIT', 'CALLBACK', 'CHAINED_INVOKE'];
const ACTIONS: readonly string[] = ['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL'];
/** 366 days, the longest that an execution may take. */
const LONGEST_SECONDS = 31_622_400;
const LONGEST_TIMEOUT_SECONDS = 99_999_999;

export function invalid(message: string): LambdaError {
  return new LambdaError(400, 'InvalidParameterValueException', message);
}

export function malformed(message: string): LambdaError {
  return new LambdaError(400, 'SerializationException', message);
}

export function parseUpdates(value: unknown): readonly OperationUpdate[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed('Updates must be a JSON array');
  return value.map(parseUpdate);
}

function parseUpdate(value: unknown): OperationUpdate {
  const members = asMembers('Updates', value) ?? {};
  const [step, wait, callback, context, invoke] = ['Step', 'Wait', 'Callback', 'Context', 'ChainedInvoke'].map(
    (kind) => asMembers(`${kind}Options`, members[`${kind}Options`]) ?? {},
  ) as [Members, Members, Members, Members, Members];
  const type = text(members, 'Type') ?? '';
  const action = text(members, 'Action') ?? '';
  if (!TYPES.includes(type)) throw invalid('Unknown operation type.');
  if (!ACTIONS.includes(action)) throw invalid('Unknown operation action.');
  return {
    id: text(members, 'Id') ?? '',
    type: type as OperationType,
    action: action as OperationAction,
    parentId: text(members, 'ParentId'),
    name: text(members, 'Name'),
    subType: text(members, 'SubType'),
    payload: text(members, 'Payload'),
    error: parseError(members.Error),
    replayChildren: typeof context.ReplayChildren === 'boolean' ? context.ReplayChildren : undefined,
    retrySeconds: seconds(step, 'NextAttemptDelaySeconds', 1, LONGEST_SECONDS),
    waitSeconds: seconds(wait, 'WaitSeconds', 1, LONGEST_SECONDS),
    timeoutSeconds: seconds(callback, 'TimeoutSeconds', 0, LONGEST_TIMEOUT_SECONDS),
    heartbeatSeconds: seconds(callback, 'HeartbeatTimeoutSeconds', 0, LONGEST_TIMEOUT_SECONDS),
    functionName: text(invoke, 'FunctionName'),
    tenantId: text(invoke, 'TenantId'),
  };
}

/** Reads the members of an error object and leaves out what is not one of them. */
export function parseError(value: unknown): ErrorObject | undefined {
  const members = asMembers('Error', value);
  if (members === undefined) return undefined;
  const trace = members.StackTrace ?? undefined;
  if (trace !== undefined && !Array.isArray(trace)) throw malformed('StackTrace must be a list of texts');
  const texts = ['ErrorMessage', 'ErrorType', 'ErrorData'].flatMap((name) => {
    const value = text(members, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(texts), ...(trace !== undefined && { StackTrace: trace.map(String) }) };
}

function asMembers(name: string, value: unknown): Members | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(`${name} must be a JSON object`);
  return value as Members;
}

function text(members: Members, name: string): string | undefined {
  const value = members[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw malformed(`${name} must be a text`);
  return value;
}

function seconds(members: Members, name: string, min: number, max: number): number | undefined {
  const value = members[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(`${name} is ${JSON.stringify(value)}: a whole number from ${min} to ${max} is needed.`);
}
