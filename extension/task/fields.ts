import leven from 'leven';
import { ValidationError, type Violation } from '../errors.ts';
import { conditions, type Fields, fieldTable } from './fields.gen.ts';
import { applyRules, type Parsed } from './rules.ts';
import validate, { type SchemaError } from './validate.gen.js';
import { fieldNames, isFieldName, readWire } from './wire.ts';

export type { Fields, Parsed };

/** Valid fields, defaults filled in, and what the rules parsed out of their texts. */
export interface ValidFields {
  readonly fields: Fields;
  readonly parsed: Parsed;
}

/** Makes frozen fields from the input, or throws every violation at once. */
export function parseFields(raw: unknown): ValidFields {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new ValidationError([{ field: null, message: 'the input must be one JSON object of fields' }]);
  }
  const wire = readWire(raw);
  const fields = wire.fields as object;
  const unknown = wire.unknown.map(unknownField);
  const broken = validate(fields) ? [] : schemaViolations(validate.errors ?? []);
  const { parsed, violations } = applyRules(soundPart(fields, broken));
  const all = [...unknown, ...broken, ...violations];
  if (all.length > 0) throw new ValidationError(all);
  return { fields: freeze(fields as Fields), parsed };
}

/** The rules see only what has the right form, so that each reports only its own fault. */
function soundPart(fields: object, broken: readonly Violation[]): Partial<Fields> {
  if (broken.length === 0) return fields;
  const wrong = new Set(broken.map(({ field }) => field));
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !wrong.has(name)));
}

function unknownField(key: string): Violation {
  const distance = (name: string) => leven(key.toLowerCase(), name);
  const [nearest] = [...fieldNames].sort((a, b) => distance(a) - distance(b));
  const near = nearest !== undefined && distance(nearest) <= Math.max(2, nearest.length / 3);
  const field = key.length > 64 ? `${key.slice(0, 64)}…` : key;
  return { field, message: `is not a field of this task; ${near ? `did you mean ${nearest}?` : 'remove it'}` };
}

/** Turns the validator's errors into one sentence a field. */
function schemaViolations(errors: readonly SchemaError[]): Violation[] {
  const sentences = new Map<string, string>();
  for (const error of errors) {
    if (error.keyword === 'if') continue; // it only says that a `then` failed
    const [, owner] = error.instancePath.split('/');
    const field = owner ?? String(error.params.missingProperty);
    if (!sentences.has(field)) sentences.set(field, owner === undefined ? requirement(error) : contentRule(owner));
  }
  return [...sentences].map(([field, message]) => ({ field, message }));
}

function requirement({ schemaPath, params }: SchemaError): string {
  const index = Number(/^#\/allOf\/(\d+)\//.exec(schemaPath)?.[1]);
  const field = String(params.missingProperty);
  const remedy = isFieldName(field) ? fieldTable[field].rule : undefined;
  return `is required ${conditions[index] ?? ''}`.trimEnd() + (remedy === undefined ? '' : `; it ${asClause(remedy)}`);
}

function asClause(rule: string): string {
  return rule.startsWith('must ') ? rule : `takes this: ${rule}`;
}

function contentRule(field: string): string {
  if (!isFieldName(field)) return 'is not valid';
  const { kind, choices, rule } = fieldTable[field];
  if (rule !== undefined) return rule;
  if (choices !== undefined) return `must be one of ${choices.join(', ')}`;
  return { boolean: 'must be true or false', script: 'must be text or a JSON value' }[kind as string] ?? 'must be text';
}

function freeze(fields: Fields): Fields {
  for (const value of Object.values(fields)) Object.freeze(value);
  return Object.freeze(fields);
}
