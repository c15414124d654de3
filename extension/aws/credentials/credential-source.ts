import type { AwsCredentialIdentity } from '@smithy/types';
import type { Connection } from '../../task/connection.ts';
import type { Place } from '../endpoints.ts';
import type { Policy } from '../transport/call.ts';

/** Credentials that are looked up once and again shortly before they expire. */
export interface CredentialSource {
  /** Usable credentials, fetched by calls under the given policy if need be. Throws CallError. */
  fresh(policy: Policy): Promise<AwsCredentialIdentity>;
}

/** The source that a connection asks for: given keys or the default chain, and the role on top of either. */
export function credentialSource({ credentials, role }: Connection, place: Place): CredentialSource {
  const base = credentials === undefined ? fromDefaultChain(place) : given(credentials);
  if (role === undefined) return base;
  return renewed(async (policy) => {
    const { assumeRole } = await import('./assume-role.ts');
    return assumeRole(role, place, await base.fresh(policy), policy);
  });
}

function given({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: NonNullable<Connection['credentials']>): CredentialSource {
  const identity = {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken && { sessionToken: sessionToken.reveal() }),
  };
  return { fresh: async () => identity };
}

function fromDefaultChain(place: Place): CredentialSource {
  return renewed(async (policy) => {
    const { loadDefaultChain } = await import('./default-chain.ts');
    return loadDefaultChain(place, policy);
  });
}

/** Renewed this long before expiry (ms), so that no call is signed with what expires on the way. */
const margin = 6 * 60_000;

function renewed(load: (policy: Policy) => Promise<AwsCredentialIdentity>): CredentialSource {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let expires = Number.POSITIVE_INFINITY;

  function start(policy: Policy): Promise<AwsCredentialIdentity> {
    const loading = load(policy);
    current = loading;
    expires = Number.POSITIVE_INFINITY; // while it loads, others wait for the same
    loading.then(
      ({ expiration }) => {
        expires = expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      },
      () => {
        current = undefined; // a failure is not kept
      },
    );
    return loading;
  }

  return {
    async fresh(policy) {
      while (current !== undefined && Date.now() < expires - margin) {
        try {
          return await current;
        } catch {
          // It was another task's attempt, which that task may have cancelled.
        }
      }
      return start(policy);
    },
  };
}
