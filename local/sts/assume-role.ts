import { ACCOUNT_ID } from '../account.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { Signer } from '../auth/signature.ts';
import { StsError } from './sts-error.ts';
import type { Elements } from './sts-xml.ts';

const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/;
/** The external id that roles with `external` in their name trust. */
const EXTERNAL_ID = 'local-external-id';
const DEFAULT_DURATION = 3600;

/** Gives out temporary credentials for a role. Its name says what it is for: `…denied…` trusts nobody, `…external…` asks for an external id. */
export function assumeRole(form: URLSearchParams, signer: Signer, credentials: Credentials, now: number): Elements {
  const roleArn = required(form, 'RoleArn', 'roleArn');
  const sessionName = required(form, 'RoleSessionName', 'roleSessionName');
  const [, account, roleName = ''] = ROLE_ARN.exec(roleArn) ?? [];
  if (account === undefined) throw new StsError(400, 'ValidationError', `${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw invalid(sessionName, 'roleSessionName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*');
  }
  const seconds = readDuration(form.get('DurationSeconds'));
  if (signer.principal.expiration !== undefined && seconds > 3600) {
    const message =
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.';
    throw new StsError(400, 'ValidationError', message);
  }
  if (!isTrusted(signer, roleName, form.get('ExternalId')) || account !== ACCOUNT_ID) {
    const message = `User: ${signer.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    throw new StsError(403, 'AccessDenied', message);
  }
  const arn = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${sessionName}`;
  // STS prints whole seconds, and means them.
  const expiration = Math.floor(now / 1000 + seconds) * 1000;
  const { accessKeyId, secretAccessKey, sessionToken = '', userId } = credentials.issue(arn, sessionName, expiration);
  return {
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(expiration).toISOString().replace('.000Z', 'Z'),
    },
  };
}

function isTrusted({ principal }: Signer, roleName: string, externalId: string | null): boolean {
  if (!principal.mayDoEverything || roleName.includes('denied')) return false;
  return !roleName.includes('external') || externalId === EXTERNAL_ID;
}

function readDuration(text: string | null): number {
  if (text === null) return DEFAULT_DURATION;
  const seconds = Number(text);
  if (!Number.isInteger(seconds)) throw new StsError(400, 'MalformedInput', 'DurationSeconds is not a whole number');
  if (seconds < 900) throw invalid(text, 'durationSeconds', 'Member must have value greater than or equal to 900');
  if (seconds > 43_200) throw invalid(text, 'durationSeconds', 'Member must have value less than or equal to 43200');
  return seconds;
}

function required(form: URLSearchParams, name: string, member: string): string {
  const value = form.get(name);
  if (value !== null && value !== '') return value;
  const message = `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`;
  throw new StsError(400, 'ValidationError', message);
}

function invalid(value: string, member: string, constraint: string): StsError {
  const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return new StsError(400, 'ValidationError', message);
}
