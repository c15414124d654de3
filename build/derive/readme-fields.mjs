// The table of fields of docs/reference.md, from schemas/fields.schema.json.

const table = /(<!-- fields -->\n)[\s\S]*?(\n<!-- \/fields -->)/;

/** The page with its table of fields regenerated between the two marks. */
export function withFieldTable(page, schema) {
  if (!table.test(page)) throw new Error('docs/reference.md has no marks <!-- fields --> and <!-- /fields -->');
  const rows = Object.entries(schema.properties).map(([name, field]) => {
    const type = field.enum === undefined ? field['x-kind'] : field.enum.map((choice) => `\`${choice}\``).join(', ');
    const standard = field.default === undefined ? '' : `\`${field.default}\``;
    return `| \`${name}\` | ${type} | ${standard} | ${sentencesOf(name, field, schema).join(' ')} |`;
  });
  const lines = ['| field | type | default | |', '|---|---|---|---|', ...rows];
  return page.replace(table, (_, before, after) => before + lines.join('\n') + after);
}

function sentencesOf(name, field, schema) {
  const when = schema.allOf.filter(({ then: { required } }) => required.includes(name)).map((rule) => rule['x-when']);
  return [
    field.description,
    ...(field['x-kind'] === 'integer' ? [`From ${field.minimum} to ${field.maximum}.`] : []),
    ...(when.length > 0 ? [`Required ${when.join(', and ')}.`] : []),
    ...(field['x-json-only'] ? ['In JSON input only: the Universal Template does not have it.'] : []),
  ];
}
