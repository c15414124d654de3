// The echoed fields in schemas/extension-output.schema.json. The rest of that file is written by hand.

/** What the output shows of a field: a secret only masked, any other field as it came, so also a value that is wrong. */
const masked = '{ "enum": ["****", null] }';
const shown = '{ "type": ["string", "number", "boolean", "null"] }';

const echoes = {
  credential: (name) => [`${name}_user`, `${name}_password`].map((part) => [part, masked]),
  script: (name) => [[name, masked]],
  choice: (name) => [[name, shown]],
  text: (name) => [[name, shown]],
  boolean: (name) => [[name, shown]],
  integer: (name) => [[name, shown]],
};

// The file is formatted, so the object ends at the brace that is indented as its key is.
const block = /^( *)"fields": \{\n[\s\S]*?\n\1\}/m;

/** The text of the output's schema with invocation.fields regenerated; every other byte is left as it is. */
export function withEchoedFields(text, schema) {
  if (!block.test(text)) throw new Error('schemas/extension-output.schema.json has no object "fields" to fill in');
  const entries = Object.entries(schema.properties).flatMap(([name, field]) => echoes[field['x-kind']](name));
  const lines = [
    '"fields": {',
    '  "$comment": "Generated from schemas/fields.schema.json by npm run generate.",',
    '  "type": "object",',
    '  "additionalProperties": false,',
    '  "required": [',
    ...listed(entries.map(([name]) => `    "${name}"`)),
    '  ],',
    '  "properties": {',
    ...listed(entries.map(([name, echo]) => `    "${name}": ${echo}`)),
    '  }',
    '}',
  ];
  return text.replace(block, (_, indent) => lines.map((line) => indent + line).join('\n'));
}

const listed = (lines) => lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line));
