import type { Answer } from '../http/answer.ts';

/** Error thrown when a call is refused; it becomes an answer in the shape of the Lambda API. */
export class LambdaError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(status: number, name: string, message: string) {
    super(message);
    this.status = status;
    this.name = name;
  }
}

export function validationError(value: string, member: string, constraint: string): LambdaError {
  const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return new LambdaError(400, 'ValidationException', message);
}

/** Writes an error as Lambda does. Refused signatures and permissions come from the gate before it, in another shape. */
export function toLambdaAnswer({ status, name, message }: LambdaError): Answer {
  const body =
    name === 'AccessDeniedException'
      ? { Message: message }
      : status === 403
        ? { message }
        : { Type: status < 500 ? 'User' : 'Service', Message: message };
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
    body: JSON.stringify(body),
  };
}
