import {
  type FunctionConfiguration,
  GetAccountSettingsCommand,
  InvokeCommand,
  type InvokeCommandOutput,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { FunctionSummary } from '../../outcome/outcome.ts';
import type { Answered, Lambda } from '../../ports.ts';
import type { InvokeRequest } from '../../task/task.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import { secretsOf } from '../credentials/identity-secrets.ts';
import type { Place } from '../endpoints.ts';
import { type Call, type Called, makeCall, type Policy } from '../transport/call.ts';
import { notFromAws } from '../transport/foreign-error.ts';
import type { RawAnswer } from '../transport/journey.ts';
import type { RequestHandler } from '../transport/request-handler.ts';
import { clientSettings } from './client-settings.ts';
import { confidential } from './confidential.ts';

/** The SDK's client with the credentials that its next call is signed with. */
export interface LambdaConnection {
  readonly client: LambdaClient;
  readonly place: Place;
  sign(policy: Policy): Promise<AwsCredentialIdentity>;
}

export function connectLambda(place: Place, source: CredentialSource, handler: RequestHandler): LambdaConnection {
  let identity: AwsCredentialIdentity | undefined;
  const current = async () => identity as AwsCredentialIdentity;
  const client = new LambdaClient(clientSettings(place, place.lambdaUrl, handler, current));
  handler.follow(client);
  return {
    client,
    place,
    // Before the call and not within it: a call of its own has its own deadline and its own failure.
    async sign(policy) {
      identity = await source.fresh(policy);
      return identity;
    },
  };
}

/** The calls to AWS Lambda in the core's terms. */
export function lambdaOver({ client, place, sign }: LambdaConnection, policy: Policy): Lambda {
  const target = place.lambdaUrl ?? `AWS Lambda in ${place.region}`;
  const callOf = async (name: string, marker = name): Promise<Call> => {
    const identity = await sign(policy);
    const secrets = () => secretsOf(identity);
    return { name, target, canExecute: false, secrets, marker: `${marker}: sending the request to ${target}` };
  };

  return {
    async invoke(request) {
      const { functionName, invocationType } = request;
      const call = await callOf('Invoke', `Invoke ${functionName} (${invocationType})`);
      const secrets = () => [...confidential(request), ...call.secrets()];
      const command = new InvokeCommand(inputOf(request));
      const called = await makeCall(
        { ...call, secrets, canExecute: invocationType !== 'DryRun' },
        policy,
        async (journey) => {
          policy.handler.expect(command, journey);
          const output = await client.send(command);
          assertWhole(journey.answer, expectedStatus[invocationType]);
          return output;
        },
      );
      return { ...answered(called), ...answerOf(called.value) };
    },

    async listFunctions({ marker, maxItems, allVersions }) {
      const input = {
        MaxItems: maxItems,
        ...(marker && { Marker: marker }),
        ...(allVersions && { FunctionVersion: 'ALL' as const }),
      };
      const command = new ListFunctionsCommand(input);
      const called = await makeCall(await callOf('ListFunctions'), policy, (journey) => {
        policy.handler.expect(command, journey);
        return client.send(command);
      });
      const { Functions = [], NextMarker } = called.value;
      return { ...answered(called), functions: Functions.map(summaryOf), nextMarker: NextMarker || null };
    },

    async getAccountSettings() {
      const command = new GetAccountSettingsCommand({});
      const called = await makeCall(await callOf('GetAccountSettings'), policy, (journey) => {
        policy.handler.expect(command, journey);
        return client.send(command);
      });
      const { AccountLimit = {}, AccountUsage = {} } = called.value;
      return { ...answered(called), limits: numbersOf(AccountLimit), usage: numbersOf(AccountUsage) };
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

function answerOf(output: InvokeCommandOutput) {
  return {
    payload: output.Payload ?? null,
    functionError: output.FunctionError ?? null,
    logResult: output.LogResult ?? null,
    executedVersion: output.ExecutedVersion ?? null,
    durableExecutionArn: output.DurableExecutionArn ?? null,
  };
}

/** How AWS Lambda answers each invocation type when all is well. */
const expectedStatus = { RequestResponse: 200, Event: 202, DryRun: 204 } as const;

/** Refuses an answer that cannot be told from half of one, or that a captive portal could have sent. */
function assertWhole(answer: RawAnswer | null, expected: number): void {
  const { statusCode, headers } = answer ?? { statusCode: 0, headers: {} as RawAnswer['headers'] };
  const portal = !('x-amzn-requestid' in headers) && /^text\/html/i.test(headers['content-type'] ?? '');
  const endless = statusCode === 200 && !('content-length' in headers) && !('transfer-encoding' in headers);
  const other = statusCode !== expected ? `a ${statusCode}, where AWS Lambda says ${expected}` : null;
  const fault = portal ? 'an HTML page' : endless ? 'without a length, so it may be cut' : other;
  if (fault !== null) throw Object.assign(new Error(`the answer is ${fault}`), { [notFromAws]: true });
}

function answered({ value, journey, attempts }: Called<{ $metadata: { requestId?: string | undefined } }>): Answered {
  const { statusCode = 0, headers = {} } = journey.answer ?? {};
  return { statusCode, requestId: headers['x-amzn-requestid'] ?? value.$metadata.requestId ?? null, attempts };
}

function summaryOf(entry: FunctionConfiguration): FunctionSummary {
  return {
    functionName: entry.FunctionName ?? '',
    functionArn: entry.FunctionArn ?? '',
    runtime: entry.Runtime ?? null,
    role: entry.Role ?? null,
    handler: entry.Handler ?? null,
    version: entry.Version ?? null,
    description: entry.Description ?? null,
    lastModified: entry.LastModified ?? null,
    timeout: entry.Timeout ?? null,
    memorySize: entry.MemorySize ?? null,
  };
}

/** The numbers of a structure, with its names in camelCase. */
function numbersOf(structure: object): Record<string, number> {
  const entries = Object.entries(structure).filter(([, value]) => typeof value === 'number');
  return Object.fromEntries(entries.map(([key, value]) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, value]));
}
