import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { Address } from './address.ts';
import { DatabaseError } from './failure.ts';

/** How a connection is encrypted: not at all, or by these options of node:tls. */
export type Encryption = false | ConnectionOptions;

/**
 * In the order of trying, as libpq has it: prefer takes TLS where the server offers it, allow only where it must. As there,
 * require verifies the server as verify-ca does when there are certificates to verify it by.
 */
export function encryptionsOf({ tls, host }: Address): readonly Encryption[] {
  const { mode } = tls;
  if (mode === 'disable') return [false];
  const roots = rootsOf(tls.rootFile);
  const client = {
    ...(tls.certificateFile !== undefined && { cert: read('sslcert', tls.certificateFile) }),
    ...(tls.keyFile !== undefined && { key: read('sslkey', tls.keyFile) }),
    ...(tls.keyPassword !== undefined && { passphrase: tls.keyPassword }),
  };
  const trusted = { ...client, ...(roots !== undefined && roots !== 'system' && { ca: roots }) };
  const anyName = { ...trusted, checkServerIdentity: () => undefined };
  switch (mode) {
    case 'allow':
      return [false, { ...client, rejectUnauthorized: false }];
    case 'prefer':
      return [{ ...client, rejectUnauthorized: false }, false];
    case 'require':
      return roots === undefined || roots === 'system' ? [{ ...client, rejectUnauthorized: false }] : [anyName];
    case 'verify-ca':
      if (roots !== undefined && roots !== 'system') return [anyName];
      throw new DatabaseError(
        'sslmode=verify-ca needs sslrootcert=FILE: with roots that all the world trusts anybody could have a certificate; or use verify-full',
      );
    case 'verify-full':
      // By the name or address of the URL: node:tls would check an address as the name localhost.
      return [{ ...trusted, checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) }];
  }
}

/** The certificates to trust: of the file named, else of libpq's own file; undefined or `system` for those of Node. */
function rootsOf(file: string | undefined): Buffer | 'system' | undefined {
  if (file === 'system') return 'system';
  if (file !== undefined) return read('sslrootcert', file);
  try {
    return readFileSync(`${homedir()}/.postgresql/root.crt`);
  } catch {
    return undefined;
  }
}

function read(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DatabaseError(`${name}: ${file} cannot be read (${code}); check the path and its permissions`);
  }
}
