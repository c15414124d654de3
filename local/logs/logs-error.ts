import type { SignatureRefusal } from '../auth/signature-error.ts';
import type { Answer } from '../http/answer.ts';

/** Error thrown when CloudWatch Logs refuses a call; it becomes an answer of the JSON 1.1 protocol. */
export class LogsError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export function invalidParameter(message: string): LogsError {
  return new LogsError('InvalidParameterException', message);
}

/** The names that CloudWatch Logs gives to the reasons for which a signature is refused. */
export const LOGS_REFUSALS: Readonly<Record<SignatureRefusal, string>> = {
  missing: 'MissingAuthenticationTokenException',
  incomplete: 'IncompleteSignatureException',
  unknown: 'UnrecognizedClientException',
  expired: 'ExpiredTokenException',
  mismatch: 'InvalidSignatureException',
};

export function toLogsAnswer({ status, name, message }: LogsError): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ __type: name, message }),
  };
}
