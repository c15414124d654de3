import type { CallbackAnswered } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answer-forms.ts';

export const callbackAnswered: AnswerForms<CallbackAnswered> = {
  output: () => ({}),
  data: ({ statusCode }) => ({ statusCode }),
  text: () => '',
};
