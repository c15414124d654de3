import { snakeCase } from '../../formats/snake-case.ts';
import type { InvokeResult } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answer-forms.ts';

export const invokeResult: AnswerForms<InvokeResult> = {
  output: ({ log, payload, executedVersion, functionError, report, durableExecutionArn }) => ({
    log_result: log,
    payload: payload?.kind === 'text' ? payload.text : null,
    executed_version: executedVersion,
    function_error: functionError,
    report: report === null ? null : snakeCase(report),
    durable_execution_arn: durableExecutionArn,
  }),

  /** The payload decoded; its text when it is no JSON; null when there is none. */
  data: ({ statusCode, payload }) => ({
    statusCode,
    payload: payload?.kind === 'text' ? (payload.json === null ? payload.text : payload.json.value) : null,
  }),

  text: ({ payload }) => (payload?.kind === 'text' ? `${payload.text}\n` : ''),
};
