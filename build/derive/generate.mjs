// Writes what is derived from schemas/fields.schema.json: the TypeScript types, the table of fields and the compiled
// validator in extension/task/fields.gen.*, and the field table of the README. A test proves all of it fresh.
import { readFileSync, writeFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { generateConnection } from './connection.mjs';
import { withFieldTable } from './readme-fields.mjs';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/** What each derived file must hold: path -> text. */
export function generate() {
  const schema = JSON.parse(read('schemas/fields.schema.json'));
  return {
    'extension/task/fields.gen.ts': types(schema),
    'extension/task/validate.gen.js': validator(schema),
    'extension/task/validate.gen.d.ts': validatorTypes,
    ...generateConnection(),
    'README.md': withFieldTable(read('README.md'), schema),
  };
}

const header = '// Generated from schemas/fields.schema.json by `npm run generate`. Do not edit.\n';

function types(schema) {
  const fields = Object.entries(schema.properties);
  const lines = fields.map(
    ([name, field]) =>
      `  /** ${field.description} */\n  readonly ${name}${field.default === undefined ? '?' : ''}: ${typeOf(field)};`,
  );
  const table = fields.map(([name, field]) => {
    const facts = {
      kind: field['x-kind'],
      choices: field.enum,
      parts: field.properties && Object.keys(field.properties),
      rule: field['x-rule'],
    };
    return `  ${name}: ${JSON.stringify(facts)},`;
  });
  const conditions = schema.allOf.map((condition) => `  ${JSON.stringify(condition['x-when'])},`);
  return `${header}
/** The fields of one task in their canonical form, defaults filled in. */
export interface Fields {
${lines.join('\n')}
}

export type Kind = 'choice' | 'credential' | 'text' | 'boolean' | 'integer' | 'script';

/** How each field is read from the wire, in the order in which the output echoes them. */
export const fieldTable: Readonly<Record<keyof Fields, FieldFacts>> = {
${table.join('\n')}
};

export interface FieldFacts {
  readonly kind: Kind;
  readonly choices?: readonly string[];
  readonly parts?: readonly string[];
  readonly rule?: string;
}

/** When the requirements of the schema's allOf apply, by their index. */
export const conditions: readonly string[] = [
${conditions.join('\n')}
];
`;
}

function typeOf(field) {
  if (field.enum) return field.enum.map((choice) => JSON.stringify(choice)).join(' | ');
  if (field.type === 'object') {
    const parts = Object.keys(field.properties).map(
      (part) => `readonly ${part}${field.required.includes(part) ? '' : '?'}: string`,
    );
    return `{ ${parts.join('; ')} }`;
  }
  return { string: 'string', boolean: 'boolean', integer: 'number' }[field.type];
}

function validator(schema) {
  const ajv = new Ajv2020.default({
    allErrors: true,
    messages: false,
    useDefaults: true,
    code: { source: true, esm: true, optimize: true },
    strictRequired: false,
  });
  return header + standaloneCode.default(ajv, ajv.compile(withoutWords(schema)));
}

/** Leaves out what only people read: ajv writes the whole schema into the validator. */
function withoutWords(schema) {
  const words = new Set(['title', 'description', 'x-kind', 'x-rule', 'x-when']);
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (words.has(key) && typeof value === 'string' ? undefined : value)),
  );
}

const validatorTypes = `${header}
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Fills in defaults and checks the fields; what is wrong stands in \`errors\` afterwards. */
declare const validate: { (fields: object): boolean; errors: readonly SchemaError[] | null };
export default validate;
`;

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const [path, text] of Object.entries(generate())) writeFileSync(new URL(path, root), text);
}
