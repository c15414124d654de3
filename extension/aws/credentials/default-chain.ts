import { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Place } from '../endpoints.ts';
import { makeCall, type Policy } from '../transport/call.ts';
import { answerOf } from '../transport/foreign-error.ts';
import { Journey } from '../transport/journey.ts';
import type { RequestHandler } from '../transport/request-handler.ts';

/** Looks for credentials where all AWS tools look, through the same proxy, within `connect_timeout` in all. */
export async function loadDefaultChain(place: Place, policy: Policy): Promise<AwsCredentialIdentity> {
  const call = {
    name: 'default credential chain',
    target: 'the default credential chain',
    canExecute: false,
    secrets: () => [],
    marker: '',
  };
  const limits = { waitTimeout: policy.connectTimeout, deadline: 'connect_timeout' } as const;
  const { value } = await makeCall(call, { ...policy, ...limits }, async (journey) => {
    try {
      return await chain(place, policy, journey)();
    } catch (error) {
      if (answerOf(error) === null) journey.answer = null; // one that did not end the chain
      throw explained(error as Error);
    }
  });
  return value;
}

function chain(place: Place, { handler, log }: Policy, journey: Journey) {
  const requestHandler = handlerFor(journey, handler);
  const clientConfig = { region: place.region, requestHandler, maxAttempts: 1 };
  const stsConfig = { ...clientConfig, ...(place.stsUrl && { endpoint: place.stsUrl }) };
  return defaultProvider({
    clientConfig,
    roleAssumer: getDefaultRoleAssumer(stsConfig),
    roleAssumerWithWebIdentity: getDefaultRoleAssumerWithWebIdentity(stsConfig),
    // Only warnings: the SDK's debug lines show what it sends.
    logger: { debug() {}, info() {}, warn: (text: string) => log.warn(text), error: (text: string) => log.error(text) },
  });
}

/** Sends each request of the providers on a journey of its own; the chain's journey tells of the latest. */
function handlerFor(journey: Journey, handler: RequestHandler) {
  return {
    metadata: handler.metadata,
    async handle(request: Parameters<RequestHandler['handle']>[0]) {
      const leg = new Journey();
      const tell = () => {
        const { phase, host, proxyUrl, answer } = leg;
        Object.assign(journey, { phase, host, proxyUrl, answer });
      };
      const giveUp = () => {
        tell();
        leg.giveUp();
      };
      journey.signal.addEventListener('abort', giveUp);
      try {
        return await handler.send(request, leg);
      } finally {
        tell();
        journey.signal.removeEventListener('abort', giveUp);
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

function explained(error: Error): Error {
  if (error.message.startsWith('Could not load credentials from any providers')) error.message = nothingFound();
  return error;
}

/** What was looked at, since an empty chain has many places that could have been meant. */
function nothingFound({ AWS_PROFILE, HOME }: NodeJS.ProcessEnv = process.env): string {
  return (
    'no valid credential sources; tried the environment (AWS_ACCESS_KEY_ID), ' +
    `profile ${AWS_PROFILE ?? 'default'} in ${HOME ?? '~'}/.aws, SSO, credential_process, web identity ` +
    '(AWS_WEB_IDENTITY_TOKEN_FILE), the container endpoint (AWS_CONTAINER_CREDENTIALS_FULL_URI) and EC2 instance ' +
    'metadata; set credentials, or one of these'
  );
}
