/** Thrown when the stream of an answer is broken, or ends with an error of AWS. */
export class StreamError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
  }
}
