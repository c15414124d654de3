import type { Answer } from '../http/answer.ts';

/** An operation of an API that a call asks for, before anybody looks whether it may. */
export interface Route {
  /** Its name in AWS's API, such as `GetFunction`. */
  readonly operation: string;
  /** Its name as a permission, where that is another. */
  readonly permission?: string;
  readonly resource: string;
  readonly answer: () => Answer | Promise<Answer>;
}
