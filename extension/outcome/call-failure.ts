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

/** The field whose time limit holds from the request sent to the last byte of the answer. */
export type AnswerDeadline = 'connect_timeout' | 'wait_for_completion_timeout';

/** A call that did not bring a whole answer, as plain facts. */
export interface CallFailure {
  readonly call: string;
  /** Whether this call can run a function: Invoke, unless it is a Dry Run. */
  readonly canExecute: boolean;
  readonly phase: Phase;
  readonly end: 'failed' | 'timed out' | 'cancelled';
  readonly deadline: AnswerDeadline;
  /** Host and port of the AWS endpoint. */
  readonly host: string;
  /** The proxy's URL without credentials, when the call went through one. */
  readonly proxyUrl: string | null;
  /** The first error code found from the error down its causes, such as ECONNREFUSED. */
  readonly code: string | null;
  readonly name: string;
  /** Masked, printable, of bounded length. */
  readonly message: string;
  readonly requestId: string | null;
  readonly refusal: Refusal | null;
  readonly attempts: number;
}

/** Thrown when a call to AWS was refused or broke off. Carries what is known of it as plain facts. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly failure: CallFailure;

  constructor(failure: CallFailure, cause: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}
