import type { Answer, AnswerKind, AnswerOf } from '../outcome/answer.ts';
import type { AnswerForms } from './answer-forms.ts';
import { checkResult } from './check/answer.ts';
import { functionList } from './list-functions/answer.ts';
import { callbackAnswered } from './send-callback/answer.ts';
import { accountSettings } from './test-connection/answer.ts';
import { invokeResult } from './trigger-lambda-function/answer.ts';

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
