import { ValidationError, type Violation } from '../errors.ts';
import { parseFields } from '../task/fields.ts';
import { inConnectorTerms } from './field-names.ts';
import { type ConnectionProfile, profileFields } from './profile.gen.ts';
import validate, { type SchemaError } from './validate-profile.gen.js';

export type { ConnectionProfile };

/** Thrown when a profile breaks its schema or its rules. Carries every violation found; never a secret. */
export class ConnectionProfileError extends Error {
  override readonly name = 'ConnectionProfileError';
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(violations.map(({ field, message }) => (field === null ? message : `${field} ${message}`)).join('; '));
    this.violations = violations;
  }
}

/** A valid profile, defaults filled in. */
export type Profile = ConnectionProfile & Required<Pick<ConnectionProfile, 'region' | 'timeout'>>;

/** Reads a profile. Absent, null and empty values are unset. Throws ConnectionProfileError. */
export function parseProfile(raw: unknown): Profile {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new ConnectionProfileError([{ field: null, message: 'the profile must be an object' }]);
  }
  const profile = Object.fromEntries(Object.entries(raw).filter(([, value]) => !isUnset(value)));
  const violations = validate(profile) ? ruleViolations(profile as unknown as Profile) : schemaViolations();
  if (violations.length > 0) throw new ConnectionProfileError(violations);
  return Object.freeze(profile as unknown as Profile);
}

/** The connection's part of a task's raw fields. */
export function fieldsOf(profile: Profile): Record<string, unknown> {
  const { accessKeyId, secretAccessKey, sessionToken, proxyUser, proxyPassword } = profile;
  return {
    region: profile.region,
    credentials: { user: accessKeyId, password: secretAccessKey, token: sessionToken },
    role_based_access: profile.roleArn !== undefined,
    role_arn: profile.roleArn,
    role_external_id: profile.roleExternalId,
    role_session_name: profile.roleSessionName,
    role_duration_seconds: profile.roleDurationSeconds,
    sts_endpoint_url: profile.stsEndpointUrl,
    endpoint_url: profile.endpointUrl,
    wait_for_completion_timeout: profile.timeout,
    connect_timeout: profile.connectTimeout,
    max_attempts: profile.maxAttempts,
    use_proxy: profile.proxy !== undefined,
    proxy: profile.proxy,
    proxy_credentials: { user: proxyUser, password: proxyPassword },
    proxy_ca_bundle_file: profile.proxyCaBundleFile,
  };
}

/** The rules that the schema cannot state are the task's own. */
function ruleViolations(profile: Profile): Violation[] {
  try {
    parseFields({ ...fieldsOf(profile), action: 'Test Connection' });
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.violations.map(inConnectorTerms);
  }
}

function schemaViolations(): Violation[] {
  const sentences = new Map<string, string>();
  for (const error of validate.errors ?? []) {
    const { field, message } = violationOf(error);
    if (!sentences.has(field)) sentences.set(field, message);
  }
  return [...sentences].map(([field, message]) => ({ field, message }));
}

function violationOf({ instancePath, keyword, params }: SchemaError): { field: string; message: string } {
  const { missingProperty, property, additionalProperty } = params;
  if (keyword === 'dependentRequired') {
    return { field: String(missingProperty), message: `is required when ${String(property)} is set` };
  }
  if (keyword === 'required') return { field: String(missingProperty), message: 'is required' };
  if (keyword === 'additionalProperties') {
    return { field: String(additionalProperty).slice(0, 64), message: 'is not a field of a connection profile' };
  }
  const field = instancePath.slice(1) as keyof ConnectionProfile;
  return { field, message: profileFields[field].rule };
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
