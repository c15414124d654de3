/** Why a call was refused, in the terms of whoever set up the connection, and what to do about it. */
export interface Cause {
  readonly cause: string;
  readonly remedy: string;
}

/** The cause behind the name of an error, when the name tells; `permission` is the IAM action of the call. */
export function causeOf(error: string, permission: string): Cause | null {
  const row = Object.hasOwn(causes, error) ? causes[error] : undefined;
  return row === undefined
    ? null
    : { cause: row.cause.replace('@', permission), remedy: row.remedy.replace('@', permission) };
}

const noSources: Cause = {
  cause: 'Both credential fields are empty and no default credential chain is available',
  remedy: 'Enter access key id and secret access key, or give this host an IAM role or the AWS environment variables',
};

const noPermission: Cause = {
  cause: 'The IAM policy is missing @',
  remedy: 'Add @ to the policy of the user or role whose credentials are used',
};

const wrongSecret: Cause = {
  cause: 'The secret access key is wrong: a typo or extra whitespace',
  remedy: 'Enter the secret access key again; if it is right, check the clock of this host',
};

const wrongKey: Cause = {
  cause: 'The access key id is wrong, or the key was deleted or disabled',
  remedy: 'Check the key in IAM and enter it again; temporary keys also need their session token',
};

const expired: Cause = {
  cause: 'The temporary credentials have expired',
  remedy: 'Enter new keys with their session token, or use a role that renews them',
};

const notFound: Cause = {
  cause: 'There is no function, version or alias of this name in the region of the connection',
  remedy: 'Check name and qualifier, and that the ARN is of the same region as the connection',
};

const throttled: Cause = {
  cause: 'The account or the function is at its limit of concurrent invocations or requests',
  remedy: 'Lower the concurrency of the callers, or raise the limit',
};

/** By the names of AWS errors: of Lambda, and of STS where a role is assumed. */
const causes: Readonly<Record<string, Cause>> = {
  CredentialsProviderError: noSources,
  AccessDeniedException: noPermission,
  AccessDenied: {
    cause: 'The role does not let these credentials assume it',
    remedy: 'Allow sts:AssumeRole in their policy and name them in the trust policy of the role; check the external id',
  },
  InvalidSignatureException: wrongSecret,
  SignatureDoesNotMatch: wrongSecret,
  UnrecognizedClientException: wrongKey,
  InvalidClientTokenId: wrongKey,
  ExpiredTokenException: expired,
  ExpiredToken: expired,
  ResourceNotFoundException: notFound,
  TooManyRequestsException: throttled,
};
