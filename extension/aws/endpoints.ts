import { ValidationError } from '../errors.ts';
import type { Connection } from '../task/connection.ts';

/** Where the services are, from the connection or the environment. Unset URLs mean the region's own endpoint. */
export interface Place {
  readonly region: string;
  readonly lambdaUrl?: string;
  readonly stsUrl?: string;
  readonly fips: boolean;
  readonly dualstack: boolean;
}

/** Finds region and endpoints: the fields first, then the variables that the AWS tools share, then the profile. */
export async function placeOf(
  { region, endpointUrl, stsEndpointUrl }: Connection,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Place> {
  const found = region ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION) ?? (await profileRegion());
  if (found === undefined || found === '') throw new ValidationError([{ field: 'region', message: noRegion }]);
  const lambdaUrl = endpointUrl ?? configured(environment, 'AWS_ENDPOINT_URL_LAMBDA');
  const stsUrl = stsEndpointUrl ?? configured(environment, 'AWS_ENDPOINT_URL_STS');
  return {
    region: found,
    ...(lambdaUrl && { lambdaUrl }),
    ...(stsUrl && { stsUrl }),
    fips: environment.AWS_USE_FIPS_ENDPOINT === 'true',
    dualstack: environment.AWS_USE_DUALSTACK_ENDPOINT === 'true',
  };
}

const noRegion =
  'is required: give it here, by a full function ARN, in AWS_REGION or AWS_DEFAULT_REGION, or in the AWS profile';

function configured(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const url = environment[name] || environment.AWS_ENDPOINT_URL || undefined;
  if (url === undefined || /^https?:\/\/[^/]/i.test(url)) return url;
  throw new ValidationError([{ field: null, message: `${name} or AWS_ENDPOINT_URL must be an http or https URL` }]);
}

async function profileRegion(): Promise<string | undefined> {
  const { profileRegion: read } = await import('./profile-region.ts'); // opens ~/.aws, so only when nothing else tells
  return read();
}
