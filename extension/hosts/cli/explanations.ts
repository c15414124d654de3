import { type Status, statuses } from '../../outcome/status.ts';
import { judge } from '../../outcome/verdict.ts';

export interface Explanation {
  readonly title: string;
  readonly meaning: string;
  readonly again: string;
  readonly remedy: string;
}

const after =
  'As result.execution says: after not_started yes; after accepted and completed it runs twice; after unknown look into its log first.';

/** What each exit code means. The codes are those of the status table. */
const meanings: Readonly<Record<Exclude<Status, 'DECODE_WARNING'>, Omit<Explanation, 'title'>>> = {
  SUCCESS: {
    meaning: 'The call succeeded. With DECODE_WARNING the function ran as well, but its log could not be decoded.',
    again: 'A further call runs the function again.',
    remedy: 'Nothing.',
  },
  FAIL: {
    meaning: 'The function ended with an error of its own, or AWS Lambda refused the call.',
    again: after,
    remedy:
      'If function_error is set, read the payload and the log (--tail). Else explain the name of the AWS error: ue-aws-lambda explain NAME.',
  },
  AUTHENTICATION_ERROR: {
    meaning: 'There are no credentials, or AWS does not accept them: a wrong or expired key, or a wrong clock.',
    again: 'Yes: the function did not run.',
    remedy: 'Run ue-aws-lambda test: it shows where the credentials come from. Renew them, or set the clock.',
  },
  AUTHORIZATION_ERROR: {
    meaning: 'The credentials are good, but may not do this.',
    again: 'Yes: the function did not run.',
    remedy:
      'Allow lambda:InvokeFunction on the function (lambda:ListFunctions, lambda:GetAccountSettings, sts:AssumeRole for the others).',
  },
  CONNECTION_ERROR: {
    meaning: 'The host was not reached, or the connection broke.',
    again: after,
    remedy:
      'The status description names host and reason: DNS, firewall, endpoint, certificate. For an unknown issuer name its PEM file in AWS_CA_BUNDLE.',
  },
  PROXY_CONNECTION_ERROR: {
    meaning: 'The proxy was not reached, or refused to connect.',
    again: 'Yes: the function did not run.',
    remedy: 'Check the address of the proxy, its user and password, and for a TLS proxy its CA file.',
  },
  DATA_VALIDATION_ERROR: {
    meaning: 'A field or a flag is wrong. Nothing was sent.',
    again: 'Yes: the function did not run.',
    remedy: 'Correct what result.error, or the message on standard error, names.',
  },
  READ_TIMEOUT_ERROR: {
    meaning: 'No whole answer came within wait_for_completion_timeout (--timeout). The function may still be running.',
    again:
      'Not before you have looked: it may have run. There may be no request id; find the run by its time in the log.',
    remedy:
      'Set the timeout above that of the function (ue-aws-lambda doctor compares them), or queue the call as Event.',
  },
  DURABLE_TIMEOUT: {
    meaning:
      'The durable execution did not end within durable_timeout. It was left running, or stopped, as on_timeout says.',
    again: 'With the same durable_execution_name: the task finds the execution and goes on waiting for it.',
    remedy: 'Run the same task again to go on waiting, or set a longer durable_timeout.',
  },
  CANCELLED: {
    meaning: 'A signal cancelled the task.',
    again: after,
    remedy: 'result.execution says whether the request had been sent.',
  },
};

