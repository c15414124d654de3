import { ValidationError } from '../errors.ts';
import { endpointUrlFault } from '../formats/endpoint-url.ts';
import { isLinkLocal } from '../formats/link-local.ts';
import type { Environment } from '../ports.ts';
import type { Connection } from '../task/connection.ts';
import type { Partition } from './api/regional-endpoint.ts';
import { type Profile, profileOf } from './profile.ts';

/** Where the services are. */
export interface Endpoints {
  readonly region: string;
  /** What decided on the region, for people: `AWS_REGION`, a profile, or the task itself. */
  readonly regionSource: string;
  /** The URL of AWS Lambda when something other than the region decides on it, and what that is. */
  readonly configured: { readonly url: string; readonly source: string } | null;
  /** Finds the URL of AWS Lambda. */
  readonly lambdaEndpoint: () => Promise<URL>;
  /** Finds the URL of STS. */
  readonly stsEndpoint: () => Promise<URL>;
  /** The URL of STS when something other than the region decides on it. */
  readonly configuredSts: () => Promise<string | null>;
  /** The URL of CloudWatch Logs when something other than the region decides on it. */
  readonly configuredLogs: () => Promise<string | null>;
  /** What decides on the endpoints of a region. */
  readonly partition: Partition;
}

/** Finds region and endpoints: the task first, then the variables that the AWS tools share, then the profile. */
export async function endpointsOf(connection: Connection, environment: Environment): Promise<Endpoints> {
  const profile = profileOf(connection, environment);
  const { region, source } = await regionOf(connection, environment, profile);
  const partition = { region, fips: isOn(environment, 'FIPS'), dualstack: isOn(environment, 'DUALSTACK') };
  const configured = await configuredUrl('lambda', connection.endpointUrl, 'endpoint_url', environment, profile);
  const { stsEndpointUrl } = connection; // looked at now and not with the first call, when it would be a failure of that
  if (stsEndpointUrl !== undefined) refuseLinkLocal(stsEndpointUrl, '', 'sts_endpoint_url', environment);
  const stsUrl = () => configuredUrl('sts', stsEndpointUrl, 'sts_endpoint_url', environment, profile);
  return {
    region,
    regionSource: source,
    configured,
    async lambdaEndpoint() {
      return configured === null
        ? (await import('./api/regional-endpoint.ts')).lambdaUrl(partition)
        : new URL(configured.url);
    },
    async stsEndpoint() {
      const found = await stsUrl();
      return found === null ? (await import('./api/regional-endpoint.ts')).stsUrl(partition) : new URL(found.url);
    },
    configuredSts: async () => (await stsUrl())?.url ?? null,
    async configuredLogs() {
      const given = environment.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS ? undefined : emulator(connection.endpointUrl);
      return (await configuredUrl('cloudwatch_logs', given, 'endpoint_url', environment, profile))?.url ?? null;
    },
    partition,
  };
}

type ServiceId = 'lambda' | 'sts' | 'cloudwatch_logs';

/** The given URL when it is one of a server that serves all of AWS, such as an emulator: AWS itself is reached by https alone. */
function emulator(endpointUrl: string | undefined): string | undefined {
  return endpointUrl !== undefined && new URL(endpointUrl).protocol === 'http:' ? endpointUrl : undefined;
}

async function regionOf({ region }: Connection, environment: Environment, profile: Profile) {
  if (region !== undefined) return { region, source: 'the task' };
  for (const source of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const found = environment[source];
    if (found) return { region: checkedRegion(found, source), source };
  }
  const found = await profile.setting('region');
  if (found) return { region: checkedRegion(found, `profile ${profile.name}`), source: `profile ${profile.name}` };
  throw new ValidationError([{ field: 'region', message: noRegion }]);
}

const noRegion =
  'is required: give it here, by a full function ARN, in AWS_REGION or AWS_DEFAULT_REGION, or in the AWS profile';

/** It becomes a part of the host name. */
function checkedRegion(region: string, source: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(region)) return region;
  const message = `${source} must be the code of an AWS region, such as us-east-1`;
  throw new ValidationError([{ field: 'region', message }]);
}

/** Lets endpoints be link-local. A variable and not a field, so that who writes the fields cannot set it. */
const allowance = 'UE_AWS_LAMBDA_LINK_LOCAL_ENDPOINTS';

async function configuredUrl(...asked: Parameters<typeof findUrl>): Promise<Endpoints['configured']> {
  const [, , field, environment] = asked;
  const found = await findUrl(...asked);
  if (found !== null) refuseLinkLocal(found.url, found.source, found.source === field ? field : null, environment);
  return found;
}

function refuseLinkLocal(url: string, source: string, field: string | null, environment: Environment): void {
  if (environment[allowance]?.toLowerCase() === 'true' || !isLinkLocal(new URL(url))) return;
  const rule = `must not be a link-local address, where clouds serve credentials; if it is meant, set ${allowance}=true on this host`;
  throw new ValidationError([{ field, message: field === null ? `${source} ${rule}` : rule }]);
}

async function findUrl(
  service: ServiceId,
  given: string | undefined,
  field: string,
  environment: Environment,
  profile: Profile,
): Promise<Endpoints['configured']> {
  if (given !== undefined) return { url: given, source: field };
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return null;
  for (const source of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const url = environment[source];
    if (url) return { url: checkedUrl(url, source), source };
  }
  const url = await profile.endpointUrl(service);
  const source = `profile ${profile.name}`;
  return url === undefined ? null : { url: checkedUrl(url, `endpoint_url of ${source}`), source };
}

function checkedUrl(url: string, source: string): string {
  const fault = endpointUrlFault(url);
  if (fault === null) return url;
  throw new ValidationError([{ field: null, message: `${source} ${fault}` }]);
}

function isOn(environment: Environment, kind: 'FIPS' | 'DUALSTACK'): boolean {
  return environment[`AWS_USE_${kind}_ENDPOINT`]?.toLowerCase() === 'true';
}
