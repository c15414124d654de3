/** One rule that the input breaks. `field` is null when the input as a whole is wrong. */
export interface Violation {
  readonly field: string | null;
  readonly message: string;
}

/** Thrown when the input breaks a rule: nothing was sent. Carries every violation found, not only the first. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(violations.map(({ field, message }) => (field === null ? message : `${field}: ${message}`)).join('\n'));
    this.violations = violations;
  }
}

/** Thrown when the task is cancelled before its first call. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}
