import { snakeCase } from '../../formats/snake-case.ts';
import type { AccountSettings } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answer-forms.ts';

export const accountSettings: AnswerForms<AccountSettings> = {
  output: ({ limits, usage }) => ({ account_limits: snakeCase(limits), account_usage: snakeCase(usage) }),

  data: ({ statusCode, limits, usage }) => ({ statusCode, limits, usage }),

  text: ({ limits, usage }) => section('Limits', limits) + section('Usage', usage),
};

function section(title: string, numbers: Readonly<Record<string, number>>): string {
  const lines = Object.entries(numbers).map(
    ([name, value]) => `  ${name.padEnd(32)} ${value.toLocaleString('en-US')}\n`,
  );
  return `${title}\n${lines.join('')}`;
}
