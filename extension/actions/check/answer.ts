import type { CheckResult } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answer-forms.ts';

export const checkResult: AnswerForms<CheckResult> = {
  output: ({ call, sources }) => ({
    check: { call, region: sources.region, endpoint: sources.endpoint, credentials: sources.credentials },
  }),

  data: ({ call, sources }) => ({ call, ...sources }),

  text: ({ call, sources }) =>
    `Would call  ${call}\nRegion      from ${sources.region}\nEndpoint    ${sources.endpoint}\nCredentials from ${sources.credentials}\n`,
};