/** Errors of AWS by name: the HTTP status that they come with, what they mean, what to do. */
const errors: Readonly<Record<string, readonly [number, string, string]>> = {
  AccessDeniedException: [
    403,
    'The credentials may not make this call.',
    'Allow the action that the message names, in the identity’s policy or the function’s.',
  ],
  AccessDenied: [
    403,
    'STS refused to assume the role.',
    'Let the role’s trust policy name this identity; check the external id.',
  ],
  CodeArtifactUserFailedException: [
    400,
    'The function’s code could not be prepared.',
    'Read the message, and deploy the function again.',
  ],
  DurableExecutionAlreadyStartedException: [
    409,
    'An execution of this name exists with another payload.',
    'Take another durable execution name.',
  ],
  EC2AccessDeniedException: [
    502,
    'Lambda may not set up the function’s network.',
    'Allow the EC2 actions in the function’s execution role.',
  ],
  EC2ThrottledException: [502, 'EC2 throttled Lambda while it set up the function’s network.', 'Try again later.'],
  ENILimitReachedException: [
    502,
    'The VPC has no network interface left for the function.',
    'Raise the quota of the VPC, or use other subnets.',
  ],
  ExpiredTokenException: [
    403,
    'The session token has expired.',
    'Renew the credentials, for example with aws sso login.',
  ],
  ExpiredToken: [403, 'The session token has expired.', 'Renew the credentials, for example with aws sso login.'],
  IncompleteSignatureException: [403, 'The signature is incomplete.', 'Look for blanks or line breaks in the keys.'],
  InvalidClientTokenId: [
    403,
    'The access key id does not exist.',
    'Check the key id, and that it is of this partition (aws, aws-cn, aws-us-gov).',
  ],
  InvalidParameterValueException: [400, 'A parameter is not allowed for this function.', 'The message names it.'],
  InvalidRequestContentException: [400, 'The payload is not JSON.', 'Send valid JSON in UTF-8.'],
  InvalidRuntimeException: [
    502,
    'The function’s runtime is not supported any more.',
    'Move the function to a newer runtime.',
  ],
  InvalidSecurityGroupIDException: [
    502,
    'The function names a security group that does not exist.',
    'Correct the function’s VPC configuration.',
  ],
  InvalidSignatureException: [
    403,
    'The signature does not match.',
    'The secret key is wrong (look for blanks), or this host’s clock is.',
  ],
  InvalidSubnetIDException: [
    502,
    'The function names a subnet that does not exist.',
    'Correct the function’s VPC configuration.',
  ],
  InvalidZipFileException: [502, 'Lambda could not unpack the function’s code.', 'Deploy the function again.'],
  KMSAccessDeniedException: [
    502,
    'Lambda may not decrypt the function’s environment.',
    'Allow kms:Decrypt in the execution role.',
  ],
  KMSDisabledException: [502, 'The KMS key of the function is disabled.', 'Enable the key, or choose another.'],
  KMSNotFoundException: [502, 'The KMS key of the function does not exist.', 'Choose another key.'],
  MissingAuthenticationTokenException: [
    403,
    'The request came without a signature.',
    'Check what stands between this host and AWS: a proxy may have removed it.',
  ],
  RecursiveInvocationException: [400, 'Lambda stopped a loop of functions that invoke each other.', 'Break the loop.'],
  RequestTooLargeException: [
    413,
    'The payload is larger than Lambda takes: 6 MB, with Event 1 MB.',
    'Send a reference, for example an S3 URL.',
  ],
  ResourceConflictException: [
    409,
    'The function is being changed or is not active yet.',
    'Try again when ue-aws-lambda doctor shows it as active.',
  ],
  ResourceNotFoundException: [
    404,
    'There is no such function, version or alias in this region and account.',
    'Check name, qualifier, region and account: ue-aws-lambda test, ue-aws-lambda list.',
  ],
  ResourceNotReadyException: [502, 'The function is inactive and is being set up.', 'Try again in a minute.'],
  ServiceException: [500, 'Lambda had a fault of its own.', 'Look whether the function ran; then try again.'],
  SnapStartException: [400, 'SnapStart could not restore the function.', 'Publish a new version.'],
  SnapStartNotReadyException: [409, 'SnapStart is still preparing the version.', 'Try again in some minutes.'],
  SnapStartTimeoutException: [
    408,
    'SnapStart could not restore the function in time.',
    'Try again; look at its restore hooks.',
  ],
  SubnetIPAddressLimitReachedException: [502, 'The subnets of the function have no address left.', 'Add subnets.'],
  ThrottlingException: [429, 'The account makes too many calls.', 'Call less often.'],
  TooManyRequestsException: [
    429,
    'The function or the account is at its limit of concurrent runs or of calls.',
    'Try again later; raise max_attempts, or the concurrency limit.',
  ],
  UnrecognizedClientException: [
    403,
    'The access key id does not exist or has been deleted.',
    'Check the key id; keys in the environment win over AWS_PROFILE.',
  ],
  UnsupportedMediaTypeException: [415, 'The payload’s type is not JSON.', 'Send JSON.'],
};

/** Every topic that can be explained. */
export const topics: readonly string[] = [
  ...new Set(Object.values(statuses).map(({ exitCode }) => String(exitCode))),
  ...Object.keys(statuses),
  ...Object.keys(errors),
];

/** Explains an exit code, a status or the name of an AWS error, whatever its case. */
export function explain(topic: string): readonly Explanation[] {
  const wanted = topic.toLowerCase();
  const rows = Object.entries(meanings).filter(
    ([name]) => name.toLowerCase() === wanted || String(statuses[name as Status].exitCode) === topic,
  );
  if (rows.length > 0) return rows.map(([name, row]) => ({ title: titleOf(name as Status), ...row }));
  if (wanted === 'decode_warning') return explain('SUCCESS');
  const [name, row] = Object.entries(errors).find(([known]) => known.toLowerCase() === wanted) ?? [];
  return name === undefined || row === undefined ? [] : [errorExplanation(name, row)];
}

function titleOf(status: Status): string {
  return `${status}, exit ${statuses[status].exitCode}`;
}

/** What is safe comes from the verdict that the task itself would reach. */
function errorExplanation(name: string, [httpStatus, meaning, remedy]: readonly [number, string, string]): Explanation {
  const refusal = { httpStatus, fromAws: true, name, retryAfterSeconds: null, clockSkewed: false };
  const facts = { call: 'Invoke', canExecute: true, phase: 'response', end: 'failed', code: null, name } as const;
  const rest = {
    deadline: 'wait_for_completion_timeout',
    host: '',
    proxyUrl: null,
    message: '',
    requestId: null,
  } as const;
  const { status, execution, retry } = judge({ ...facts, ...rest, refusal, attempts: 1 });
  const again =
    execution === 'unknown'
      ? 'Not before you have looked: it is not certain that the function did not run.'
      : 'Yes: the function did not run.';
  const tried = retry === 'fresh connection' ? ' The task itself tries again, up to max_attempts times.' : '';
  return { title: `${name}, HTTP ${httpStatus}: ${titleOf(status)}`, meaning, again: again + tried, remedy };
}
