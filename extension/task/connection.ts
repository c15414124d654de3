import type { Proxies } from '../formats/proxies.ts';
import { Secret } from '../secret.ts';
import type { Fields, Parsed, ValidFields } from './fields.ts';

/** How AWS is reached. Two tasks with equal connections can share a session. */
export interface Connection {
  readonly region?: string;
  readonly credentials: Credentials;
  readonly role?: Role;
  readonly endpointUrl?: string;
  readonly stsEndpointUrl?: string;
  readonly proxy?: ProxySettings;
}

/** Where the keys come from. References and the default chain are resolved on the host that runs the task. */
export type Credentials =
  | { readonly kind: 'given'; readonly keys: Keys }
  | { readonly kind: 'reference'; readonly reference: CredentialReference }
  | { readonly kind: 'chain' };

export interface Keys {
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
}

/** `env`: a prefix of variables; `file`: a path of JSON; `profile`: a name in the shared AWS files. */
export interface CredentialReference {
  readonly from: 'env' | 'file' | 'profile';
  readonly name: string;
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
export function connectionOf({ fields, parsed }: ValidFields, ca: string | undefined): Connection {
  const { region = parsed.functionName?.region, role_arn, endpoint_url, sts_endpoint_url } = fields;
  const proxy = proxyOf(fields, parsed, ca);
  return {
    ...(region && { region }),
    credentials: credentialsOf(fields),
    ...(fields.role_based_access && role_arn && { role: roleOf(fields, role_arn) }),
    ...(endpoint_url && { endpointUrl: endpoint_url }),
    ...(sts_endpoint_url && { stsEndpointUrl: sts_endpoint_url }),
    ...(proxy && { proxy }),
  };
}

function credentialsOf({ credentials }: Fields): Credentials {
  if (credentials === undefined) return { kind: 'chain' };
  if ('from' in credentials) return { kind: 'reference', reference: referenceOf(credentials.from) };
  const { user, password, token } = credentials;
  const keys = {
    accessKeyId: new Secret(user),
    secretAccessKey: new Secret(password),
    ...(token && { sessionToken: new Secret(token) }),
  };
  return { kind: 'given', keys };
}

/** The schema has checked the form. */
function referenceOf(text: string): CredentialReference {
  const colon = text.indexOf(':');
  return { from: text.slice(0, colon) as CredentialReference['from'], name: text.slice(colon + 1) };
}

function roleOf({ role_external_id, role_session_name, role_duration_seconds }: Fields, arn: string): Role {
  return {
    arn,
    ...(role_external_id && { externalId: role_external_id }),
    sessionName: role_session_name,
    durationSeconds: role_duration_seconds,
  };
}

function proxyOf(
  { proxy_credentials }: Fields,
  { proxies }: Parsed,
  ca: string | undefined,
): ProxySettings | undefined {
  if (proxies === undefined) return undefined;
  return {
    servers: proxies,
    ...(proxy_credentials && {
      credentials: { user: new Secret(proxy_credentials.user), password: new Secret(proxy_credentials.password) },
    }),
    ...(ca && { ca }),
  };
}
