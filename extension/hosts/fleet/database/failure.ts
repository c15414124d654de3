/** It could not be reached or has not let us in, it cannot hold a fleet as it is, or what was given names no database. */
export type DatabaseFault = 'unreachable' | 'unusable' | 'address';

/** What went wrong with the database, in words for people: which one, why, and what to do. Never a password. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly fault: DatabaseFault;

  constructor(message: string, fault: DatabaseFault = 'unusable') {
    super(message);
    this.fault = fault;
  }
}

interface Fault {
  readonly code?: string;
  readonly message: string;
}

/** SQLSTATEs that say that the connection or the server is gone for now; 53300 when it has too many connections. */
const gone = /^(08...|57P0[1235]|53300)$/;
const socketFaults =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EAI_AGAIN|ENOTFOUND)$/;
const clientFaults =
  /^(Connection terminated|timeout e|Query read timeout|Client (has encountered a connection error|was closed))/i;

/** Whether another connection may do better: the server restarts, or the network broke. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message } = error as Fault;
  if (code !== undefined && (gone.test(code) || socketFaults.test(code))) return true;
  // A host name with several addresses gives one error for all of them.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectionError);
  return clientFaults.test(message);
}

/** Whether the server has no TLS. */
export function hasNoTls(error: unknown): boolean {
  return error instanceof Error && /does not support SSL/i.test(error.message);
}

/** The error of opening a database. */
export function openingFailed(where: string, error: unknown, secrets: readonly string[] = []): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const { code, message } = first as Fault;
  const cause = hasNoTls(first) ? 'it does not offer TLS' : message || code || 'unknown reason';
  const remedy = remedyOf(code, message);
  const text = `${where} cannot be opened: ${cause}${remedy === undefined ? '' : `; ${remedy}`}`;
  return new DatabaseError(without(text, secrets), code === '42501' ? 'unusable' : 'unreachable');
}

function remedyOf(code = '', message = ''): string | undefined {
  if (hasNoTls(new Error(message))) return 'turn TLS on at the server, or take sslmode from the URL';
  if (/password must be a string/i.test(message))
    return 'the server asks for a password: give it in PGPASSWORD or the URL';
  if (/^(CERT_|UNABLE_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS)/.test(code)) return tlsRemedy(code);
  return remedies[code];
}

function tlsRemedy(code: string): string {
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID'
    ? 'use a host name of the certificate, or sslmode=verify-ca'
    : 'name the certificates to trust by sslrootcert=FILE';
}

const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'check that PostgreSQL runs there, its port and listen_addresses',
  ENOENT: 'check that PostgreSQL runs there and that host is the folder of its socket',
  ENOTFOUND: 'check the name of the host',
  EAI_AGAIN: 'check the name of the host and the name server',
  ETIMEDOUT: 'check the host, its port and the firewalls between',
  EHOSTUNREACH: 'check the host and the route to it',
  ENETUNREACH: 'check the host and the route to it',
  '28P01': 'check the user and the password',
  '28000': 'check the user, and what pg_hba.conf allows it',
  '3D000': 'create it: createdb',
  '42501': 'the user needs CREATE on the database for the first start, and the schema of the first user after it',
  '53300': 'raise max_connections, or run fewer workers',
  '57P03': 'wait until it has started',
};

/** Takes each secret out, as it is and as a URL holds it. */
function without(text: string, secrets: readonly string[]): string {
  const forms = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return forms.reduce((left, form) => left.replaceAll(form, '***'), text);
}
