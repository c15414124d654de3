import { snakeCase } from '../../formats/snake-case.ts';
import type { DurableResult, DurableWait, InvokeResult } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answer-forms.ts';

export const invokeResult: AnswerForms<InvokeResult> = {
  output: ({ log, payload, executedVersion, functionError, report, durableExecutionArn, durable }) => ({
    log_result: log,
    payload: payload?.kind === 'text' ? payload.text : null,
    executed_version: executedVersion,
    function_error: functionError,
    report: report === null ? null : snakeCase(report),
    durable_execution_arn: durableExecutionArn,
    durable: durable === undefined ? null : durableOf(durable),
  }),

  /** The payload decoded; its text when it is no JSON; null when there is none. */
  data: ({ statusCode, payload }) => ({
    statusCode,
    payload: payload?.kind === 'text' ? (payload.json === null ? payload.text : payload.json.value) : null,
  }),

  text: ({ payload }) => (payload?.kind === 'text' ? `${payload.text}\n` : ''),
};

function durableOf({ name, arn, status, startedAt, endedAt, waitingFor, invocations, resumed }: DurableResult) {
  return {
    ...{ name, arn, status, started_at: timeOf(startedAt), ended_at: timeOf(endedAt) },
    waiting_for: waitingFor.map(waitOf),
    ...{ invocations, resumed },
  };
}

function waitOf({ kind, name, callbackId, until }: DurableWait) {
  return { kind, name, callback_id: callbackId, until: timeOf(until) };
}

/** ISO 8601. */
function timeOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
