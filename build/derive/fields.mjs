// The files derived from schemas/fields.schema.json for the task: types, tables of facts and the compiled validator.
import { headerOf, validatorOf, validatorTypesOf } from './validator.mjs';

const source = 'schemas/fields.schema.json';

/** path -> text */
export function fieldFiles(schema) {
  return {
    'extension/task/fields.gen.ts': types(schema),
    'extension/task/validate.gen.js': validatorOf(schema, source),
    'extension/task/validate.gen.d.ts': validatorTypesOf(source),
  };
}

function types(schema) {
  const fields = Object.entries(schema.properties);
  const lines = fields.map(
    ([name, field]) =>
      `  /** ${field.description} */\n  readonly ${name}${field.default === undefined ? '?' : ''}: ${typeOf(field)};`,
  );
  const facts = fields.map(([name, field]) => {
    const { enum: choices, properties } = field;
    const parts = properties && Object.keys(properties);
    return row(name, { kind: field['x-kind'], choices, parts, rule: field['x-rule'], literal: field['x-literal'] });
  });
  const limits = fields
    .map(([name, { pattern, minimum, maximum }]) => [name, { pattern, minimum, maximum }])
    .filter(([, limit]) => Object.values(limit).some((value) => value !== undefined))
    .map(([name, limit]) => row(name, limit));
  const conditions = schema.allOf.map((condition) => `  ${JSON.stringify(condition['x-when'])},`);
  return `${headerOf(source)}
/** The fields of one task in their canonical form, defaults filled in. */
export interface Fields {
${lines.join('\n')}
}

export type Kind = 'choice' | 'credential' | 'text' | 'boolean' | 'integer' | 'script';

/** How each field is read from the wire, in the order in which the output echoes them. */
export const fieldTable: Readonly<Record<keyof Fields, FieldFacts>> = {
${facts.join('\n')}
};

export interface FieldFacts {
  readonly kind: Kind;
  readonly choices?: readonly string[];
  readonly parts?: readonly string[];
  readonly rule?: string;
  /** Takes no template in a flow: no output of a function decides whose keys, which host or which file a task uses. */
  readonly literal?: boolean;
}

/** What a form can check of a field: the pattern of a text, the bounds of an integer. */
export const fieldLimits = {
${limits.join('\n')}
} as const;

/** When the requirements of the schema's allOf apply, by their index. */
export const conditions: readonly string[] = [
${conditions.join('\n')}
];
`;
}

const row = (name, facts) => `  ${name}: ${JSON.stringify(facts)},`;

function typeOf(field) {
  if (field.enum) return field.enum.map((choice) => JSON.stringify(choice)).join(' | ');
  if (field.type === 'object') return formsOf(field).map(objectType).join(' | ');
  return { string: 'string', boolean: 'boolean', integer: 'number' }[field.type];
}

/** The forms of a credential: one, or those of oneOf, each of which rules out the parts of the others with `false`. */
function formsOf({ properties, required, oneOf = [{ required }] }) {
  return oneOf.map((form) => ({
    parts: Object.keys(properties).filter((part) => form.properties?.[part] !== false),
    required: form.required,
  }));
}

function objectType({ parts, required }) {
  const members = parts.map((part) => `readonly ${part}${required.includes(part) ? '' : '?'}: string`);
  return `{ ${members.join('; ')} }`;
}
