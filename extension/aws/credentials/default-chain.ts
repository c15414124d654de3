import { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity } from '@aws-sdk/client-sts';
import { CredentialsProviderError } from '@smithy/core/config';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Environment } from '../../ports.ts';
import type { Endpoints } from '../endpoints.ts';
import { type Sections, sharedFiles } from '../profile.ts';
import { makeCall } from '../transport/call.ts';
import { providerHandler } from '../transport/provider-handler.ts';
import { chainSecrets } from './chain-secrets.ts';
import type { CredentialPolicy } from './credential-policy.ts';

/** What the providers are made with. */
interface Settings {
  readonly environment: Environment;
  readonly files: { readonly config: Sections; readonly credentials: Sections };
  /** What every provider of the SDK takes. */
  readonly init: ProviderInit;
}

type ProviderInit = Readonly<Record<string, unknown>>;
type Provider = () => Promise<AwsCredentialIdentity>;

/** One place where credentials may be: its provider, or why it has none. */
type Place = { readonly name: string } & ({ readonly provider: Provider } | { readonly absent: string });

/**
 * Looks for credentials where all AWS tools look, in the order of the SDK for JavaScript: profile, web identity,
 * container endpoint, EC2 instance metadata; keys in the environment were looked for before. The first place that is
 * set up decides: when it fails, its failure is the answer.
 */
export function loadDefaultChain(
  endpoints: Endpoints,
  environment: Environment,
  policy: CredentialPolicy,
): Promise<AwsCredentialIdentity> {
  const profile = environment.AWS_PROFILE || 'default';
  return load('default credential chain', endpoints, environment, policy, async (settings) => {
    const places = [
      profilePlace(profile, Boolean(environment.AWS_PROFILE), settings),
      webIdentityPlace(settings),
      containerPlace(settings),
    ];
    for (const place of places) if ('provider' in place) return ask(place);
    // Every host is asked whether it is an EC2 instance, so that a failure here is no more than a no.
    const instance = instancePlace(settings);
    if ('absent' in instance) throw nothingFound([...places, instance]);
    return instance.provider().catch((error: Error) => {
      throw nothingFound([...places, { name: instance.name, absent: `did not answer (${error.message})` }]);
    });
  });
}

/** The credentials of one profile, as the SDK for JavaScript finds them. */
export function loadProfile(
  name: string,
  endpoints: Endpoints,
  environment: Environment,
  policy: CredentialPolicy,
): Promise<AwsCredentialIdentity> {
  return load(`profile ${name}`, endpoints, environment, policy, async (settings) => {
    const place = profilePlace(name, true, settings);
    if ('absent' in place) throw new CredentialsProviderError(`${place.name} ${place.absent}`);
    return ask(place);
  });
}

/** Finds credentials as one call, within `connect_timeout` in all and through the task's own proxy. */
async function load(
  name: string,
  endpoints: Endpoints,
  environment: Environment,
  { transport, limits, ...policy }: CredentialPolicy,
  find: (settings: Settings) => Promise<AwsCredentialIdentity>,
): Promise<AwsCredentialIdentity> {
  const files = await sharedFiles(environment);
  const call = {
    ...{ ...policy, transport, name, canExecute: false, marker: `${name}: sending the request` },
    target: `the ${name}`,
    limits: { ...limits, waitTimeout: limits.connectTimeout },
    deadline: 'connect_timeout' as const,
    secrets: () => chainSecrets(environment, files),
  };
  const { value } = await makeCall(call, async (progress) => {
    const init = await initOf(endpoints, policy, providerHandler(transport, progress));
    try {
      return await find({ environment, files, init });
    } catch (error) {
      // An answer that did not end the search is no answer to the search.
      if (!('$response' in Object(error))) progress.answer = null;
      throw error;
    }
  });
  return value;
}

/** Asks a source that is configured. A failure that names no host is reported with the source. */
async function ask({ name, provider }: { readonly name: string; readonly provider: Provider }) {
  try {
    return await provider();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'CredentialsProviderError') throw error;
    const message = error.message.includes(name) ? error.message : `${name}: ${error.message}`;
    throw new CredentialsProviderError(message);
  }
}

