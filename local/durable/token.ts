import { LambdaError } from '../lambda/lambda-error.ts';

/** In base64 these are `+//+`: AWS's ids hold such characters, which a client has to encode in a path. */
const PREFIX = Buffer.of(0xfb, 0xff, 0xfe);

function encode(parts: readonly unknown[]): string {
  return Buffer.concat([PREFIX, Buffer.from(JSON.stringify(parts))]).toString('base64');
}

function decode(text: string): readonly unknown[] {
  try {
    const bytes = Buffer.from(text, 'base64');
    const parts: unknown = JSON.parse(bytes.subarray(PREFIX.length).toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

export interface CheckpointToken {
  readonly arn: string;
  readonly invocationId: string;
  readonly sequence: number;
}

export function encodeCheckpointToken({ arn, invocationId, sequence }: CheckpointToken): string {
  return encode(['checkpoint', arn, invocationId, sequence]);
}

export function decodeCheckpointToken(text: string): CheckpointToken | undefined {
  const [kind, arn, invocationId, sequence] = decode(text);
  if (kind !== 'checkpoint' || typeof arn !== 'string' || typeof invocationId !== 'string') return undefined;
  return typeof sequence === 'number' ? { arn, invocationId, sequence } : undefined;
}

export interface CallbackId {
  readonly arn: string;
  readonly operationId: string;
}

export function encodeCallbackId({ arn, operationId }: CallbackId): string {
  return encode(['callback', arn, operationId]);
}

export function decodeCallbackId(text: string): CallbackId {
  const [kind, arn, operationId] = decode(text);
  if (kind === 'callback' && typeof arn === 'string' && typeof operationId === 'string') return { arn, operationId };
  throw new LambdaError(400, 'InvalidParameterValueException', 'Invalid callback id');
}
