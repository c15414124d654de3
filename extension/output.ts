import { formsOf } from './actions/answers.ts';
import type { Answer } from './outcome/answer.ts';
import type { Outcome } from './outcome/outcome.ts';
import { statuses } from './outcome/status.ts';
import { masked, maskUserInfo } from './secret.ts';
import { fieldTable } from './task/fields.gen.ts';
import { type FieldName, fieldNames, readWire } from './task/wire.ts';
import { name, version } from './version.ts';

/**
 * Makes the extension output: one JSON document, valid by schemas/extension-output.schema.json for every outcome
 * and every input.
 */
export function toOutput(raw: unknown, outcome: Outcome): string {
  return toOutputParts(raw, outcome).join('');
}

/** The same in pieces that follow each other, so that a payload of megabytes is not copied once more. */
export function toOutputParts(raw: unknown, outcome: Outcome): readonly string[] {
  const { exitCode, sentence } = statuses[outcome.status];
  const { answer } = outcome;
  const document = {
    exit_code: exitCode,
    status_description: sentence(outcome.detail),
    changed: outcome.execution === 'accepted' || outcome.execution === 'completed',
    invocation: { extension: name, version, fields: echo(outcome.fields ?? wireFields(raw)) },
    result: {
      ...emptyResult,
      status_code: answer?.statusCode ?? null,
      execution: outcome.execution,
      request_id: outcome.requestId,
      trace_id: outcome.traceId ?? null,
      attempts: outcome.attempts,
      error: outcome.errors,
      ...(answer !== null && formsOf(answer).output(answer)),
      payload_json: null, // the last: see splice
    },
  };
  return splice(JSON.stringify(document, null, 2), answer);
}

/** The attributes of every result, in order; the first five are those of the original extension. */
const emptyResult = {
  status_code: null,
  log_result: null,
  payload: null,
  executed_version: null,
  function_error: null,
  execution: null,
  request_id: null,
  trace_id: null,
  report: null,
  durable_execution_arn: null,
  durable: null,
  attempts: 0,
  error: null,
  payload_saved: null,
  log_complete: null,
};

const emptyTail = 'null\n  }\n}';

/** Puts the payload's own text in place of the last null, so that no number loses a digit and no key is dropped. */
function splice(text: string, answer: Answer | null): readonly string[] {
  const payload = answer?.kind === 'invoke' && answer.payload?.kind === 'text' ? answer.payload : null;
  if (payload === null || payload.json === null) return [text, '\n'];
  return [text.slice(0, -emptyTail.length), payload.text, '\n  }\n}\n'];
}

function wireFields(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null ? readWire(raw).fields : {};
}

/** What was asked, as far as it can be printed: unset fields are null, credentials and scripts are masked. */
function echo(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  unsetFields ??= Object.fromEntries(fieldNames.flatMap((field) => echoField(field, undefined)));
  const echoed: Record<string, unknown> = { ...unsetFields };
  for (const [field, value] of Object.entries(fields)) {
    for (const [key, shown] of echoField(field as FieldName, value)) echoed[key] = shown;
  }
  return echoed;
}

/** In the order of the schema, made by the first task that ends. Most fields of a task are unset. */
let unsetFields: Readonly<Record<string, unknown>> | undefined;

function echoField(field: FieldName, value: unknown): [string, unknown][] {
  switch (fieldTable[field].kind) {
    case 'credential':
      return ['user', 'password'].map((part) => [`${field}_${part}`, isSet(value, part) ? masked : null]);
    case 'script':
      return [[field, value === undefined ? null : masked]];
    case 'choice':
    case 'text':
    case 'boolean':
    case 'integer':
      return [[field, printable(value)]];
  }
}

/** A reference to credentials counts as both parts. */
function isSet(credential: unknown, part: string): boolean {
  if (typeof credential !== 'object' || credential === null) return credential !== undefined;
  return Reflect.get(credential, part) !== undefined || Reflect.get(credential, 'from') !== undefined;
}

function printable(value: unknown): unknown {
  if (typeof value === 'string') return maskUserInfo(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
