/** Why a request's signature was refused. The two services name and write the same reason in their own ways. */
export type SignatureRefusal = 'missing' | 'incomplete' | 'unknown' | 'expired' | 'mismatch';

/** Error thrown when a request is not signed by someone known; `reason` picks the name in the service's answer. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly reason: SignatureRefusal;

  constructor(reason: SignatureRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

interface Refusal {
  readonly status: number;
  readonly name: string;
}

/** The names that Lambda gives to the reasons. */
export const LAMBDA_REFUSALS: Readonly<Record<SignatureRefusal, Refusal>> = {
  missing: { status: 403, name: 'MissingAuthenticationTokenException' },
  incomplete: { status: 403, name: 'IncompleteSignatureException' },
  unknown: { status: 403, name: 'UnrecognizedClientException' },
  expired: { status: 403, name: 'ExpiredTokenException' },
  mismatch: { status: 403, name: 'InvalidSignatureException' },
};

/** The names that STS gives to the reasons. */
export const STS_REFUSALS: Readonly<Record<SignatureRefusal, Refusal>> = {
  missing: { status: 403, name: 'MissingAuthenticationToken' },
  incomplete: { status: 400, name: 'IncompleteSignature' },
  unknown: { status: 403, name: 'InvalidClientTokenId' },
  expired: { status: 403, name: 'ExpiredToken' },
  mismatch: { status: 403, name: 'SignatureDoesNotMatch' },
};
