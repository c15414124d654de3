import { type FunctionConfiguration, GetFunctionConfiguration$ } from '@aws-sdk/client-lambda';
import { GetCallerIdentity$, type GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { CallerIdentity, CallOptions, FunctionDescription, Inspector, Log } from '../../ports.ts';
import { stsService } from '../credentials/assume-role.ts';
import type { CredentialSource } from '../credentials/credential-source.ts';
import type { Endpoints } from '../endpoints.ts';
import { asking } from './ask.ts';
import { foreignAnswer } from './aws-error.ts';
import { operation, type Service } from './service.ts';

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
  /** Read calls, quick ones: both of their deadlines are that of a connection. */
  const asked = <Output, Result>(name: string, { limits, signal }: CallOptions, read: (output: Output) => Result) => ({
    ...{ name, signal, limits: { ...limits, waitTimeout: limits.connectTimeout } },
    deadline: 'connect_timeout' as const,
    read(output: Output | null) {
      if (output === null) throw foreignAnswer(`too long for ${name}`);
      return read(output);
    },
  });

  return {
    async identity(options) {
      // A Lambda endpoint of its own, such as an emulator's or a VPC endpoint's, says nothing of STS.
      if (endpoints.configured !== null && (await endpoints.configuredSts()) === null) return null;
      const sts = stsService(endpoints, lambda.transport);
      const ask = asking(sts, `STS in ${endpoints.region}`, credentials, log);
      return ask(operations.identity, {}, asked('GetCallerIdentity', options, identityOf));
    },

    async describeFunction(functionName, qualifier, options) {
      const input = { FunctionName: functionName, ...(qualifier && { Qualifier: qualifier }) };
      const target = endpoints.configured?.url ?? `AWS Lambda in ${endpoints.region}`;
      const ask = asking(lambda, target, credentials, log);
      return ask(operations.describeFunction, input, asked('GetFunctionConfiguration', options, descriptionOf));
    },
  };
}

function identityOf({ Arn, Account }: GetCallerIdentityResponse): CallerIdentity {
  if (!Arn || !Account) throw foreignAnswer('one without an ARN');
  return { arn: Arn, account: Account };
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
