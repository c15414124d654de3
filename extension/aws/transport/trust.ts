import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import type { Log } from '../../ports.ts';

/**
 * Every root that this host trusts: Node's own, the system's where Node can read them (22.15 and newer),
 * NODE_EXTRA_CA_CERTS, and AWS_CA_BUNDLE, which boto3 and the AWS CLI honour and the SDK for JavaScript does not.
 */
export async function roots(log: Log, environment: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const bundles = await Promise.all(
    ['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE'].map((variable) => readBundle(variable, environment[variable], log)),
  );
  return [...tls.rootCertificates, ...systemRoots(), ...bundles.flat()];
}

async function readBundle(variable: string, path: string | undefined, log: Log): Promise<string[]> {
  if (path === undefined || path === '') return [];
  try {
    const pem = await readFile(path, 'latin1');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return [pem];
    log.warn(`${variable} holds no PEM certificate and is left aside: ${path}`);
  } catch (error) {
    log.warn(`${variable} cannot be read (${(error as NodeJS.ErrnoException).code}) and is left aside: ${path}`);
  }
  return [];
}

function systemRoots(): string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] };
  return getCACertificates?.('system') ?? [];
}
