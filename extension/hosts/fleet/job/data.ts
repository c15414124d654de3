import { win32 } from 'node:path';
import { ValidationError, type Violation } from '../../../errors.ts';
import { parseFields } from '../../../task/fields.ts';
import { readWire } from '../../../task/wire.ts';
import { isId } from './ids.ts';
import type { FlowMember, JobData } from './job.ts';
import { type Keys, seal, unseal } from './sealed.ts';

type Wire = Readonly<Record<string, unknown>>;

export interface JobDataOptions {
  /** The id of the batch or flow, or of the job itself. */
  readonly group: string;
  readonly label?: string | null;
  readonly flow?: FlowMember;
  /** With what secrets are encrypted that stand in the fields; without it they are refused. */
  readonly keys?: Keys | null;
  /** The fields have placeholders that are filled in later: only then do they have to be valid. */
  readonly unfilled?: boolean;
}

/**
 * Makes the data of a job from raw fields, or throws a ValidationError with every violation. Secrets stay out of the
 * fields: they come by reference, or encrypted.
 */
export function toJobData(raw: unknown, { group, label = null, flow, keys = null, unfilled }: JobDataOptions): JobData {
  const wire: Wire = typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? readWire(raw).fields : {};
  const secret = keys === null ? {} : secretsIn(wire);
  const violations = [
    ...(unfilled === true ? [] : violationsOf(raw)),
    ...pathViolations(wire),
    ...(keys === null ? secretViolations(wire) : []),
  ];
  if (violations.length > 0) throw new ValidationError(violations);
  const open = Object.entries(wire).filter(([field]) => !Object.hasOwn(secret, field));
  const fields = JSON.stringify(Object.fromEntries(open));
  const isCall = (wire.action ?? 'Trigger Lambda Function') === 'Trigger Lambda Function';
  return {
    form: 1,
    fields,
    ...(keys !== null && Object.keys(secret).length > 0 && { sealed: seal(secret, fields, keys) }),
    function: isCall && typeof wire.function_name === 'string' ? wellFormed(wire.function_name) : null,
    group,
    label,
    ...(flow && { flow }),
  };
}

/** The raw fields of a job, with the secrets. Throws ValidationError when they cannot be had. */
export function toFields({ fields, sealed }: JobData, keys: Keys | null): unknown {
  const open = parsed(fields);
  return sealed === undefined ? open : { ...open, ...(unseal(sealed, fields, keys) as object) };
}

function parsed(fields: string): object {
  try {
    const value: unknown = JSON.parse(fields);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // as below
  }
  throw new ValidationError([{ field: null, message: 'the fields of the job are damaged; submit it again' }]);
}

function violationsOf(raw: unknown): readonly Violation[] {
  try {
    parseFields(raw);
    return [];
  } catch (error) {
    if (error instanceof ValidationError) return error.violations;
    throw error;
  }
}

const credentials = ['credentials', 'proxy_credentials'];

/** Credentials given as values and not by reference. */
function secretsIn(wire: Wire): Wire {
  const found = credentials.filter((field) => typeof wire[field] === 'object' && !('from' in (wire[field] as object)));
  return Object.fromEntries(found.map((field) => [field, wire[field]]));
}

const remedies: Readonly<Record<string, string>> = {
  credentials: 'give a reference as from (env:PREFIX, file:PATH or profile:NAME), which the worker resolves',
  proxy_credentials: 'use a proxy that asks none of the worker',
};

function secretViolations(wire: Wire): Violation[] {
  return Object.keys(secretsIn(wire)).map((field) => ({
    field,
    message: `would be stored in the database; ${remedies[field]}, or encrypt it with --allow-inline-secrets`,
  }));
}

const files = ['payload_file', 'response_file', 'log_file', 'proxy_ca_bundle_file'];

/** The paths of files in a task, by the field that names them; the worker opens them. */
export function filesOf(wire: Wire): readonly (readonly [field: string, path: string])[] {
  const from = Reflect.get(Object(wire.credentials), 'from');
  const reference = typeof from === 'string' && from.startsWith('file:') ? from.slice('file:'.length) : undefined;
  const paths = [...files.map((field) => [field, wire[field]] as const), ['credentials', reference] as const];
  return paths.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
}

/** A worker may run anywhere: a relative path would be another file for each. */
function pathViolations(wire: Wire): Violation[] {
  return filesOf(wire).flatMap(([field, path]) =>
    win32.isAbsolute(path) || path.startsWith('{{')
      ? []
      : [{ field, message: 'must be an absolute path, since the worker that runs the task opens it' }],
  );
}

/** PostgreSQL refuses U+0000 and lone surrogates. */
function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u2400');
}

/** What a row of the queue holds as its data. */
export type ReadData =
  | { readonly kind: 'job'; readonly data: JobData }
  /** Of a later version of this program. */
  | { readonly kind: 'later'; readonly form: number }
  | { readonly kind: 'foreign' };

/** Reads what somebody has put into a queue, which need not be ours. */
export function readData(value: unknown): ReadData {
  if (!isObject(value)) return { kind: 'foreign' };
  const { form, fields, sealed, function: name, group, label, flow, repeats, submits } = value;
  if (typeof form === 'number' && form > 1) return { kind: 'later', form };
  const isOurs =
    form === 1 &&
    typeof fields === 'string' &&
    isTextOr(sealed, undefined) &&
    isTextOr(name, null) &&
    typeof group === 'string' &&
    isTextOr(label, null) &&
    isTextOr(repeats, undefined) &&
    isTextOr(submits, undefined) &&
    (flow === undefined || isMember(flow));
  return isOurs ? { kind: 'job', data: value as unknown as JobData } : { kind: 'foreign' };
}

function isMember(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.needs)) return false;
  const { name, when, needs } = value;
  const isWhen = when === 'success' || when === 'always' || when === 'failure';
  return typeof name === 'string' && isWhen && Object.values(needs).every((id) => typeof id === 'string' && isId(id));
}

function isTextOr(value: unknown, none: null | undefined): boolean {
  return typeof value === 'string' || value === none;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
