import { printable } from '../../../formats/printable.ts';
import type { Execution, Outcome } from '../../../outcome/outcome.ts';
import { statuses } from '../../../outcome/status.ts';
import { toOutputParts } from '../../../output.ts';
import type { Marker, Settled } from './job.ts';

/** Characters of a description; a list shows no more. */
const descriptionLimit = 500;

/**
 * Characters of a document. A payload in memory has at most 6 MB and a log 1 MB, each character of which can become
 * six; a text in PostgreSQL's jsonb ends at 256 MB.
 */
const documentLimit = 96 * 2 ** 20;

const end = '\n  }\n}\n';
const notStored = `"payload_json": null${end}`;
/** In place of a payload_json that is the text of `payload` once more. */
const sameAsPayload = `"payload_json": "=payload"${end}`;

/** Makes what is stored of a task that has ended. There is always something to store: see `smaller`. */
export function toSettled(raw: unknown, outcome: Outcome, duration: number): Settled {
  try {
    return settled(raw, outcome, duration);
  } catch (error) {
    return smaller(raw, outcome, duration, (error as Error).message);
  }
}

function settled(raw: unknown, outcome: Outcome, duration: number): Settled {
  const document = stored(toOutputParts(raw, outcome));
  if (document.length > documentLimit) throw new Error(`it has more than ${documentLimit} characters`);
  const { exitCode, sentence } = statuses[outcome.status];
  return {
    exit_code: exitCode,
    execution: outcome.execution,
    status: outcome.status,
    description: bounded(printable(sentence(outcome.detail)).toWellFormed()),
    duration: Math.max(0, Math.round(duration)),
    document,
  };
}

/** Without what can be large, and then without all that others wrote; it says so. */
function smaller(raw: unknown, outcome: Outcome, duration: number, reason: string): Settled {
  const detail = `the output could not be stored (${reason}), so its payload and log are left out; give response_file or log_file`;
  const errors = [...(outcome.errors ?? []), { name: 'OutputError', message: detail }];
  const isSuccess = statuses[outcome.status].exitCode === 0;
  const failed: Outcome = { ...outcome, errors, ...(isSuccess && { status: 'FAIL', detail }) };
  const answer = outcome.answer?.kind === 'invoke' ? { ...outcome.answer, payload: null, log: null } : null;
  try {
    return settled(raw, { ...failed, answer }, duration);
  } catch {
    const message = 'the output could not be stored; fields, answer and errors are left out';
    const least = { status: 'FAIL', detail: message, errors: [{ name: 'OutputError', message }] } as const;
    return settled(null, { ...outcome, ...least, answer: null, fields: null, requestId: null }, duration);
  }
}

/** The document with its payload once. */
function stored(parts: readonly string[]): string {
  const [head = '', , tail] = parts;
  return tail === undefined ? parts.join('') : `${head}"=payload"${tail}`;
}

/** The extension output, byte for byte as `toOutput` makes it. */
export function documentOf({ document }: Pick<Settled, 'document'>): string {
  if (!document.endsWith(sameAsPayload)) return document;
  const payload: unknown = JSON.parse(document).result.payload;
  return `${document.slice(0, -sameAsPayload.length)}"payload_json": ${payload}${end}`;
}

function bounded(text: string): string {
  return text.length <= descriptionLimit ? text : `${text.slice(0, descriptionLimit - 1)}…`.toWellFormed();
}

/** What a row of the queue holds as its output. */
export type ReadOutput =
  | { readonly kind: 'none' }
  | { readonly kind: 'marker'; readonly marker: Marker }
  /** It went back to the queue; `resume` when it may have been sent, and is found again by its name. */
  | { readonly kind: 'requeued'; readonly resume: boolean }
  | { readonly kind: 'settled'; readonly settled: Settled }
  /** Of the engine, of another program, or damaged. */
  | { readonly kind: 'foreign' };

/** Reads the output of a row, which need not be ours. */
export function readOutput(value: unknown): ReadOutput {
  if (value === null || value === undefined) return { kind: 'none' };
  if (typeof value !== 'object' || Array.isArray(value)) return { kind: 'foreign' };
  const { sending, requeued, resume } = value as Record<string, unknown>;
  if (typeof sending === 'string') return { kind: 'marker', marker: { sending } };
  if (requeued !== undefined) return { kind: 'requeued', resume: resume === true };
  return isSettled(value) ? { kind: 'settled', settled: value } : { kind: 'foreign' };
}

const executions = {
  not_started: true,
  accepted: true,
  completed: true,
  unknown: true,
} satisfies Record<Execution, true>;

/** More than a process can end with proves that somebody else wrote it: 256 would end it with 0. */
function isExitCode(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;
}

/** As readOutput, of an output with all of its document, which is read to its end. */
export function readWholeOutput(value: unknown): ReadOutput {
  const read = readOutput(value);
  return read.kind === 'settled' && !isDocument(read.settled) ? { kind: 'foreign' } : read;
}

function isDocument({ document }: Settled): boolean {
  try {
    const { result } = JSON.parse(document);
    return typeof Object(result).payload === 'string' || (isObject(result) && !document.endsWith(sameAsPayload));
  } catch {
    return false;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isSettled(value: object): value is Settled {
  const { exit_code, execution, status, description, duration, document } = value as Record<string, unknown>;
  return (
    isExitCode(exit_code) &&
    typeof execution === 'string' &&
    Object.hasOwn(executions, execution) &&
    typeof status === 'string' &&
    typeof description === 'string' &&
    typeof duration === 'number' &&
    typeof document === 'string' &&
    (document.endsWith(notStored) || document.endsWith(sameAsPayload))
  );
}
