import type { AwsCredentialIdentity } from '@smithy/types';
import { ValidationError } from '../../errors.ts';
import type { ReadFile } from '../../ports.ts';
import type { CredentialReference } from '../../task/connection.ts';
import type { Endpoints } from '../endpoints.ts';
import { type CredentialHost, type CredentialPolicy, keysIn } from './credential-policy.ts';

/** Resolves a reference to credentials on this host. Throws ValidationError, and CallError where a call is made. */
export async function resolveReference(
  { from, name }: CredentialReference,
  endpoints: Endpoints,
  { environment, readFile }: CredentialHost,
  policy: CredentialPolicy,
): Promise<AwsCredentialIdentity> {
  switch (from) {
    case 'env':
      return (
        keysIn(environment, name) ??
        refuse(`env:${name}: ${name}_ACCESS_KEY_ID and ${name}_SECRET_ACCESS_KEY must be set`)
      );
    case 'file':
      return keysOf(await read(name, readFile), name);
    case 'profile': {
      const { loadProfile } = await import('./default-chain.ts');
      return loadProfile(name, endpoints, environment, policy);
    }
  }
}

/** Bytes; three texts need no more. */
const fileLimit = 2 ** 16;

async function read(path: string, readFile: ReadFile): Promise<unknown> {
  let text: string;
  try {
    text = Buffer.from(await readFile(path, fileLimit)).toString('utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return refuse(`file:${path}: ${code === undefined ? message : `cannot be read (${code})`}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return refuse(`file:${path}: must be JSON`); // the engine's message would quote a key
  }
}

/** Takes the names as variables, in the SDKs' form and in that of a credential_process. */
function keysOf(value: unknown, path: string): AwsCredentialIdentity {
  const plain = (key: string) => key.toLowerCase().replace(/[_-]/g, '').replace(/^aws/, '');
  const texts = Object.entries(Object(value) as Record<string, unknown>).filter(
    ([, entry]) => typeof entry === 'string',
  );
  const found = Object.fromEntries(texts.map(([key, entry]) => [plain(key), entry as string]));
  const { accesskeyid, secretaccesskey, sessiontoken, expiration = '' } = found;
  if (!accesskeyid || !secretaccesskey) {
    return refuse(`file:${path}: must hold ACCESS_KEY_ID and SECRET_ACCESS_KEY, and SESSION_TOKEN if there is one`);
  }
  const expires = Date.parse(expiration);
  return {
    accessKeyId: accesskeyid,
    secretAccessKey: secretaccesskey,
    ...(sessiontoken && { sessionToken: sessiontoken }),
    ...(Number.isFinite(expires) && { expiration: new Date(expires) }),
  };
}

function refuse(message: string): never {
  throw new ValidationError([{ field: 'credentials', message: `${message}, on the host that runs the task` }]);
}
