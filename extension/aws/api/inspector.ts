import { type FunctionConfiguration, GetFunctionConfiguration$ } from '@aws-sdk/client-lambda';
import { GetCallerIdentity$, type GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { CallOptions, FunctionDescription, Inspector, Log } from '../../ports.ts';
import { stsService } from '../credentials/assume-role.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import { secretsOf } from '../credentials/identity-secrets.ts';
import type { Endpoints } from '../endpoints.ts';
import { makeCall } from '../transport/call.ts';
import { foreignAnswer } from './aws-error.ts';
import { correctClock, exchange, type Operation, operation, type Service } from './service.ts';

const operations = {
  identity: operation(GetCallerIdentity$),
  describeFunction: operation(GetFunctionConfiguration$),
};

/** The calls of a check before a run. They change nothing, so each attempt as a whole has `connect_timeout`. */
export function inspectorOver(
  endpoints: Endpoints,
  lambda: Service,
  credentials: CredentialSource,
  log: Log,
): Inspector {
  const { transport } = lambda;

  async function ask<Output extends object>(
    service: Service,
    target: string,
    called: Operation,
    input: object,
    { limits, signal }: CallOptions,
  ): Promise<Output> {
    const identity = await credentials.fresh({ limits, signal, log, transport });
    const name = String(called.name);
    const call = {
      ...{ name, target, signal, transport, log, canExecute: false },
      limits: { ...limits, waitTimeout: limits.connectTimeout },
      deadline: 'connect_timeout' as const,
      secrets: () => secretsOf(identity),
      marker: `${name}: sending the request to ${target}`,
      correctClock: (date: string) => correctClock(service, date),
    };
    const { value } = await makeCall(call, async (journey) => {
      const { output } = await exchange<Output>(service, called, input, identity, journey);
      if (output === null) throw foreignAnswer(`too long for ${name}`);
      return output;
    });
    return value;
  }

  return {
    async identity(options) {
      // A Lambda endpoint of its own, such as an emulator's or a VPC endpoint's, says nothing of STS.
      if (endpoints.configured !== null && (await endpoints.configuredSts()) === null) return null;
      const target = `STS in ${endpoints.region}`;
      const service = stsService(endpoints, transport);
      const { Arn, Account } = await ask<GetCallerIdentityResponse>(service, target, operations.identity, {}, options);
      if (!Arn || !Account) throw foreignAnswer('one without an ARN');
      return { arn: Arn, account: Account };
    },

    async describeFunction(functionName, qualifier, options) {
      const input = { FunctionName: functionName, ...(qualifier && { Qualifier: qualifier }) };
      const target = endpoints.configured?.url ?? `AWS Lambda in ${endpoints.region}`;
      return descriptionOf(await ask(lambda, target, operations.describeFunction, input, options));
    },
  };
}

function descriptionOf(answer: FunctionConfiguration): FunctionDescription {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const { Timeout, MemorySize, LoggingConfig } = answer;
  const durable = Reflect.get(answer, 'DurableConfig');
  return {
    functionArn: text(answer.FunctionArn),
    version: text(answer.Version),
    runtime: text(answer.Runtime),
    state: text(answer.State),
    stateReason: text(answer.StateReason),
    lastUpdateStatus: text(answer.LastUpdateStatus),
    lastUpdateReason: text(answer.LastUpdateStatusReason),
    timeoutSeconds: Number.isFinite(Timeout) ? Number(Timeout) : null,
    memoryMb: Number.isFinite(MemorySize) ? Number(MemorySize) : null,
    isDurable: typeof durable === 'object' && durable !== null,
    logFormat: text(LoggingConfig?.LogFormat),
    logGroup: text(LoggingConfig?.LogGroup),
  };
}
