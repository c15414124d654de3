// The module of a compiled validator: a schema as plain JavaScript without dependencies, and its types.
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';

/** The first line of a derived file. */
export const headerOf = (source) => `// Generated from ${source} by \`npm run generate\`. Do not edit.\n`;

/** The source of a validator that fills in defaults and reports every error. */
export function validatorOf(schema, source) {
  const ajv = new Ajv2020.default({
    allErrors: true,
    messages: false, // the sentences are the fields' own: x-rule
    useDefaults: true,
    code: { source: true, esm: true, optimize: true },
    strictTypes: false,
    unicode: false, // the helper that counts characters instead of UTF-16 units is CommonJS
    logger: false, // which ajv calls deprecated
  });
  return headerOf(source) + standaloneCode.default(ajv, ajv.compile(withoutWords(schema)));
}

/** Leaves out what is not for validation: ajv writes the whole schema into the validator. */
function withoutWords(schema) {
  const isWord = (key, value) => key.startsWith('x-') || (/^(title|description)$/.test(key) && isText(value));
  return JSON.parse(JSON.stringify(schema, (key, value) => (isWord(key, value) ? undefined : value)));
}

/** A field may have the name of a keyword; its value is a schema then, not text. */
const isText = (value) => typeof value === 'string';

/** The types of that module. */
export const validatorTypesOf = (source) => `${headerOf(source)}
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Fills in defaults and checks the values; \`errors\` holds what is wrong afterwards. */
declare const validate: { (values: object): boolean; errors: readonly SchemaError[] | null };
export default validate;
`;
