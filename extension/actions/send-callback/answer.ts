import type { CallbackAnswered } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answers.ts';

export const callbackAnswered: AnswerForms<CallbackAnswered> = {
  output: () => ({}),
  data: ({ statusCode }) => ({ statusCode }),
  text: () => '',
};
