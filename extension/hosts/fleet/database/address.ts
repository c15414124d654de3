import { isIP } from 'node:net';
import type { Environment } from '../../../ports.ts';
import { DatabaseError } from './failure.ts';

/** Where a PostgreSQL is and how it is spoken to, as its URL says; what the URL lacks comes from PG* variables. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: TlsSettings;
  /** Further parameters of the session. */
  readonly applicationName: string;
  readonly options: string | undefined;
  /** Milliseconds that a connection may take. */
  readonly timeout: number;
  /** For people: without user and password. */
  readonly where: string;
  readonly isLocal: boolean;
  readonly isSocket: boolean;
}

export interface TlsSettings {
  readonly mode: SslMode;
  readonly rootFile: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly keyPassword: string | undefined;
}

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

const names = [
  ...['host', 'port', 'user', 'password', 'dbname', 'application_name', 'options', 'connect_timeout'],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'],
];

const schemes = ['postgres:', 'postgresql:'];

/** Reads a URL as libpq does. `source` is how people gave it: no message repeats the URL, which may hold a password. */
export function addressOf(text: string, source: string, environment: Environment): Address {
  const refuse = (message: string) => new DatabaseError(`${source} ${message}`, 'address');
  const url = parse(text);
  if (url === null || !schemes.includes(url.protocol) || isCut(url)) {
    throw refuse(
      'is not the URL of a PostgreSQL: postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full, with each special character of a value percent-encoded',
    );
  }
  const given = new Map(url.searchParams);
  const unknown = [...given.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw refuse(`has parameters that are not known here: ${unknown.join(', ')}; known are ${names.join(', ')}`);
  const value = (name: string, variable: string) => given.get(name) || environment[variable] || undefined;
  const part = (encoded: string) => (encoded === '' ? undefined : decode(encoded, refuse));

  const host = given.get('host') || part(url.hostname.replace(/^\[(.*)\]$/, '$1')) || environment.PGHOST || 'localhost';
  if (host.includes(',')) throw refuse('names several hosts; name one, or an address that leads to the primary');
  const port = Number(given.get('port') || url.port || environment.PGPORT || 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw refuse('needs a port from 1 to 65535');
  const mode = value('sslmode', 'PGSSLMODE') ?? 'prefer';
  if (!isSslMode(mode)) throw refuse(`has an sslmode that does not exist: choose one of ${sslModes.join(', ')}`);
  const seconds = Number(value('connect_timeout', 'PGCONNECT_TIMEOUT') ?? 10);
  if (!Number.isFinite(seconds) || seconds < 0) throw refuse('needs connect_timeout in seconds');

  const user = given.get('user') || part(url.username) || environment.PGUSER || environment.USER;
  const database = given.get('dbname') || part(url.pathname.slice(1)) || environment.PGDATABASE || user;
  const isSocket = host.startsWith('/');
  const at = isSocket ? `${host}/.s.PGSQL.${port}` : `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return {
    ...{ host, port, user, database, isSocket },
    password: given.get('password') || part(url.password) || environment.PGPASSWORD,
    tls: {
      mode: isSocket ? 'disable' : mode,
      rootFile: value('sslrootcert', 'PGSSLROOTCERT'),
      certificateFile: value('sslcert', 'PGSSLCERT'),
      keyFile: value('sslkey', 'PGSSLKEY'),
      keyPassword: given.get('sslpassword'),
    },
    applicationName: value('application_name', 'PGAPPNAME') ?? 'ue-aws-lambda',
    options: value('options', 'PGOPTIONS'),
    timeout: seconds === 0 ? 0 : Math.max(seconds, 2) * 1000,
    where: `PostgreSQL at ${at}${database === undefined ? '' : `, database ${database}`}`,
    isLocal: isSocket || isLoopback(host),
  };
}

function parse(text: string): URL | null {
  // A URL without a host, which libpq takes, is none to the standard as soon as it has a user.
  const hostless = text.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?#]|$)/, '$1%2F.');
  try {
    const url = new URL(hostless);
    if (hostless !== text) url.hostname = '';
    return url;
  } catch {
    return null;
  }
}

/** Where a password with such characters would end, its rest would be taken for a host, a database or a parameter. */
function isCut({ hash, pathname, searchParams }: URL): boolean {
  return hash !== '' || pathname.includes('@') || [...searchParams.keys()].some((name) => !/^\w+$/.test(name));
}

function decode(text: string, refuse: (message: string) => DatabaseError): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse('holds a % that begins no percent-encoded character; write it as %25');
  }
}

function isSslMode(text: string): text is SslMode {
  return (sslModes as readonly string[]).includes(text);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
