import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { endpointsOf } from '../../extension/aws/endpoints.ts';
import type { Connection } from '../../extension/task/connection.ts';

/** A home folder with an AWS configuration. */
function home(config: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(folder, '.aws'));
  writeFileSync(join(folder, '.aws/config'), config);
  return folder;
}

const chain: Connection = { region: 'eu-west-1', credentials: { kind: 'chain' } };

async function urls(config: string, environment: Record<string, string> = {}, over: Partial<Connection> = {}) {
  const endpoints = await endpointsOf({ ...chain, ...over }, { HOME: home(config), ...environment });
  return { lambda: (await endpoints.lambdaEndpoint()).href, sts: (await endpoints.stsEndpoint()).href, endpoints };
}

const own = '[default]\nendpoint_url = http://profile:1\n';
const services = `[default]\nservices = here\nendpoint_url = http://profile:1\n[services here]\nlambda =\n  endpoint_url = http://lambda-service:2\n`;

describe('what decides on an endpoint, in the order of boto3', () => {
  test.each([
    ['the profile', own, {}, {}, 'http://profile:1/', 'http://profile:1/'],
    ['the services section of the profile', services, {}, {}, 'http://lambda-service:2/', 'http://profile:1/'],
    [
      'AWS_ENDPOINT_URL before the profile',
      services,
      { AWS_ENDPOINT_URL: 'http://all:3' },
      {},
      'http://all:3/',
      'http://all:3/',
    ],
    [
      'the variable of the service before both',
      services,
      { AWS_ENDPOINT_URL: 'http://all:3', AWS_ENDPOINT_URL_LAMBDA: 'http://one:4' },
      {},
      'http://one:4/',
      'http://all:3/',
    ],
    [
      'the field before all',
      services,
      { AWS_ENDPOINT_URL_LAMBDA: 'http://one:4' },
      { endpointUrl: 'http://field:5' },
      'http://field:5/',
      'http://profile:1/',
    ],
    [
      'the profile that AWS_PROFILE names',
      `[profile work]\nendpoint_url = http://work:6\n${own}`,
      { AWS_PROFILE: 'work' },
      {},
      'http://work:6/',
      'http://work:6/',
    ],
    [
      'the profile that the credentials name',
      `[profile job]\nendpoint_url = http://job:7\n${own}`,
      { AWS_PROFILE: 'default' },
      { credentials: { kind: 'reference', reference: { from: 'profile', name: 'job' } } } as const,
      'http://job:7/',
      'http://job:7/',
    ],
  ])('%s', async (_, config, environment, over, lambda, sts) => {
    expect(await urls(config, environment, over)).toMatchObject({ lambda, sts });
  });

  test.each([
    ['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', services, { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }],
    ['ignore_configured_endpoint_urls in the profile', `${own}ignore_configured_endpoint_urls = true\n`, {}],
  ])('%s leaves the regional endpoints', async (_, config, environment) => {
    expect(await urls(config, environment)).toMatchObject({
      lambda: 'https://lambda.eu-west-1.amazonaws.com/',
      sts: 'https://sts.eu-west-1.amazonaws.com/',
    });
  });

  test.each(['http://u:p@host:1', 'ftp://host', 'http://host/?token=1'])(
    'a profile with %s is refused',
    async (url) => {
      await expect(urls(`[default]\nendpoint_url = ${url}\n`)).rejects.toThrow(/^endpoint_url of profile default must/);
    },
  );
});

describe('the rules of the partitions', () => {
  test.each([
    ['us-east-1', {}, 'https://lambda.us-east-1.amazonaws.com/'],
    ['cn-north-1', {}, 'https://lambda.cn-north-1.amazonaws.com.cn/'],
    ['us-gov-west-1', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://lambda-fips.us-gov-west-1.amazonaws.com/'],
    ['eu-west-1', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'https://lambda.eu-west-1.api.aws/'],
  ])('%s %j', async (region, environment, lambda) => {
    expect(await urls('', environment, { region })).toMatchObject({ lambda });
  });
});

describe('what decides on the region', () => {
  const { region: _, ...unset } = chain;
  test.each([
    [{ AWS_REGION: 'a-1', AWS_DEFAULT_REGION: 'b-1' }, '', 'a-1', 'AWS_REGION'],
    [{ AWS_REGION: '', AWS_DEFAULT_REGION: 'b-1' }, '', 'b-1', 'AWS_DEFAULT_REGION'],
    [{}, '[default]\nregion = c-1\n', 'c-1', 'profile default'],
  ])('%j', async (environment, config, region, source) => {
    const endpoints = await endpointsOf(unset, { HOME: home(config), ...environment });
    expect([endpoints.region, endpoints.regionSource]).toEqual([region, source]);
  });

  test('nothing: a violation that names the places', async () => {
    await expect(endpointsOf(unset, { HOME: home('') })).rejects.toThrow(/AWS_REGION or AWS_DEFAULT_REGION/);
  });
});
