import { snakeCase } from '../../formats/snake-case.ts';
import type { DurableResult, DurableWait, InvokeResult, SavedPayload } from '../../outcome/answer.ts';
import type { AnswerForms } from '../answer-forms.ts';

export const invokeResult: AnswerForms<InvokeResult> = {
  output: ({ log, logComplete, payload, executedVersion, functionError, report, durableExecutionArn, durable }) => ({
    log_result: log,
    log_complete: logComplete ?? null,
    payload: payload?.kind === 'text' ? payload.text : null,
    executed_version: executedVersion,
    function_error: functionError,
    report: report === null ? null : snakeCase(report),
    durable_execution_arn: durableExecutionArn,
    payload_saved: payload?.kind === 'saved' ? savedOf(payload) : null,
    durable: durable === undefined ? null : durableOf(durable),
  }),

  /** The payload decoded; its text when it is no JSON; null when there is none. */
  data: ({ statusCode, payload }) => ({
    statusCode,
    payload: payload?.kind === 'text' ? (payload.json === null ? payload.text : payload.json.value) : null,
  }),

  text: ({ payload }) => (payload?.kind === 'text' ? `${payload.text}\n` : ''),
};

function savedOf({ path, bytes, sha256, isJson }: SavedPayload) {
  return { path, bytes, sha256, json: isJson };
}

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
