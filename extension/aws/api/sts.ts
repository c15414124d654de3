import { errorTypeRegistries } from '@aws-sdk/client-sts';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import type { Endpoints } from '../endpoints.ts';
import type { Service } from './service.ts';

/** STS in the region of the endpoints. */
export function stsService({ region, stsEndpoint }: Endpoints, transport: Service['transport']): Service {
  return {
    ...{ signingName: 'sts', region, endpoint: stsEndpoint, transport },
    protocol: new AwsQueryProtocol({
      defaultNamespace: 'com.amazonaws.sts',
      errorTypeRegistries,
      xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      version: '2011-06-15',
    }),
    clock: { offset: 0 },
  };
}
