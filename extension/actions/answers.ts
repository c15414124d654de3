import type { Answer, AnswerKind, AnswerOf } from '../outcome/answer.ts';
import { checkResult } from './check/answer.ts';
import { functionList } from './list-functions/answer.ts';
import { callbackAnswered } from './send-callback/answer.ts';
import { accountSettings } from './test-connection/answer.ts';
import { invokeResult } from './trigger-lambda-function/answer.ts';

/** The forms in which an answer is given. */
export interface AnswerForms<A> {
  /** What the answer adds to `result` of the extension output, beyond the attributes that every result has. */
  output(answer: A): Record<string, unknown>;
  /** The connector's `data`. */
  data(answer: A): Readonly<Record<string, unknown>>;
  /** Plain text for a terminal, each line ended; empty when there is nothing to print. */
  text(answer: A): string;
}

const forms: { readonly [K in AnswerKind]: AnswerForms<AnswerOf<K>> } = {
  invoke: invokeResult,
  functions: functionList,
  account: accountSettings,
  check: checkResult,
  callback: callbackAnswered,
};

export function formsOf(answer: Answer): AnswerForms<Answer> {
  return forms[answer.kind] as AnswerForms<Answer>;
}
