import { AssumeRole$, type AssumeRoleResponse, errorTypeRegistries } from '@aws-sdk/client-sts';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Role } from '../../task/connection.ts';
import { foreignAnswer } from '../api/aws-error.ts';
import { correctClock, exchange, keptEndpoint, operation, type Service } from '../api/service.ts';
import type { Endpoints } from '../endpoints.ts';
import { makeCall } from '../transport/call.ts';
import type { CredentialPolicy } from './credential-policy.ts';
import { secretsOf } from './identity-secrets.ts';

const assumeRoleOperation = operation(AssumeRole$);

/** Assumes a role through STS. It changes nothing at AWS, so each attempt as a whole has `connect_timeout`. */
export async function assumeRole(
  { arn, externalId, sessionName, durationSeconds }: Role,
  endpoints: Endpoints,
  identity: AwsCredentialIdentity,
  { transport, limits, ...policy }: CredentialPolicy,
): Promise<AwsCredentialIdentity> {
  const service = stsService(endpoints, transport);
  const input = {
    RoleArn: arn,
    RoleSessionName: sessionName,
    DurationSeconds: durationSeconds,
    ...(externalId && { ExternalId: externalId }),
  };
  const call = {
    ...{ ...policy, transport, canExecute: false },
    name: 'AssumeRole',
    target: `STS in ${endpoints.region}`,
    limits: { ...limits, waitTimeout: limits.connectTimeout },
    deadline: 'connect_timeout' as const,
    secrets: () => secretsOf(identity),
    marker: `AssumeRole ${arn}: sending the request`,
    correctClock: (date: string) => correctClock(service, date),
  };
  const { value } = await makeCall(call, async (progress) => {
    const { output } = await exchange<AssumeRoleResponse>(service, assumeRoleOperation, input, identity, progress);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output?.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey) throw foreignAnswer('one without credentials');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken && { sessionToken: SessionToken }),
      ...(Expiration && { expiration: Expiration }),
    };
  });
  return value;
}

export function stsService(
  { region, stsEndpoint }: Pick<Endpoints, 'region' | 'stsEndpoint'>,
  transport: Service['transport'],
): Service {
  return {
    ...{ signingName: 'sts', region, endpoint: keptEndpoint(stsEndpoint), transport },
    protocol: new AwsQueryProtocol({
      defaultNamespace: 'com.amazonaws.sts',
      errorTypeRegistries,
      xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      version: '2011-06-15',
    }),
    clock: { offset: 0 },
  };
}
