import { CallError } from '../../outcome/call-failure.ts';
import { judge } from '../../outcome/verdict.ts';

/**
 * What a read that failed says to one who waits. `passing`: throttling, a broken connection, a fault of AWS; `missing`:
 * not there, or not yet; `denied`: credentials or permissions; `refused`: every other read would be refused as well.
 */
export type ReadFault = 'passing' | 'missing' | 'denied' | 'refused';

export function readFaultOf(error: unknown): ReadFault {
  // Credentials that a file or the environment names may be in the middle of their renewal.
  if (!(error instanceof CallError)) return isValidation(error) ? 'denied' : 'refused';
  const { refusal, name } = error.failure;
  const { status } = judge(error.failure);
  if (status === 'AUTHENTICATION_ERROR' || status === 'AUTHORIZATION_ERROR') return 'denied';
  if (refusal === null || !refusal.fromAws) return 'passing';
  if (name.startsWith('KMS')) return 'denied';
  if (refusal.httpStatus === 404) return 'missing';
  const passing = refusal.httpStatus === 429 || refusal.httpStatus === 408 || refusal.httpStatus >= 500;
  return passing || name.startsWith('Throttling') ? 'passing' : 'refused';
}

/** Milliseconds that the answer asks to wait for. */
export function retryAfter(error: unknown): number {
  return error instanceof CallError ? (error.failure.refusal?.retryAfterSeconds ?? 0) * 1000 : 0;
}

function isValidation(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationError';
}
