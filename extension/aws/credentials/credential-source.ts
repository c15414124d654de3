import type { AwsCredentialIdentity } from '@smithy/types';
import type { Environment } from '../../ports.ts';
import type { Connection, CredentialReference, Keys } from '../../task/connection.ts';
import type { Endpoints } from '../endpoints.ts';
import { type CredentialHost, type CredentialPolicy, keysIn } from './credential-policy.ts';

/** Credentials that are looked up once and again shortly before they expire. */
export interface CredentialSource {
  /** Where the keys come from, for people. */
  readonly description: string;
  /** Usable credentials, fetched by calls of the given policy if need be. Throws CallError and ValidationError. */
  fresh(policy: CredentialPolicy): Promise<AwsCredentialIdentity>;
  /** Makes the next call look the keys up again: AWS says that these have expired, whatever expiry they came with. */
  forget?(): void;
}

/** The source that a connection asks for: given keys, a reference or the default chain, and the role on top of it. */
export function credentialSource(
  { credentials, role }: Connection,
  endpoints: Endpoints,
  host: CredentialHost,
): CredentialSource {
  const base = baseSource(credentials, endpoints, host);
  if (role === undefined) return base;
  const assumed = renewed(`${base.description}, then the role ${role.arn}`, async (policy) => {
    const { assumeRole } = await import('./assume-role.ts');
    return assumeRole(role, endpoints, await base.fresh(policy), policy);
  });
  return {
    ...assumed,
    forget() {
      base.forget?.();
      assumed.forget?.();
    },
  };
}

function baseSource(
  credentials: Connection['credentials'],
  endpoints: Endpoints,
  host: CredentialHost,
): CredentialSource {
  switch (credentials.kind) {
    case 'given':
      return given('the task', identityOf(credentials.keys));
    case 'reference':
      return fromReference(credentials.reference, endpoints, host);
    case 'chain': {
      // Keys in the environment win over everything else, AWS_PROFILE included, as in boto3 and the AWS CLI.
      const keys = keysIn(host.environment, 'AWS');
      if (keys === null) return fromDefaultChain(endpoints, host.environment);
      return given('the environment (AWS_ACCESS_KEY_ID)', keys);
    }
  }
}

function identityOf({ accessKeyId, secretAccessKey, sessionToken }: Keys): AwsCredentialIdentity {
  return {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken && { sessionToken: sessionToken.reveal() }),
  };
}

function given(description: string, identity: AwsCredentialIdentity): CredentialSource {
  return { description, fresh: async () => identity };
}

function fromReference(reference: CredentialReference, endpoints: Endpoints, host: CredentialHost): CredentialSource {
  return renewed(`${reference.from}:${reference.name}`, async (policy) => {
    const { resolveReference } = await import('./references.ts');
    return resolveReference(reference, endpoints, host, policy);
  });
}

function fromDefaultChain(endpoints: Endpoints, environment: Environment): CredentialSource {
  return renewed('the default credential chain', async (policy) => {
    const { loadDefaultChain } = await import('./default-chain.ts');
    return loadDefaultChain(endpoints, environment, policy);
  });
}

/** Renewed this long before expiry (ms), so that no call is signed with what expires on the way. */
const margin = 6 * 60_000;

function renewed(
  description: string,
  load: (policy: CredentialPolicy) => Promise<AwsCredentialIdentity>,
): CredentialSource {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let expires = Number.POSITIVE_INFINITY;

  function start(policy: CredentialPolicy): Promise<AwsCredentialIdentity> {
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
    description,
    forget() {
      current = undefined;
    },

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
