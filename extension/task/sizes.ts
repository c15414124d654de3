import type { Fields } from './fields.gen.ts';

const megabyte = 2 ** 20;

/** Bytes of payload that Invoke takes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const payloadLimits: Readonly<Record<Fields['invocation_type'], number>> = {
  'Request Response': 6 * megabyte,
  Event: 1 * megabyte,
  'Dry Run': 6 * megabyte,
};

/** Bytes of base64 that the X-Amz-Client-Context header may hold, by the Invoke API reference. */
const clientContextLimit = 3583;

/** The most bytes of payload that an invocation of this type may have. */
export function payloadLimit(type: Fields['invocation_type']): number {
  return payloadLimits[type];
}

/** What is wrong with a payload of so many bytes, or null. */
export function payloadFault(bytes: number, type: Fields['invocation_type'] = 'Request Response'): string | null {
  const limit = payloadLimits[type];
  return bytes > limit ? `has ${count(bytes)} bytes; AWS Lambda takes at most ${count(limit)} with ${type}` : null;
}

/** What is wrong with a client context of so many bytes before it is encoded, or null. */
export function clientContextFault(bytes: number): string | null {
  const encoded = Math.ceil(bytes / 3) * 4;
  if (encoded <= clientContextLimit) return null;
  return `has ${count(encoded)} bytes when base64-encoded; AWS Lambda takes at most ${count(clientContextLimit)}`;
}

/** What is wrong with a callback's result or error of so many bytes, or null. */
export function callbackFault(bytes: number): string | null {
  return bytes > megabyte ? `has ${count(bytes)} bytes; AWS Lambda takes at most ${count(megabyte)}` : null;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
