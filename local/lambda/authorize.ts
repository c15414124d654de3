import type { Signer } from '../auth/signature.ts';
import { LambdaError } from './lambda-error.ts';

/** Refuses who may do nothing, in the words of IAM. */
export function authorize({ principal }: Signer, action: string, resource: string): void {
  if (principal.mayDoEverything) return;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  throw new LambdaError(403, 'AccessDeniedException', message);
}

/** A part of a path without its percent-encoding; one that is no such encoding stays as it is. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
