import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { ValidationError } from '../../../errors.ts';
import type { Environment, ReadFile } from '../../../ports.ts';
import { Secret } from '../../../secret.ts';

/** The operator's keys: secrets are encrypted with the first, and decrypted with the one that they name. */
export interface Keys {
  readonly current: string;
  readonly byId: ReadonlyMap<string, Secret>;
}

export const keyVariable = 'UE_AWS_LAMBDA_SECRET_KEY';

const make = 'make one by: openssl rand -base64 32';
const fileLimit = 2 ** 16;
const algorithm = 'aes-256-gcm';
const bytesOf = { key: 32, nonce: 12, tag: 16 };

/**
 * Reads the keys, one of 32 bytes in base64 or hexadecimal a line, from a file or from the environment; null when
 * neither is given. A new key goes first; an old one stays until no job needs it. Throws ValidationError.
 */
export async function loadKeys(
  path: string | undefined,
  environment: Environment,
  readFile: ReadFile,
): Promise<Keys | null> {
  const source = path === undefined ? `the variable ${keyVariable}` : `the key file ${path}`;
  const text = path === undefined ? environment[keyVariable] : await readKeyFile(path, readFile);
  if (text === undefined || text === '') return null;
  return parseKeys(text, source);
}

async function readKeyFile(path: string, readFile: ReadFile): Promise<string> {
  try {
    return Buffer.from(await readFile(path, fileLimit)).toString('utf8');
  } catch (error) {
    throw invalid(`the key file ${(error as Error).message}: ${path}`);
  }
}

/** Reads keys from a text; `source` names it in errors. */
export function parseKeys(text: string, source: string): Keys {
  const words = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*#.*/, ''))
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((word) => word !== '');
  const byId = new Map<string, Secret>();
  for (const [index, word] of words.entries()) {
    const bytes = keyBytes(word);
    if (bytes === null)
      throw invalid(`key ${index + 1} of ${source} is not 32 bytes in base64 or hexadecimal; ${make}`);
    byId.set(idOf(bytes), new Secret(bytes.toString('base64')));
  }
  const [current] = byId.keys();
  if (current === undefined) throw invalid(`${source} has no key; ${make}`);
  return { current, byId };
}

function keyBytes(word: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex');
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(word) ? Buffer.from(word, 'base64') : null;
  return bytes?.length === bytesOf.key ? bytes : null;
}

/** Names a key without giving it away. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('ue-aws-lambda key id\n').update(key).digest('hex').slice(0, 12);
}

/** Encrypts a value, bound to a text that must be the same when it is decrypted. */
export function seal(value: unknown, bound: string, { current, byId }: Keys): string {
  const nonce = randomBytes(bytesOf.nonce);
  const cipher = createCipheriv(algorithm, bytesFor(current, byId), nonce).setAAD(Buffer.from(bound));
  const sealed = [cipher.update(JSON.stringify(value), 'utf8'), cipher.final()];
  const body = Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]);
  return `1.${current}.${body.toString('base64url')}`;
}

/** Decrypts what `seal` made. Throws ValidationError, which says which key is missing. */
export function unseal(text: string, bound: string, keys: Keys | null): unknown {
  const [, id = '', body = ''] = /^1\.([0-9a-f]{12})\.([A-Za-z0-9_-]+)$/.exec(text) ?? [];
  if (id === '') throw invalid('the encrypted fields of the job are not in a form that this version knows');
  const give = `give it by --secret-key-file or ${keyVariable}`;
  if (keys === null)
    throw invalid(`the job has encrypted fields, and this worker has no key; ${id} is needed: ${give}`);
  if (!keys.byId.has(id)) {
    const known = [...keys.byId.keys()].join(', ');
    throw invalid(`the job has fields encrypted with key ${id}, and this worker has only ${known}; ${give}`);
  }
  try {
    const bytes = Buffer.from(body, 'base64url');
    const cipher = createDecipheriv(algorithm, bytesFor(id, keys.byId), bytes.subarray(0, bytesOf.nonce), {
      authTagLength: bytesOf.tag,
    });
    cipher.setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(-bytesOf.tag));
    const parts = [cipher.update(bytes.subarray(bytesOf.nonce, -bytesOf.tag)), cipher.final()];
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw invalid('the encrypted fields of the job were changed, or its other fields were; submit it again');
  }
}

function bytesFor(id: string, byId: ReadonlyMap<string, Secret>): Buffer {
  return Buffer.from(byId.get(id)?.reveal() ?? '', 'base64');
}

function invalid(message: string): ValidationError {
  return new ValidationError([{ field: null, message }]);
}
