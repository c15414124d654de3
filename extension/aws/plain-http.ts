import { isLoopback } from '../formats/link-local.ts';
import type { Log } from '../ports.ts';
import type { Connection } from '../task/connection.ts';
import type { Endpoints } from './endpoints.ts';

/**
 * Warns of calls that anyone on the way can read and change: the payload, the session token, with STS the keys of a
 * role. Keys that are given and do not have the form of AWS are those of an emulator, and worth no warning.
 */
export function warnOfPlainHttp(connection: Connection, { configured }: Pick<Endpoints, 'configured'>, log: Log): void {
  const { credentials, role, stsEndpointUrl } = connection;
  if (credentials.kind === 'given' && !/^A[A-Z]{3}[A-Z0-9]{12,}$/.test(credentials.keys.accessKeyId.reveal())) return;
  const sts =
    role === undefined || stsEndpointUrl === undefined ? null : { url: stsEndpointUrl, source: 'sts_endpoint_url' };
  for (const endpoint of [configured, sts]) {
    if (endpoint === null) continue;
    const url = new URL(endpoint.url);
    if (url.protocol !== 'http:' || isLoopback(url)) continue;
    log.warn(
      `${endpoint.source}: http to ${url.host} is not encrypted: the payload and the session token can be read on the way; use https`,
    );
  }
}
