import type { Report } from './actions/trigger-lambda-function/report.ts';
import type { Answer, Outcome } from './outcome/outcome.ts';
import { statuses } from './outcome/status.ts';
import { masked, maskUserInfo } from './secret.ts';
import { fieldTable } from './task/fields.gen.ts';
import { type FieldName, fieldNames, readWire } from './task/wire.ts';
import { name, version } from './version.ts';

/**
 * Makes the extension output: one JSON document, valid by schemas/extension-output.schema.json for every outcome and
 * whatever the input was.
 */
export function toOutput(raw: unknown, outcome: Outcome): string {
  return toOutputParts(raw, outcome).join('');
}

/** The same in pieces that follow each other, so that a payload of megabytes is not copied once more. */
export function toOutputParts(raw: unknown, outcome: Outcome): readonly string[] {
  const { exitCode, sentence } = statuses[outcome.status];
  const document = {
    exit_code: exitCode,
    status_description: sentence(outcome.detail),
    changed: outcome.execution === 'accepted' || outcome.execution === 'completed',
    invocation: { extension: name, version, fields: echo(raw) },
    result: {
      ...originalResult(outcome.answer),
      execution: outcome.execution,
      request_id: outcome.requestId,
      report: reportOf(outcome.answer),
      durable_execution_arn: outcome.answer?.kind === 'invoke' ? outcome.answer.durableExecutionArn : null,
      attempts: outcome.attempts,
      error: outcome.errors,
      ...listOrAccount(outcome.answer),
      payload_json: null, // stands last: see splice
    },
  };
  return splice(JSON.stringify(document, null, 2), outcome.answer);
}

const emptyTail = 'null\n  }\n}';

/** Puts the payload's own text in place of the last null, so that no number loses a digit and no key is dropped. */
function splice(text: string, answer: Answer | null): readonly string[] {
  if (answer?.kind !== 'invoke' || answer.payload === null || !answer.payloadIsJson) return [text, '\n'];
  return [text.slice(0, -emptyTail.length), answer.payload, '\n  }\n}\n'];
}

/** The five attributes of the original extension, in its order. */
function originalResult(answer: Answer | null) {
  const invoked = answer?.kind === 'invoke' ? answer : null;
  return {
    status_code: answer?.statusCode ?? null,
    log_result: invoked?.log ?? null,
    payload: invoked?.payload ?? null,
    executed_version: invoked?.executedVersion ?? null,
    function_error: invoked?.functionError ?? null,
  };
}

function reportOf(answer: Answer | null) {
  const report: Report | null = answer?.kind === 'invoke' ? answer.report : null;
  return report === null ? null : snakeCase(report);
}

function listOrAccount(answer: Answer | null) {
  switch (answer?.kind) {
    case 'functions': {
      const { functions, nextMarker } = answer;
      return { functions: functions.map(snakeCase), count: functions.length, next_marker: nextMarker };
    }
    case 'account':
      return { account_limits: snakeCase(answer.limits), account_usage: snakeCase(answer.usage) };
    default:
      return {};
  }
}

function snakeCase(value: object): Record<string, unknown> {
  const words = (key: string) => key.replace(/(?<=.)[A-Z]/g, '_$&').toLowerCase();
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [words(key), entry]));
}

/** What was asked, as far as it can be printed: unset fields are null, credentials and scripts are masked. */
function echo(raw: unknown): Record<string, unknown> {
  const fields = typeof raw === 'object' && raw !== null ? readWire(raw).fields : {};
  return Object.fromEntries(fieldNames.flatMap((field) => echoField(field, fields[field])));
}

function echoField(field: FieldName, value: unknown): [string, unknown][] {
  const shown = value === undefined ? null : masked;
  switch (fieldTable[field].kind) {
    case 'credential':
      return ['user', 'password'].map((part) => [
        `${field}_${part}`,
        partOf(value, part) === undefined ? null : masked,
      ]);
    case 'script':
      return [[field, shown]];
    default:
      return [[field, printable(value)]];
  }
}

function partOf(credential: unknown, part: string): unknown {
  return typeof credential === 'object' && credential !== null ? Reflect.get(credential, part) : credential;
}

function printable(value: unknown): unknown {
  if (typeof value === 'string') return maskUserInfo(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
