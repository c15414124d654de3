import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Role } from '../../task/connection.ts';
import { clientSettings } from '../api/client-settings.ts';
import type { Place } from '../endpoints.ts';
import { makeCall, type Policy } from '../transport/call.ts';
import { notFromAws } from '../transport/foreign-error.ts';
import { secretsOf } from './identity-secrets.ts';

/** Assumes a role through STS. It changes nothing at AWS, so each attempt as a whole has `connect_timeout`. */
export async function assumeRole(
  { arn, externalId, sessionName, durationSeconds }: Role,
  place: Place,
  identity: AwsCredentialIdentity,
  policy: Policy,
): Promise<AwsCredentialIdentity> {
  const client = new STSClient(clientSettings(place, place.stsUrl, policy.handler, async () => identity));
  policy.handler.follow(client);
  const command = new AssumeRoleCommand({
    RoleArn: arn,
    RoleSessionName: sessionName,
    DurationSeconds: durationSeconds,
    ...(externalId && { ExternalId: externalId }),
  });
  const call = {
    name: 'AssumeRole',
    target: `STS in ${place.region}`,
    canExecute: false,
    secrets: () => secretsOf(identity),
    marker: `AssumeRole ${arn}: sending the request`,
  };
  const limits = { waitTimeout: policy.connectTimeout, deadline: 'connect_timeout' } as const;
  const { value } = await makeCall(call, { ...policy, ...limits }, async (journey) => {
    policy.handler.expect(command, journey);
    const { Credentials } = await client.send(command);
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
      throw Object.assign(new Error('the answer holds no credentials'), { [notFromAws]: true });
    }
    return Credentials;
  });
  return {
    accessKeyId: value.AccessKeyId as string,
    secretAccessKey: value.SecretAccessKey as string,
    ...(value.SessionToken && { sessionToken: value.SessionToken }),
    ...(value.Expiration && { expiration: value.Expiration }),
  };
}
