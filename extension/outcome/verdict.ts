import type { Execution } from './outcome.ts';
import type { Status } from './status.ts';

/**
 * How far a call came, in this order. Nothing of a request has left before `ready`, so a call that ended earlier was
 * certainly not executed. `proxy` lasts from the first step towards the proxy to its answer to CONNECT, `tunnel` is
 * the TLS handshake with the target through it, `tls` the same without a proxy.
 */
export const phases = ['idle', 'connecting', 'proxy', 'tunnel', 'tls', 'ready', 'response'] as const;
export type Phase = (typeof phases)[number];

/** An answer that refused the call, as far as it can be trusted. */
export interface Refusal {
  readonly httpStatus: number;
  /** False when the answer does not look like one of AWS: a proxy's page, a captive portal, a wrong endpoint. */
  readonly fromAws: boolean;
  /** The AWS error's name; `Unknown` when it gave none. */
  readonly name: string;
  readonly retryAfterSeconds: number | null;
  /** Whether the answer's Date lies so far from this host's clock that AWS refuses signatures (5 minutes). */
  readonly clockSkewed: boolean;
}

/** A call that did not bring a whole answer, as plain facts. */
export interface CallFailure {
  readonly call: string;
  /** Whether this call can run a function: Invoke, unless it is a Dry Run. */
  readonly canExecute: boolean;
  readonly phase: Phase;
  readonly end: 'failed' | 'timed out' | 'cancelled';
  /** The field whose time limit holds from the request sent to the last byte of the answer. */
  readonly deadline: 'connect_timeout' | 'wait_for_completion_timeout';
  /** Host and port of the AWS endpoint. */
  readonly host: string;
  /** The proxy's URL without credentials, when the call went through one. */
  readonly proxyUrl: string | null;
  /** The first error code found from the error down its causes, such as ECONNREFUSED. */
  readonly code: string | null;
  readonly name: string;
  /** Masked. */
  readonly message: string;
  readonly requestId: string | null;
  readonly refusal: Refusal | null;
  readonly attempts: number;
}

export interface Verdict {
  readonly status: Status;
  readonly execution: Execution;
  /** Whether another attempt is allowed: `corrected clock` is the one retry after a clock skew. */
  readonly retry: 'never' | 'fresh connection' | 'corrected clock';
}

/** Judges a failed call: the one table of status, execution and retry. */
export function judge(failure: CallFailure): Verdict {
  const verdict = failure.refusal === null ? judgeBreak(failure) : judgeRefusal(failure.refusal);
  if (failure.canExecute) return verdict;
  // A call without side effect may be repeated, except that a second wait would double the user's deadline.
  const transient = verdict.execution === 'unknown' && verdict.status !== 'AUTHENTICATION_ERROR';
  const repeatable = failure.end === 'failed' && transient;
  return { ...verdict, execution: 'not_started', retry: repeatable ? 'fresh connection' : verdict.retry };
}

function judgeBreak({ phase, end, code, name, deadline }: CallFailure): Verdict {
  const sent = phases.indexOf(phase) >= phases.indexOf('ready');
  const execution = sent ? 'unknown' : 'not_started';
  if (end === 'cancelled') return { status: 'CANCELLED', execution, retry: 'never' };
  if (credentialNames.has(name)) return { status: 'AUTHENTICATION_ERROR', execution, retry: 'never' };
  if (sent) {
    const late = end === 'timed out' && deadline === 'wait_for_completion_timeout';
    return { status: late ? 'READ_TIMEOUT_ERROR' : 'CONNECTION_ERROR', execution, retry: 'never' };
  }
  const status = phase === 'proxy' ? 'PROXY_CONNECTION_ERROR' : 'CONNECTION_ERROR';
  return { status, execution, retry: isLasting(code) ? 'never' : 'fresh connection' };
}

function judgeRefusal({ httpStatus, fromAws, name, clockSkewed }: Refusal): Verdict {
  if (httpStatus === 407) return { status: 'PROXY_CONNECTION_ERROR', execution: 'not_started', retry: 'never' };
  if (!fromAws) return { status: 'CONNECTION_ERROR', execution: 'unknown', retry: 'never' };
  const row = (status: Status): Verdict => ({ status, execution: 'not_started', retry: 'never' });
  if (signatureNames.has(name)) {
    return { ...row('AUTHENTICATION_ERROR'), retry: clockSkewed ? 'corrected clock' : 'never' };
  }
  if (authenticationNames.has(name)) return row('AUTHENTICATION_ERROR');
  if (authorizationNames.has(name)) return row('AUTHORIZATION_ERROR');
  if (httpStatus === 403 && name === 'Unknown') return row('AUTHORIZATION_ERROR');
  if (httpStatus === 429 || name.startsWith('Throttling') || name === 'RequestLimitExceeded') {
    return { ...row('FAIL'), retry: 'fresh connection' };
  }
  if (refusedBeforeHandler.has(name) || refusingStatuses.has(httpStatus)) return row('FAIL');
  return { status: 'FAIL', execution: 'unknown', retry: 'never' };
}

/** Certificate and protocol faults, and a proxy's own refusals: another attempt would meet the same. */
export function isLasting(code: string | null): boolean {
  return code !== null && (isCertificateCode(code) || /^ERR_(SSL|TLS)_/.test(code) || lastingCodes.has(code));
}

/** Codes of OpenSSL's certificate verification, as Node names them. */
export function isCertificateCode(code: string): boolean {
  return /CERT|^UNABLE_TO_|ALTNAME|^HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)|^CRL_/.test(code);
}

const lastingCodes = new Set([
  'EPROTO',
  'ERR_INVALID_URL',
  'PROXY_AUTHENTICATION_REQUIRED',
  'PROXY_NOT_HTTP',
  'PROXY_REFUSED',
]);

/** How the credential providers say that they have nothing to offer. */
const credentialNames = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** A wrong clock brings these, as a wrong secret does. The AWS client then shifts its clock, so one retry can succeed. */
const signatureNames = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

const authenticationNames = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotSignedUp',
  'UnrecognizedClientException',
]);

/** The caller's own permissions only: EFSMountFailure and the like are 403 too, and concern the function's role. */
const authorizationNames = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'NotAuthorized',
  'OptInRequired',
  'UnauthorizedOperation',
]);

/** With an AWS error body, these statuses mean that the request itself was turned down. */
const refusingStatuses = new Set([400, 401, 402, 403, 404, 405, 409, 411, 413, 414, 415, 422, 431]);

/**
 * Errors of Invoke whose status alone does not tell (408 and 502), but whose documentation says that the handler was
 * not reached. 410 EFSIOException is left out: it can arise while code reads or writes.
 */
const refusedBeforeHandler = new Set([
  'EC2AccessDeniedException',
  'EC2ThrottledException',
  'EC2UnexpectedException',
  'EFSMountConnectivityException',
  'EFSMountTimeoutException',
  'ENILimitReachedException',
  'ENINotReadyException',
  'InvalidRuntimeException',
  'InvalidSecurityGroupIDException',
  'InvalidSubnetIDException',
  'InvalidZipFileException',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'ResourceNotReadyException',
  'S3FilesMountConnectivityException',
  'S3FilesMountTimeoutException',
  'SnapStartTimeoutException',
  'SubnetIPAddressLimitReachedException',
]);
