import { describe, expect, test } from '@jest/globals';
import { type CallFailure, type Phase, phases, type Refusal } from '../../extension/outcome/call-failure.ts';
import { isLasting, judge } from '../../extension/outcome/verdict.ts';
import { brokenCall, refusedCall } from './support/failures.ts';

/** Status, execution and retry of an Invoke. */
type Row = readonly [string, Partial<CallFailure>, string];

const said = (failure: CallFailure) => Object.values(judge(failure)).join(', ');

describe('an Invoke that broke off', () => {
  const early: readonly Phase[] = ['idle', 'connecting', 'proxy', 'tunnel', 'tls'];
  const late: readonly Phase[] = ['ready', 'response'];
  const connection = (phase: Phase) => (phase === 'proxy' ? 'PROXY_CONNECTION_ERROR' : 'CONNECTION_ERROR');
  const rows: readonly Row[] = [
    ...early.flatMap((phase): Row[] => [
      [`${phase}: failed`, { phase, code: 'ECONNRESET' }, `${connection(phase)}, not_started, fresh connection`],
      [`${phase}: without a code`, { phase }, `${connection(phase)}, not_started, fresh connection`],
      [`${phase}: lasting`, { phase, code: 'EPROTO' }, `${connection(phase)}, not_started, never`],
      [`${phase}: too late`, { phase, end: 'timed out' }, `${connection(phase)}, not_started, fresh connection`],
      [`${phase}: cancelled`, { phase, end: 'cancelled' }, 'CANCELLED, not_started, never'],
    ]),
    ...late.flatMap((phase): Row[] => [
      [`${phase}: failed`, { phase, code: 'ECONNRESET' }, 'CONNECTION_ERROR, unknown, never'],
      [`${phase}: too late`, { phase, end: 'timed out' }, 'READ_TIMEOUT_ERROR, unknown, never'],
      [
        `${phase}: too late for connect_timeout`,
        { phase, end: 'timed out', deadline: 'connect_timeout' },
        'CONNECTION_ERROR, unknown, never',
      ],
      [`${phase}: cancelled`, { phase, end: 'cancelled' }, 'CANCELLED, unknown, never'],
    ]),
    ...['CredentialsProviderError', 'TokenProviderError'].flatMap((name): Row[] => [
      [name, { name, phase: 'idle' }, 'AUTHENTICATION_ERROR, not_started, never'],
      [`${name} after a request`, { name, phase: 'ready' }, 'AUTHENTICATION_ERROR, unknown, never'],
      [`a cancel, as ${name}`, { name, end: 'cancelled', phase: 'idle' }, 'CANCELLED, not_started, never'],
    ]),
  ];
  test.each(rows)('%s', (_name, over, verdict) => {
    expect(said(brokenCall(over))).toBe(verdict);
  });
});

test('the phases are in the order in which a call passes them', () => {
  expect(phases).toEqual(['idle', 'connecting', 'proxy', 'tunnel', 'tls', 'ready', 'response']);
});

const names = (text: string) => text.trim().split(/\s+/);

/** Errors by what they mean, with a status that they come with. */
const refusals: readonly [string, number, readonly string[]][] = [
  [
    'AUTHENTICATION_ERROR, not_started, never',
    403,
    names(`InvalidSignatureException RequestExpired RequestInTheFuture RequestTimeTooSkewed SignatureDoesNotMatch
      AuthFailure ExpiredToken ExpiredTokenException IncompleteSignature IncompleteSignatureException InvalidAccessKeyId
      InvalidClientTokenId InvalidToken MissingAuthenticationToken MissingAuthenticationTokenException NotSignedUp
      UnrecognizedClientException`),
  ],
  [
    'AUTHORIZATION_ERROR, not_started, never',
    403,
    names('AccessDenied AccessDeniedException NotAuthorized OptInRequired UnauthorizedOperation Unknown'),
  ],
  ['FAIL, not_started, fresh connection', 429, names('TooManyRequestsException Unknown')],
  [
    'FAIL, not_started, fresh connection',
    400,
    names('Throttling ThrottlingException ThrottlingX RequestLimitExceeded'),
  ],
  ['FAIL, not_started, never', 400, names('InvalidRequestContentException Unknown XThrottling')],
  ['FAIL, not_started, never', 403, names('EFSMountFailureException S3FilesMountFailureException')],
  ...[401, 402, 404, 405, 409, 411, 413, 414, 415, 422, 431].map((status): [string, number, readonly string[]] => [
    'FAIL, not_started, never',
    status,
    ['Unknown', 'SomeException'],
  ]),
  [
    'FAIL, not_started, never',
    408,
    names(`EFSMountConnectivityException EFSMountTimeoutException S3FilesMountConnectivityException
      S3FilesMountTimeoutException SnapStartTimeoutException`),
  ],
  [
    'FAIL, not_started, never',
    502,
    names(`EC2AccessDeniedException EC2ThrottledException EC2UnexpectedException ENILimitReachedException
      ENINotReadyException InvalidRuntimeException InvalidSecurityGroupIDException InvalidSubnetIDException
      InvalidZipFileException KMSAccessDeniedException KMSDisabledException KMSInvalidStateException
      KMSNotFoundException ResourceNotReadyException SubnetIPAddressLimitReachedException`),
  ],
  // A status alone that says nothing, and names that do not go with their status.
  ...[399, 406, 408, 410, 418, 424, 500, 502, 503, 504].map((status): [string, number, readonly string[]] => [
    'FAIL, unknown, never',
    status,
    ['Unknown', 'SomeException', ...(status === 502 ? [] : ['EC2ThrottledException'])],
  ]),
  ['FAIL, unknown, never', 500, names('AccessDenied ExpiredToken InvalidSignatureException ThrottlingException')],
  ['FAIL, unknown, never', 399, names('AccessDenied ExpiredToken InvalidSignatureException ThrottlingException')],
];

