/** The forms in which an answer is given. */
export interface AnswerForms<A> {
  /** What the answer adds to `result` of the extension output, beyond the attributes that every result has. */
  output(answer: A): Record<string, unknown>;
  /** The connector's `data`. */
  data(answer: A): Readonly<Record<string, unknown>>;
  /** Plain text for a terminal, each line ended; empty when there is nothing to print. */
  text(answer: A): string;
}
