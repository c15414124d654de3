/** Thrown when the words of a command cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