function nothingFound(places: readonly Place[]): Error {
  const reasons = places.map((place) => `${place.name} ${'absent' in place ? place.absent : ''}`);
  return new CredentialsProviderError(
    `no valid credential sources; the environment has no AWS_ACCESS_KEY_ID, ${reasons.join(', ')}; set credentials, or one of these`,
  );
}

async function initOf(
  { region, configuredSts }: Endpoints,
  { log }: Pick<CredentialPolicy, 'log'>,
  requestHandler: ReturnType<typeof providerHandler>,
): Promise<ProviderInit> {
  const clientConfig = { region, requestHandler, maxAttempts: 1 };
  const endpoint = await configuredSts();
  const stsConfig = { ...clientConfig, ...(endpoint && { endpoint }) };
  return {
    clientConfig,
    roleAssumer: getDefaultRoleAssumer(stsConfig as never),
    roleAssumerWithWebIdentity: getDefaultRoleAssumerWithWebIdentity(stsConfig as never),
    // Only warnings: the SDK's debug lines show what it sends.
    logger: { debug() {}, info() {}, warn: (text: string) => log.warn(text), error: (text: string) => log.error(text) },
  };
}

/** Settings of a profile that say where its keys come from. */
const sources = [
  'aws_access_key_id',
  'credential_process',
  'credential_source',
  'login_session',
  'role_arn',
  'sso_account_id',
  'sso_session',
  'sso_start_url',
  'web_identity_token_file',
];

function profilePlace(profile: string, isNamed: boolean, { files, init }: Settings): Place {
  const name = `profile ${profile}`;
  const settings = { ...files.config[profile], ...files.credentials[profile] };
  const isThere = profile in files.config || profile in files.credentials;
  const hasSource = sources.some((source) => settings[source]);
  if (!isNamed && !isThere)
    return { name, absent: 'is not in the shared AWS files (keys, role, SSO, credential_process)' };
  if (!isNamed && !hasSource) return { name, absent: 'has no keys, role, SSO or credential_process' };
  return {
    name: settings.credential_process && !settings.role_arn ? `credential_process of ${name}` : name,
    async provider() {
      if (!isThere) throw new CredentialsProviderError(`${name} is not in the shared AWS files; check AWS_PROFILE`);
      if (!hasSource) throw new CredentialsProviderError(`${name} has no credentials in the shared AWS files`);
      const { fromIni } = await import('@aws-sdk/credential-provider-ini');
      return fromIni({ ...init, profile, ignoreCache: true } as never)();
    },
  };
}

function webIdentityPlace({ environment, init }: Settings): Place {
  const name = 'web identity (AWS_WEB_IDENTITY_TOKEN_FILE)';
  if (!environment.AWS_WEB_IDENTITY_TOKEN_FILE || !environment.AWS_ROLE_ARN) return { name, absent: 'is not set' };
  return {
    name,
    async provider() {
      const { fromTokenFile } = await import('@aws-sdk/credential-provider-web-identity');
      return fromTokenFile(init as never)();
    },
  };
}

function containerPlace({ environment, init }: Settings): Place {
  const name = 'container endpoint (AWS_CONTAINER_CREDENTIALS_FULL_URI)';
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI } = environment;
  if (!AWS_CONTAINER_CREDENTIALS_RELATIVE_URI && !AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    return { name, absent: 'is not set' };
  }
  return {
    name,
    async provider() {
      const { fromHttp } = await import('@aws-sdk/credential-provider-http');
      return fromHttp(init as never)();
    },
  };
}

function instancePlace({ environment, init }: Settings): Place {
  const name = 'EC2 instance metadata';
  const { AWS_EC2_METADATA_DISABLED: disabled } = environment;
  if (disabled && disabled.toLowerCase() !== 'false') return { name, absent: 'is off (AWS_EC2_METADATA_DISABLED)' };
  return {
    name,
    async provider() {
      const { fromInstanceMetadata } = await import('@smithy/credential-provider-imds');
      return fromInstanceMetadata(init as never)();
    },
  };
}
