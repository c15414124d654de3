import { parseFunctionName } from '../formats/function-name.ts';
import { type Proxies, parseProxies } from '../formats/proxies.ts';
import { Secret } from '../secret.ts';
import type { Fields } from './fields.ts';

/** How AWS is reached. Two tasks with equal connections can share a session. */
export interface Connection {
  readonly region?: string;
  readonly credentials?: Credentials;
  readonly role?: Role;
  readonly endpointUrl?: string;
  readonly stsEndpointUrl?: string;
  readonly proxy?: ProxySettings;
  readonly connectTimeout: number;
  readonly waitTimeout: number;
  readonly maxAttempts: number;
}

export interface Credentials {
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
}

export interface Role {
  readonly arn: string;
  readonly externalId?: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
}

export interface ProxySettings {
  readonly servers: Proxies;
  readonly credentials?: { readonly user: Secret; readonly password: Secret };
  /** PEM text trusted for the TLS to the proxy, and for nothing else. */
  readonly ca?: string;
}

/** The connection that the fields ask for; `ca` is the text of proxy_ca_bundle_file. */
export function connectionOf(fields: Fields, ca: string | undefined): Connection {
  const { region = regionOf(fields), role_arn, endpoint_url, sts_endpoint_url } = fields;
  const credentials = fields.credentials && credentialsOf(fields.credentials);
  const proxy = proxyOf(fields, ca);
  return {
    ...(region && { region }),
    ...(credentials && { credentials }),
    ...(fields.role_based_access && role_arn && { role: roleOf(fields, role_arn) }),
    ...(endpoint_url && { endpointUrl: endpoint_url }),
    ...(sts_endpoint_url && { stsEndpointUrl: sts_endpoint_url }),
    ...(proxy && { proxy }),
    connectTimeout: fields.connect_timeout * 1000,
    waitTimeout: fields.wait_for_completion_timeout * 1000,
    maxAttempts: fields.max_attempts,
  };
}

function regionOf({ function_name = '' }: Fields): string | undefined {
  const name = parseFunctionName(function_name);
  return typeof name === 'string' ? undefined : name.region;
}

function credentialsOf(credentials: NonNullable<Fields['credentials']>): Credentials | undefined {
  if ('from' in credentials) return undefined;
  const { user, password, token } = credentials;
  return {
    accessKeyId: new Secret(user),
    secretAccessKey: new Secret(password),
    ...(token && { sessionToken: new Secret(token) }),
  };
}

function roleOf({ role_external_id, role_session_name, role_duration_seconds }: Fields, arn: string): Role {
  return {
    arn,
    ...(role_external_id && { externalId: role_external_id }),
    sessionName: role_session_name,
    durationSeconds: role_duration_seconds,
  };
}

function proxyOf({ use_proxy, proxy, proxy_credentials }: Fields, ca: string | undefined): ProxySettings | undefined {
  const servers = use_proxy && proxy ? parseProxies(proxy) : 'none';
  if (typeof servers === 'string') return undefined;
  return {
    servers,
    ...(proxy_credentials && {
      credentials: { user: new Secret(proxy_credentials.user), password: new Secret(proxy_credentials.password) },
    }),
    ...(ca && { ca }),
  };
}
