/** Why AWS refused a call, in the terms of the person who set it up, and what to do about it. */
export interface Cause {
  readonly cause: string;
  readonly remedy: string;
}

interface Row extends Cause {
  /** The status that it comes with; null for what ends a call before it is sent. */
  readonly httpStatus: number | null;
}

/** What the name of an error means; null when it is not known. `permission` is the IAM action of the call. */
export function causeOf(name: string, permission: string): Cause | null {
  const row = Object.hasOwn(awsErrors, name) ? awsErrors[name] : undefined;
  if (row === undefined) return null;
  return { cause: row.cause.replace('@', permission), remedy: row.remedy.replace('@', permission) };
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

/** By the names of AWS errors: of Lambda, and of STS where a role is assumed. `@` is the IAM action of the call. */
export const awsErrors: Readonly<Record<string, Row>> = {
  AccessDenied: {
    httpStatus: 403,
    cause: 'The role does not let these credentials assume it',
    remedy: 'Allow sts:AssumeRole in their policy and name them in the trust policy of the role; check the external id',
  },
  AccessDeniedException: { httpStatus: 403, ...noPermission },
  CodeArtifactUserFailedException: {
    httpStatus: 409,
    cause: 'The function’s code could not be prepared',
    remedy: 'Read the message, and deploy the function again',
  },
  CredentialsProviderError: { httpStatus: null, ...noSources },
  DurableExecutionAlreadyStartedException: {
    httpStatus: 409,
    cause: 'An execution of this name exists with another payload',
    remedy: 'Take another durable execution name',
  },
  EC2AccessDeniedException: {
    httpStatus: 502,
    cause: 'Lambda may not set up the function’s network',
    remedy: 'Allow the EC2 actions in the function’s execution role',
  },
  EC2ThrottledException: {
    httpStatus: 502,
    cause: 'EC2 throttled Lambda while it set up the function’s network',
    remedy: 'Try again later',
  },
  ENILimitReachedException: {
    httpStatus: 502,
    cause: 'The VPC has no network interface left for the function',
    remedy: 'Raise the quota of the VPC, or use other subnets',
  },
  ExpiredToken: { httpStatus: 403, ...expired },
  ExpiredTokenException: { httpStatus: 403, ...expired },
  IncompleteSignatureException: {
    httpStatus: 403,
    cause: 'The signature is incomplete',
    remedy: 'Look for blanks or line breaks in the keys',
  },
  InvalidClientTokenId: { httpStatus: 403, ...wrongKey },
  InvalidParameterValueException: {
    httpStatus: 400,
    cause: 'A parameter is not allowed for this function',
    remedy: 'Change the parameter that the message names',
  },
  InvalidRequestContentException: {
    httpStatus: 400,
    cause: 'The payload is not JSON',
    remedy: 'Send valid JSON in UTF-8',
  },
  InvalidRuntimeException: {
    httpStatus: 502,
    cause: 'The function’s runtime is not supported any more',
    remedy: 'Move the function to a newer runtime',
  },
  InvalidSecurityGroupIDException: {
    httpStatus: 502,
    cause: 'The function names a security group that does not exist',
    remedy: 'Correct the function’s VPC configuration',
  },
  InvalidSignatureException: { httpStatus: 403, ...wrongSecret },
  InvalidSubnetIDException: {
    httpStatus: 502,
    cause: 'The function names a subnet that does not exist',
    remedy: 'Correct the function’s VPC configuration',
  },
  InvalidZipFileException: {
    httpStatus: 502,
    cause: 'Lambda could not unpack the function’s code',
    remedy: 'Deploy the function again',
  },
  KMSAccessDeniedException: {
    httpStatus: 502,
    cause: 'Lambda may not decrypt the function’s environment',
    remedy: 'Allow kms:Decrypt in the execution role',
  },
  KMSDisabledException: {
    httpStatus: 502,
    cause: 'The KMS key of the function is disabled',
    remedy: 'Enable the key, or choose another',
  },
  KMSNotFoundException: {
    httpStatus: 502,
    cause: 'The KMS key of the function does not exist',
    remedy: 'Choose another key',
  },
  MissingAuthenticationTokenException: {
    httpStatus: 403,
    cause: 'The request came without a signature',
    remedy: 'Check what is between this host and AWS: a proxy may have removed it',
  },
  RecursiveInvocationException: {
    httpStatus: 400,
    cause: 'Lambda stopped a loop of functions that invoke each other',
    remedy: 'Break the loop',
  },
  RequestTooLargeException: {
    httpStatus: 413,
    cause: 'The payload is larger than Lambda takes: 6 MB, with Event 1 MB',
    remedy: 'Send a reference, for example an S3 URL',
  },
  ResourceConflictException: {
    httpStatus: 409,
    cause: 'The function is being changed or is not active yet',
    remedy: 'Try again when the function is active',
  },
  ResourceNotFoundException: { httpStatus: 404, ...notFound },
  ResourceNotReadyException: {
    httpStatus: 502,
    cause: 'The function is inactive and is being set up',
    remedy: 'Try again in a minute',
  },
  ServiceException: {
    httpStatus: 500,
    cause: 'Lambda had a fault of its own',
    remedy: 'Look whether the function ran; then try again',
  },
  SignatureDoesNotMatch: { httpStatus: 403, ...wrongSecret },
  SnapStartException: {
    httpStatus: 400,
    cause: 'SnapStart could not restore the function',
    remedy: 'Publish a new version',
  },
  SnapStartNotReadyException: {
    httpStatus: 409,
    cause: 'SnapStart is still preparing the version',
    remedy: 'Try again in some minutes',
  },
  SnapStartTimeoutException: {
    httpStatus: 408,
    cause: 'SnapStart could not restore the function in time',
    remedy: 'Try again; look at its restore hooks',
  },
  SubnetIPAddressLimitReachedException: {
    httpStatus: 502,
    cause: 'The subnets of the function have no address left',
    remedy: 'Add subnets',
  },
  ThrottlingException: { httpStatus: 429, cause: 'The account makes too many calls', remedy: 'Call less often' },
  TooManyRequestsException: { httpStatus: 429, ...throttled },
  UnrecognizedClientException: { httpStatus: 403, ...wrongKey },
  UnsupportedMediaTypeException: { httpStatus: 415, cause: 'The payload’s type is not JSON', remedy: 'Send JSON' },
};
