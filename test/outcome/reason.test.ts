import { expect, test } from '@jest/globals';
import type { CallFailure } from '../../extension/outcome/call-failure.ts';
import { reasonOf } from '../../extension/outcome/reason.ts';

const timedOut: CallFailure = {
  ...{ call: 'Invoke', canExecute: true, phase: 'ready', end: 'timed out', deadline: 'wait_for_completion_timeout' },
  ...{ host: 'lambda.example:443', proxyUrl: null, code: null, name: 'TimeoutError', message: 'too late' },
  ...{ requestId: null, refusal: null, attempts: 1 },
};

/** What was not in time, and the field whose limit it was. */
test.each<[CallFailure['phase'], string]>([
  ['idle', 'lambda.example:443 was not reached in time (connect_timeout)'],
  ['connecting', 'lambda.example:443 was not reached in time (connect_timeout)'],
  ['tls', 'lambda.example:443 did not finish the TLS handshake in time (connect_timeout)'],
  ['ready', 'lambda.example:443 sent no answer in time (wait_for_completion_timeout)'],
  ['response', 'lambda.example:443 did not finish its answer in time (wait_for_completion_timeout)'],
])('a timeout in phase %s', (phase, reason) => {
  expect(reasonOf({ ...timedOut, phase })).toBe(`Invoke: ${reason}`);
});
