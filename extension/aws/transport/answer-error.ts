/** Thrown when an answer came, and it refuses the call or is not one of AWS. */
export class AnswerError extends Error {
  /** The AWS error's name; `Unknown` when the answer gave none. */
  override readonly name: string;
  /** Whether the answer looks like one of AWS, so that its status and name can be trusted. */
  readonly fromAws: boolean;
  /** What the body asks to wait for; the Retry-After header goes before it. */
  readonly retryAfterSeconds: number | null;

  constructor(name: string, message: string, fromAws: boolean, retryAfterSeconds: number | null = null) {
    super(message);
    this.name = name;
    this.fromAws = fromAws;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
