import type { AwsCredentialIdentity } from '@smithy/types';
import type { CallOptions, Environment, Log, Ports } from '../../ports.ts';
import type { Transport } from '../transport/transport.ts';

/** What the search for credentials may use. */
export interface CredentialPolicy extends CallOptions {
  readonly transport: Transport;
  readonly log: Log;
}

/** What the host that runs the task offers. */
export type CredentialHost = Pick<Ports, 'environment' | 'readFile'>;

/** The keys in PREFIX_ACCESS_KEY_ID, PREFIX_SECRET_ACCESS_KEY and PREFIX_SESSION_TOKEN; null when a key is not set. */
export function keysIn(environment: Environment, prefix: string): AwsCredentialIdentity | null {
  const accessKeyId = environment[`${prefix}_ACCESS_KEY_ID`];
  const secretAccessKey = environment[`${prefix}_SECRET_ACCESS_KEY`];
  const sessionToken = environment[`${prefix}_SESSION_TOKEN`];
  if (!accessKeyId || !secretAccessKey) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
