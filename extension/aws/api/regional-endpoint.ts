/// <reference path="./endpoint-rules.d.ts" />
import { defaultEndpointResolver as resolveLambda } from '@aws-sdk/client-lambda/dist-es/endpoint/endpointResolver.js';
import { defaultEndpointResolver as resolveSts } from '@aws-sdk/client-sts/dist-es/endpoint/endpointResolver.js';
import { ValidationError } from '../../errors.ts';

/** What decides on an endpoint besides the service: https://docs.aws.amazon.com/general/latest/gr/rande.html */
export interface Partition {
  readonly region: string;
  readonly fips: boolean;
  readonly dualstack: boolean;
}

export function lambdaUrl(partition: Partition): URL {
  return resolved(resolveLambda, partition);
}

export function stsUrl(partition: Partition): URL {
  return resolved(resolveSts, partition);
}

export type Resolve = (parameters: Record<string, unknown>) => { readonly url: URL };

/** The SDK's own rules: they know the partitions, and which of them have FIPS and dual-stack endpoints. */
export function resolved(resolve: Resolve, { region, fips, dualstack }: Partition): URL {
  const parameters = { Region: region, UseFIPS: fips, UseDualStack: dualstack, UseGlobalEndpoint: false };
  try {
    return resolve(parameters).url;
  } catch (error) {
    throw new ValidationError([{ field: 'region', message: `has no endpoint: ${(error as Error).message}` }]);
  }
}
