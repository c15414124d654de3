// The files derived from schemas/flow.schema.json: the compiled validator, the fields within the schema itself, and the
// paths that a template can name.
import { headerOf, validatorOf, validatorTypesOf } from './validator.mjs';

const source = 'schemas/flow.schema.json';
const folder = 'extension/hosts/fleet/flow';

/** path -> text */
export function flowFiles(text, fields, output) {
  const schema = JSON.parse(text);
  // The core checks the fields, which it reads with more tolerance than an editor needs.
  const structure = { ...schema, $defs: { ...schema.$defs, fields: { type: 'object' } } };
  return {
    [source]: withFields(text, fields),
    [`${folder}/validate.gen.js`]: validatorOf(structure, source),
    [`${folder}/validate.gen.d.ts`]: validatorTypesOf(source),
    [`${folder}/output-paths.gen.ts`]: outputPaths(output),
  };
}

// The file is formatted, so the object ends at the brace that is indented as its key is.
const block = /^( *)"fields": \{\n(?:(?!\1\}).*\n)*\1\}(?=\n {2}\})/m;

/** The text of the schema with $defs.fields regenerated; every other byte is left as it is. */
function withFields(text, { properties }) {
  if (!block.test(text)) throw new Error(`${source} has no object "fields" at its end to fill in`);
  const entries = Object.entries(properties).map(([name, field]) => member(name, formOf(name, field)));
  const lines = [
    '"fields": {',
    '  "$comment": "Generated from schemas/fields.schema.json by npm run generate.",',
    '  "type": "object",',
    '  "additionalProperties": false,',
    '  "properties": {',
    ...entries.flatMap((lines, index) =>
      index < entries.length - 1 ? [...lines.slice(0, -1), `${lines.at(-1)},`] : lines,
    ),
    '  }',
    '}',
  ];
  return text.replace(block, (_, indent) => lines.map((line) => indent + line).join('\n'));
}

/** A script is also a value here, and what is checked by more than its type may be a template; null unsets. */
function formOf(name, field) {
  if (field['x-kind'] === 'script') return { key: '"description"', text: JSON.stringify(field.description) };
  const other = field['x-literal'] ? 'unset' : 'template';
  const items = [`{ "$ref": "fields.schema.json#/properties/${name}" }`, `{ "$ref": "#/$defs/${other}" }`];
  return { key: '"anyOf"', text: `[${items.join(', ')}]`, items };
}

/** A member as the formatter writes it: on as few lines as it fits. */
function member(name, { key, text, items }) {
  const fits = (line) => line.length + 4 <= 120;
  const line = `    "${name}": { ${key}: ${text} }`;
  if (fits(`${line},`)) return [line];
  const inner = `      ${key}: ${text}`;
  const isShort = items === undefined || fits(inner);
  const lines = isShort ? [inner] : [`      ${key}: [`, `        ${items[0]},`, `        ${items[1]}`, '      ]'];
  return [`    "${name}": {`, ...lines, '    }'];
}

/** The attributes of the extension output as a tree; null is a value of any form, a list has one tree for its items. */
function outputPaths(schema) {
  return `${headerOf('schemas/extension-output.schema.json')}
/** What is known of a value: its attributes, its items, or nothing (\`null\`), so that any path may go on from it. */
export type Shape = null | { readonly [attribute: string]: Shape } | readonly [Shape];

export const outputShape: Shape = ${JSON.stringify(shapeOf(schema), null, 2)};
`;
}

function shapeOf(schema) {
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([key, inner]) => [key, shapeOf(inner)]));
  }
  if (schema.items) return [shapeOf(schema.items)];
  const types = [schema.type ?? []].flat();
  const isLeaf = schema.enum !== undefined || schema.const !== undefined || types.length > 0;
  return isLeaf && !types.includes('object') && !types.includes('array') ? {} : null;
}
