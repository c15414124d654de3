import type { CallFailure, Refusal } from '../../../extension/outcome/call-failure.ts';

const base: CallFailure = {
  ...{ call: 'Invoke hello', canExecute: true, phase: 'connecting', end: 'failed' },
  ...{ deadline: 'wait_for_completion_timeout', host: 'lambda:443', proxyUrl: null, code: null, name: 'Error' },
  ...{ message: 'it broke', requestId: null, refusal: null, attempts: 1 },
};

/** An Invoke that broke off. */
export function brokenCall(over: Partial<CallFailure> = {}): CallFailure {
  return { ...base, ...over };
}

/** An Invoke that AWS refused. */
export function refusedCall(refusal: Partial<Refusal> = {}, over: Partial<CallFailure> = {}): CallFailure {
  const whole = {
    httpStatus: 400,
    fromAws: true,
    name: 'Unknown',
    retryAfterSeconds: null,
    clockSkewed: false,
    ...refusal,
  };
  return { ...base, ...{ phase: 'response', requestId: 'request-1', name: whole.name }, ...over, refusal: whole };
}
