import { type FieldFacts, type Fields, fieldTable, type Kind } from './fields.gen.ts';

export type FieldName = keyof Fields;

/** What the wire says, in canonical form where its form is known, otherwise as it came. Unset fields are absent. */
export interface Wire {
  readonly fields: Partial<Record<FieldName, unknown>>;
  readonly unknown: readonly string[];
}

/**
 * Reads the wire: tolerant in form only. Null, "", [] and [""] mean unset, a choice may come as a list of one and in any
 * spelling, booleans and integers as text, credentials nested or flattened. What it cannot read it leaves as it is.
 */
export function readWire(raw: object): Wire {
  const fields: Partial<Record<FieldName, unknown>> = {};
  const unknown: string[] = [];
  const flattened: [FieldName, string, unknown][] = [];
  for (const [key, value] of Object.entries(raw)) {
    if (key === '$schema') continue; // lets an editor complete the fields
    if (isFieldName(key)) {
      const result = read(fieldTable[key], value);
      if (result !== undefined) fields[key] = result;
      continue;
    }
    const part = credentialPart(key);
    if (part === null) unknown.push(key);
    else flattened.push([...part, unlisted(value)]);
  }
  for (const [name, part, value] of flattened) {
    if (value === undefined) continue;
    const whole = fields[name] ?? {};
    // A nested credential is the agent's own form; the flattened keys beside it repeat it.
    if (isObject(whole)) fields[name] = { [part]: value, ...whole };
  }
  return { fields, unknown };
}

export const fieldNames = Object.keys(fieldTable) as FieldName[];

export function isFieldName(key: string): key is FieldName {
  return Object.hasOwn(fieldTable, key);
}

/** Splits `credentials.user` and `credentials_user` into field and part. */
function credentialPart(key: string): [FieldName, string] | null {
  const [, field, part] = /^(.+)[._]([a-z]+)$/.exec(key) ?? [];
  if (field === undefined || part === undefined || !isFieldName(field)) return null;
  return fieldTable[field].parts?.includes(part) ? [field, part] : null;
}

const readers: Readonly<Record<Kind, (value: unknown, facts: FieldFacts) => unknown>> = {
  choice: (value, { choices = [] }) => {
    if (choices.includes(value as string)) return value;
    return choices.find((choice) => plain(choice) === plain(value)) ?? trimmed(value);
  },
  boolean: (value) => (typeof value === 'string' ? (booleans.get(value.trim().toLowerCase()) ?? value) : value),
  integer: (value) => (typeof value === 'string' && /^\s*[0-9]{1,15}\s*$/.test(value) ? Number(value) : value),
  text: (value) => (typeof value === 'number' ? String(value) : trimmed(value)),
  script: (value) => (typeof value === 'string' ? value : toJson(value)),
  credential: (value) => (isObject(value) ? readCredential(value) : value),
};

const booleans = new Map([
  ['true', true],
  ['false', false],
]);

function read(facts: FieldFacts, value: unknown): unknown {
  const single = unlisted(value);
  if (single === undefined) return undefined;
  // A script may be a JSON list, also one of a single element.
  if (facts.kind === 'script') return readers.script(value, facts);
  const result = readers[facts.kind](single, facts);
  return isUnset(result) ? undefined : result;
}

function readCredential(value: object): object | undefined {
  const parts = Object.entries(value).filter(([, part]) => !isUnset(part));
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}

/** A choice's text without case, blanks, `_` and `-`. */
function plain(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase().replace(/[\s_-]/g, '') : value;
}

function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value;
}

/** The one element of a list of one, nothing for an empty list; anything else as it is. */
function unlisted(value: unknown): unknown {
  const single = Array.isArray(value) && value.length <= 1 ? value[0] : value;
  return isUnset(single) ? undefined : single;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON value as text; undefined-like values and nesting that JSON.stringify cannot walk stay as they are. */
function toJson(value: unknown): unknown {
  try {
    return JSON.stringify(value) ?? value;
  } catch {
    return value;
  }
}
