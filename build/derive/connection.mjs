// The files derived from schemas/connection.schema.json for the connector: the profile's type, its table of facts and
// the compiled validator.
import { headerOf, validatorOf, validatorTypesOf } from './validator.mjs';

const source = 'schemas/connection.schema.json';

/** path -> text */
export function connectionFiles(schema) {
  return {
    'extension/connector/profile.gen.ts': types(schema),
    'extension/connector/validate-profile.gen.js': validatorOf(schema, source),
    'extension/connector/validate-profile.gen.d.ts': validatorTypesOf(source),
  };
}

function types({ properties, required, dependentRequired }) {
  const fields = Object.entries(properties);
  const lines = fields.map(([name, { description, type }]) => {
    const optional = required.includes(name) ? '' : '?';
    const of = type === 'integer' ? 'number' : type;
    return `  /** ${description} */\n  readonly ${name}${optional}: ${of}${optional && ' | undefined'};`;
  });
  const facts = fields.map(([name, field]) => {
    const { title, type, minimum, maximum, minLength, maxLength, pattern, writeOnly } = field;
    const rule = field['x-rule'];
    const row = { title, rule, type, minimum, maximum, minLength, maxLength, pattern, writeOnly };
    const needs = dependentRequired[name];
    return `  ${name}: ${JSON.stringify({ ...row, default: field.default, required: required.includes(name) || undefined, needs })},`;
  });
  return `${headerOf(source)}
/** A connection profile. */
export interface ConnectionProfile {
${lines.join('\n')}
}

export interface ProfileFieldFacts {
  readonly title: string;
  readonly rule: string;
  readonly type: 'string' | 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** A secret: taken, never given back. */
  readonly writeOnly?: boolean;
  readonly default?: string | number;
  readonly required?: boolean;
  /** The fields that must be set when this one is. */
  readonly needs?: readonly string[];
}

export const profileFields: Readonly<Record<keyof ConnectionProfile, ProfileFieldFacts>> = {
${facts.join('\n')}
};
`;
}
