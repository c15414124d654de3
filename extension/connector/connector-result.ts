import { formsOf } from '../actions/answers.ts';
import type { Answer, DurableResult, FunctionSummary, InvokeResult } from '../outcome/answer.ts';
import { type Cause, causeOf } from '../outcome/aws-errors.ts';
import type { ErrorEntry, Execution, Outcome } from '../outcome/outcome.ts';

export const methods = {
  invoke: { name: 'awslambda.invoke', permission: 'lambda:InvokeFunction' },
  invokeAsync: { name: 'awslambda.invoke_async', permission: 'lambda:InvokeFunction' },
  listFunctions: { name: 'awslambda.list_functions', permission: 'lambda:ListFunctions' },
  testConnection: { name: 'awslambda.test_connection', permission: 'lambda:GetAccountSettings' },
} as const;

export type Method = keyof typeof methods;

/** The answer of every call of the connector: success and failure have one shape, and nothing is thrown. */
export type ConnectorResult<Data = unknown> = ConnectorSuccess<Data> | ConnectorFailure<Data>;

export interface ConnectorSuccess<Data = unknown> {
  readonly success: true;
  readonly error?: undefined;
  /** What AWS answered. */
  readonly data: Data;
  readonly metadata: ConnectorMetadata;
}

export interface ConnectorFailure<Data = unknown> {
  readonly success: false;
  /** Why it failed, for people. */
  readonly error: string;
  /** What AWS answered; null when no answer came. */
  readonly data: Data | null;
  readonly metadata: ConnectorMetadata;
}

export interface ConnectorMetadata extends Partial<Cause> {
  readonly method: (typeof methods)[Method]['name'];
  readonly connectionId: string;
  readonly protocol: 'awslambda';
  readonly functionName?: string;
  readonly statusCode?: number;
  readonly executedVersion?: string;
  /** The end of the execution log, when it was asked for. */
  readonly logs?: string;
  readonly functionError?: string;
  /** What is known of the durable execution that was waited for. */
  readonly durable?: DurableResult;
  readonly requestId: string | null;
  readonly execution: Execution;
}

export interface InvokeData {
  readonly statusCode: number;
  /** Decoded JSON; the text itself when it is none; null when there is none. */
  readonly payload: unknown;
}

export interface AsyncData {
  readonly statusCode: number;
}

export interface ListData {
  readonly functions: readonly ListedFunction[];
  readonly count: number;
  /** Present when there are more. */
  readonly nextMarker?: string;
}

type Occasional = 'lastModified' | 'timeout' | 'memorySize';

export type ListedFunction = Omit<FunctionSummary, Occasional> & {
  readonly [key in Occasional]?: FunctionSummary[key];
};

export interface AccountData {
  readonly statusCode: number;
  readonly limits: Readonly<Record<string, number>>;
  readonly usage: Readonly<Record<string, number>>;
}

/** What the connector knows of a call besides its outcome. */
export interface CallFacts {
  readonly method: Method;
  readonly connectionId: string;
  readonly functionName?: string | undefined;
}

/** Makes the connector's result of an outcome. */
export function toConnectorResult(
  { method, connectionId, functionName }: CallFacts,
  outcome: Outcome,
): ConnectorResult {
  const { answer, errors, requestId, execution } = outcome;
  const { name, permission } = methods[method];
  const cause = answer === null && errors !== null ? causeOf(errors[0]?.name ?? '', permission) : null;
  const metadata: ConnectorMetadata = {
    ...{ method: name, connectionId, protocol: 'awslambda' },
    ...(functionName !== undefined && { functionName }),
    ...(typeof answer?.statusCode === 'number' && { statusCode: answer.statusCode }),
    ...(answer?.kind === 'invoke' && saidOf(answer, execution)),
    ...{ requestId, execution, ...cause },
  };
  const data = answer === null ? null : dataOf(answer, method);
  if (errors === null) return { success: true, data, metadata };
  return { success: false, error: errorOf(outcome, errors, cause), data, metadata };
}

function saidOf({ executedVersion, functionError, log, durable }: InvokeResult, execution: Execution) {
  const ran = execution === 'completed' && functionError === null;
  return {
    ...(ran && executedVersion !== null && { executedVersion }),
    ...(log !== null && { logs: log }),
    ...(functionError !== null && { functionError }),
    ...(durable !== undefined && { durable }),
  };
}

/** An Event has no payload to show: AWS Lambda only says that it has queued the call. */
function dataOf(answer: Answer, method: Method): Readonly<Record<string, unknown>> {
  return method === 'invokeAsync' ? { statusCode: answer.statusCode } : formsOf(answer).data(answer);
}

function errorOf({ answer, status, execution }: Outcome, errors: readonly ErrorEntry[], cause: Cause | null): string {
  if (answer?.kind === 'invoke' && answer.functionError !== null) {
    return `${answer.functionError}: ${answer.payload?.kind === 'text' ? answer.payload.text : ''}`;
  }
  if (status === 'DATA_VALIDATION_ERROR') {
    return errors.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`)).join('; ');
  }
  const [first] = errors;
  const sentences = [
    first === undefined ? status : `${first.name}: ${first.message}`,
    ...(cause === null ? [] : [cause.cause, cause.remedy]),
    ...(execution === 'unknown' ? ['The function may have run, so it was not invoked again'] : []),
  ];
  return sentences.map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)).join(' ');
}
