import type { AwsCredentialIdentity } from '@smithy/types';
import { Secret } from '../../secret.ts';

/** What of an identity must not show. */
export function secretsOf(identity: AwsCredentialIdentity): Secret[] {
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  return [accessKeyId, secretAccessKey, sessionToken].filter((value) => value !== undefined).map((v) => new Secret(v));
}
