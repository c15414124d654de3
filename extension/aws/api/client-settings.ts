import type { AwsCredentialIdentity } from '@smithy/types';
import { name, version } from '../../version.ts';
import type { Place } from '../endpoints.ts';
import type { RequestHandler } from '../transport/request-handler.ts';

/**
 * The settings of every AWS client here. All are explicit, since the SDK would read ~/.aws for each that is not, and a
 * stray file or variable must not change what a job does. One attempt: repeating is `makeCall`'s to decide.
 */
export function clientSettings(
  { region, fips, dualstack }: Place,
  endpoint: string | undefined,
  requestHandler: RequestHandler,
  credentials: () => Promise<AwsCredentialIdentity>,
) {
  return {
    region,
    ...(endpoint && { endpoint }),
    credentials,
    requestHandler,
    maxAttempts: 1,
    // The middleware never changes, and to put it together anew takes a third of a call.
    cacheMiddleware: true,
    retryMode: 'standard',
    defaultsMode: 'standard' as const,
    useFipsEndpoint: fips,
    useDualstackEndpoint: dualstack,
    ignoreConfiguredEndpointUrls: true,
    authSchemePreference: [],
    disableClockSkewCorrection: false,
    customUserAgent: [[name, version]] as [string, string][],
    userAgentAppId: async () => undefined,
  };
}
