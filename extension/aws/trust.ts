import { readFile } from 'node:fs/promises';
import tls from 'node:tls';

/**
 * Every root that this host trusts: Node's own, the system's where Node can read them (22.15 and newer),
 * NODE_EXTRA_CA_CERTS, and AWS_CA_BUNDLE, which boto3 and the AWS CLI honour and the SDK for JavaScript does not.
 */
export async function roots(environment: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const { NODE_EXTRA_CA_CERTS, AWS_CA_BUNDLE } = environment;
  const files = [NODE_EXTRA_CA_CERTS, AWS_CA_BUNDLE].filter((path) => path !== undefined && path !== '');
  const pems = await Promise.all(files.map((path) => readFile(path as string, 'latin1').catch(() => '')));
  return [
    ...tls.rootCertificates,
    ...systemRoots(),
    ...pems.filter((pem) => pem.includes('-----BEGIN CERTIFICATE-----')),
  ];
}

function systemRoots(): string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] };
  return getCACertificates?.('system') ?? [];
}
