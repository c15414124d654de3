import { type CallFailure, phases, type Refusal } from './call-failure.ts';
import type { Execution } from './outcome.ts';
import type { Status } from './status.ts';

export interface Verdict {
  readonly status: Status;
  readonly execution: Execution;
  /** Whether another attempt is allowed: `corrected clock` is the one retry after a clock skew. */
  readonly retry: 'never' | 'fresh connection' | 'corrected clock';
}

/** Judges a failed call: the one table of status, execution and retry. It judges this call alone, not the task. */
export function judge(failure: CallFailure): Verdict {
  const verdict = failure.refusal === null ? judgeBreak(failure) : judgeRefusal(failure.refusal, failure.proxyUrl);
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

function judgeRefusal({ httpStatus, fromAws, name, clockSkewed }: Refusal, proxyUrl: string | null): Verdict {
  const row = (status: Status): Verdict => ({ status, execution: 'not_started', retry: 'never' });
  if (httpStatus === 407 && proxyUrl !== null) return row('PROXY_CONNECTION_ERROR');
  if (!fromAws) return { status: 'CONNECTION_ERROR', execution: 'unknown', retry: 'never' };
  // A name proves a refusal only with a status that goes with it: any server can put any name on any answer.
  const refused = httpStatus >= 400 && httpStatus < 500;
  if (refused && signatureNames.has(name)) {
    return { ...row('AUTHENTICATION_ERROR'), retry: clockSkewed ? 'corrected clock' : 'never' };
  }
  if (refused && authenticationNames.has(name)) return row('AUTHENTICATION_ERROR');
  if (refused && authorizationNames.has(name)) return row('AUTHORIZATION_ERROR');
  if (httpStatus === 403 && name === 'Unknown') return row('AUTHORIZATION_ERROR');
  if (httpStatus === 429 || (refused && isThrottle(name))) return { ...row('FAIL'), retry: 'fresh connection' };
  if (refusingStatuses.has(httpStatus) || refusedBeforeHandler[httpStatus]?.has(name)) return row('FAIL');
  return { status: 'FAIL', execution: 'unknown', retry: 'never' };
}

function isThrottle(name: string): boolean {
  return name.startsWith('Throttling') || name === 'RequestLimitExceeded';
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
  'HPE_HEADER_OVERFLOW',
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
 * Errors of Invoke, by status, whose status alone proves nothing, but whose documentation says that the handler was not
 * reached. 410 EFSIOException is left out: it can arise while code reads or writes.
 */
const refusedBeforeHandler: Readonly<Record<number, ReadonlySet<string>>> = {
  408: new Set([
    'EFSMountConnectivityException',
    'EFSMountTimeoutException',
    'S3FilesMountConnectivityException',
    'S3FilesMountTimeoutException',
    'SnapStartTimeoutException',
  ]),
  502: new Set([
    'EC2AccessDeniedException',
    'EC2ThrottledException',
    'EC2UnexpectedException',
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
    'SubnetIPAddressLimitReachedException',
  ]),
};