describe('an Invoke that is refused', () => {
  test.each(refusals.flatMap(([verdict, status, all]) => all.map((name) => [status, name, verdict] as const)))(
    '%i %s',
    (httpStatus, name, verdict) => {
      expect(said(refusedCall({ httpStatus, name }))).toBe(verdict);
    },
  );

  test.each<[string, Partial<Refusal>, string | null, string]>([
    ['a wrong clock', { name: 'SignatureDoesNotMatch', httpStatus: 403, clockSkewed: true }, null, 'corrected clock'],
    [
      'a wrong clock, for a key that is wrong',
      { name: 'InvalidToken', httpStatus: 403, clockSkewed: true },
      null,
      'never',
    ],
  ])('%s', (_name, refusal, proxyUrl, retry) => {
    expect(judge(refusedCall(refusal, { proxyUrl }))).toEqual({
      ...{ status: 'AUTHENTICATION_ERROR', execution: 'not_started', retry },
    });
  });

  test.each<[string, Partial<Refusal>, string | null, string]>([
    ['by a proxy', { httpStatus: 407, fromAws: false }, 'http://proxy', 'PROXY_CONNECTION_ERROR, not_started, never'],
    ['with 407, and no proxy', { httpStatus: 407, fromAws: false }, null, 'CONNECTION_ERROR, unknown, never'],
    ['by a page', { httpStatus: 403, fromAws: false }, 'http://proxy', 'CONNECTION_ERROR, unknown, never'],
  ])('%s', (_name, refusal, proxyUrl, verdict) => {
    expect(said(refusedCall(refusal, { proxyUrl }))).toBe(verdict);
  });
});

describe('a call that cannot run a function', () => {
  test.each<[string, CallFailure, string]>([
    ['is repeated', brokenCall({ phase: 'ready' }), 'CONNECTION_ERROR, not_started, fresh connection'],
    ['is repeated after a fault of AWS', refusedCall({ httpStatus: 500 }), 'FAIL, not_started, fresh connection'],
    [
      'is not waited for twice',
      brokenCall({ phase: 'ready', end: 'timed out' }),
      'READ_TIMEOUT_ERROR, not_started, never',
    ],
    [
      'is not repeated after a cancel',
      brokenCall({ phase: 'ready', end: 'cancelled' }),
      'CANCELLED, not_started, never',
    ],
    [
      'is repeated when it could not connect',
      brokenCall({ phase: 'tls' }),
      'CONNECTION_ERROR, not_started, fresh connection',
    ],
    ['is not repeated when it was refused', refusedCall({ httpStatus: 404 }), 'FAIL, not_started, never'],
    [
      'is not repeated without keys',
      brokenCall({ phase: 'ready', name: 'CredentialsProviderError' }),
      'AUTHENTICATION_ERROR, not_started, never',
    ],
  ])('%s', (_name, failure, verdict) => {
    expect(said({ ...failure, canExecute: false })).toBe(verdict);
  });
});

describe('another attempt', () => {
  test.each(
    names(`EPROTO ERR_INVALID_URL HPE_HEADER_OVERFLOW PROXY_AUTHENTICATION_REQUIRED PROXY_NOT_HTTP PROXY_REFUSED
      ERR_SSL_WRONG_VERSION_NUMBER ERR_TLS_CERT_ALTNAME_INVALID CERT_HAS_EXPIRED UNABLE_TO_GET_ISSUER_CERT
      DEPTH_ZERO_SELF_SIGNED_CERT HOSTNAME_MISMATCH INVALID_CA INVALID_PURPOSE CRL_HAS_EXPIRED X_ALTNAME`),
  )('does not help with %s', (code) => {
    expect(isLasting(code)).toBe(true);
  });

  test.each(
    names(`ECONNREFUSED ECONNRESET ENOTFOUND EAI_AGAIN PROXY_UNAVAILABLE PROXY_CLOSED X_ERR_SSL_Y X_UNABLE_TO_Y
      X_HOSTNAME_MISMATCH X_INVALID_CA X_CRL_Y INVALID_X`),
  )('may help with %s', (code) => {
    expect(isLasting(code)).toBe(false);
  });

  test('may help when there is no code', () => {
    expect(isLasting(null)).toBe(false);
  });
});
