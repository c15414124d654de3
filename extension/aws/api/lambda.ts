import {
  errorTypeRegistries,
  type FunctionConfiguration,
  GetAccountSettings$,
  type GetAccountSettingsResponse,
  type InvocationResponse,
  Invoke$,
  ListFunctions$,
  type ListFunctionsResponse,
} from '@aws-sdk/client-lambda';
import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import type { FunctionSummary } from '../../outcome/answer.ts';
import type { Lambda } from '../../ports.ts';
import type { InvokeRequest } from '../../task/task.ts';
import type { AnswerHead } from '../transport/progress.ts';
import type { Ask } from './ask.ts';
import { foreignAnswer } from './aws-error.ts';
import { confidential } from './confidential.ts';
import { openExchange, operation, type Service } from './service.ts';

const operations = {
  invoke: operation(Invoke$),
  listFunctions: operation(ListFunctions$),
  getAccountSettings: operation(GetAccountSettings$),
};

export function lambdaProtocol() {
  return new AwsRestJsonProtocol({ defaultNamespace: 'com.amazonaws.lambda', errorTypeRegistries });
}

/** The calls to AWS Lambda in the core's terms. */
export function lambdaOver(ask: Ask, service: Service): Lambda {
  return {
    invoke(request, options) {
      const { functionName, invocationType } = request;
      const { headers, check } = handlingOf(request);
      return ask(operations.invoke, inputOf(request), {
        name: 'Invoke',
        marker: `Invoke ${functionName} (${invocationType})`,
        limits: options.limits,
        signal: options.signal,
        canExecute: invocationType !== 'DryRun',
        secrets: () => confidential(request),
        headers,
        check,
        read: invocationOf,
      });
    },

    async invokeStreamed(request, receive, options) {
      const { functionName, invocationType } = request;
      const { readStream, invokeStreamed } = await import('./stream.ts');
      const called = {
        ...{ ...options, name: 'InvokeWithResponseStream', canExecute: invocationType !== 'DryRun' },
        marker: `Invoke ${functionName} (${invocationType}, streamed)`,
        secrets: () => confidential(request),
      };
      return ask.by(called, async (identity, progress) => {
        const [input, handling] = [inputOf(request), handlingOf(request)];
        const opened = await openExchange(service, invokeStreamed, input, identity, progress, handling);
        return { result: await readStream(opened, progress, receive), head: opened.head };
      });
    },

    listFunctions({ marker, maxItems, allVersions }, options) {
      const input = {
        MaxItems: maxItems,
        ...(marker && { Marker: marker }),
        ...(allVersions && { FunctionVersion: 'ALL' as const }),
      };
      return ask(operations.listFunctions, input, { ...options, name: 'ListFunctions', read: pageOf });
    },

    getAccountSettings(options) {
      return ask(operations.getAccountSettings, {}, { ...options, name: 'GetAccountSettings', read: accountOf });
    },
  };
}

function inputOf(request: InvokeRequest) {
  const { functionName, qualifier, invocationType, logTail, payload, clientContext, tenantId, durableExecutionName } =
    request;
  return {
    FunctionName: functionName,
    InvocationType: invocationType,
    ...(qualifier && { Qualifier: qualifier }),
    ...(logTail && { LogType: 'Tail' as const }),
    ...(payload && { Payload: payload }),
    ...(clientContext && { ClientContext: Buffer.from(clientContext.reveal()).toString('base64') }),
    ...(tenantId && { TenantId: tenantId }),
    ...(durableExecutionName && { DurableExecutionName: durableExecutionName }),
  };
}

function handlingOf({ invocationType, traceHeader }: InvokeRequest) {
  return {
    headers: traceHeader === undefined ? noHeaders : { 'x-amzn-trace-id': traceHeader },
    check: (head: AnswerHead) => assertFromLambda(head, invocationType),
  };
}

const noHeaders = {};

/** How AWS Lambda answers each invocation type when all is well. */
const expectedStatus = { RequestResponse: 200, Event: 202, DryRun: 204 } as const;

/**
 * Refuses an answer that another server could have sent, or that cannot be distinguished from half of one. AWS Lambda puts its
 * request id on every answer; emulators leave it out of those without a body, which no portal sends.
 */
function assertFromLambda({ statusCode, headers }: AnswerHead, type: InvokeRequest['invocationType']): void {
  const expected = expectedStatus[type];
  if (statusCode !== expected) throw foreignAnswer(`a ${statusCode}, where AWS Lambda sends ${expected}`);
  const length = headers['content-length'];
  const bodiless = statusCode === 204 || (statusCode === 202 && length === '0');
  if (bodiless) return;
  if (!('x-amzn-requestid' in headers)) throw foreignAnswer('without the request id of AWS Lambda');
  const chunked = /(^|,)\s*chunked\s*$/i.test(headers['transfer-encoding'] ?? '');
  if (length === undefined && !chunked) throw foreignAnswer('without a length, so it may be cut');
}

function invocationOf(output: InvocationResponse | null) {
  return {
    payload: output?.Payload ?? null,
    tooLarge: output === null,
    functionError: output?.FunctionError ?? null,
    errorDetails: null,
    logResult: output?.LogResult ?? null,
    executedVersion: output?.ExecutedVersion ?? null,
    durableExecutionArn: output?.DurableExecutionArn ?? null,
  };
}

function pageOf(output: ListFunctionsResponse | null) {
  const { Functions = [], NextMarker } = output ?? {};
  const isList = Array.isArray(Functions) && (NextMarker === undefined || typeof NextMarker === 'string');
  if (output === null || !isList) throw foreignAnswer('not a list of functions');
  return { functions: Functions.map(summaryOf), nextMarker: NextMarker || null };
}

function summaryOf(entry: FunctionConfiguration): FunctionSummary {
  const fields: Readonly<Record<string, unknown>> = Object(entry);
  const text = (name: keyof FunctionConfiguration) => (typeof fields[name] === 'string' ? fields[name] : null);
  const number = (name: keyof FunctionConfiguration) => (Number.isFinite(fields[name]) ? Number(fields[name]) : null);
  const functionName = text('FunctionName');
  if (functionName === null) throw foreignAnswer('a list with an entry that is no function');
  return {
    functionName,
    functionArn: text('FunctionArn') ?? '',
    runtime: text('Runtime'),
    role: text('Role'),
    handler: text('Handler'),
    version: text('Version'),
    description: text('Description'),
    lastModified: text('LastModified'),
    timeout: number('Timeout'),
    memorySize: number('MemorySize'),
  };
}

function accountOf(output: GetAccountSettingsResponse | null) {
  return { limits: numbersOf(output?.AccountLimit), usage: numbersOf(output?.AccountUsage) };
}

/** The numbers of a structure, with its names in camelCase. */
function numbersOf(structure: object | undefined): Record<string, number> {
  const entries = Object.entries(structure ?? {}).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(entries.map(([key, value]) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, value]));
}
