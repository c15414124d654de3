// Makes what is derived from schemas/connection.schema.json: the profile's type, its defaults and rules, and the
// compiled validator. `npm run generate` writes it; a test proves it fresh.
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';

const header = '// Generated from schemas/connection.schema.json by `npm run generate`. Do not edit.\n';
const folder = 'extension/connector';

/** What each derived file must hold: path -> text. */
export function generateConnection() {
  const schema = JSON.parse(readFileSync(new URL('../../schemas/connection.schema.json', import.meta.url), 'utf8'));
  return {
    [`${folder}/profile.gen.ts`]: types(schema),
    [`${folder}/validate-profile.gen.js`]: validator(schema),
    [`${folder}/validate-profile.gen.d.ts`]: validatorTypes,
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
    const { type, minimum, maximum, minLength, maxLength, pattern, writeOnly } = field;
    const row = {
      title: field.title,
      rule: field['x-rule'],
      type,
      minimum,
      maximum,
      minLength,
      maxLength,
      pattern,
      writeOnly,
    };
    return `  ${name}: ${JSON.stringify({ ...row, default: field.default, needs: dependentRequired[name] })},`;
  });
  return `${header}
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
  /** The fields that must be set when this one is. */
  readonly needs?: readonly string[];
}

export const profileFields: Readonly<Record<keyof ConnectionProfile, ProfileFieldFacts>> = {
${facts.join('\n')}
};
`;
}

function validator(schema) {
  const ajv = new Ajv2020.default({
    allErrors: true,
    useDefaults: true,
    code: { source: true, esm: true, optimize: true },
    strictTypes: false,
    unicode: false, // the helper that counts characters instead of UTF-16 units is CommonJS
    logger: false, // which ajv calls deprecated
  });
  return header + standaloneCode.default(ajv, ajv.compile(withoutWords(schema)));
}

/** Leaves out what only people read: ajv writes the whole schema into the validator. */
function withoutWords(schema) {
  const words = new Set(['title', 'description', 'x-rule']);
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (words.has(key) && typeof value === 'string' ? undefined : value)),
  );
}

const validatorTypes = `${header}
export interface ProfileSchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Fills in defaults and checks a profile; what is wrong stands in \`errors\` afterwards. */
declare const validate: { (profile: object): boolean; errors: readonly ProfileSchemaError[] | null };
export default validate;
`;
