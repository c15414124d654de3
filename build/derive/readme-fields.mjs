// The README's table of fields, from schemas/fields.schema.json.

/** The README with its table of fields made anew between the two marks. */
export function withFieldTable(readme, schema) {
  const rows = Object.entries(schema.properties).map(([name, field]) => {
    const type = field.enum === undefined ? field['x-kind'] : field.enum.map((choice) => `\`${choice}\``).join(', ');
    const standard = field.default === undefined ? '' : `\`${field.default}\``;
    const bounds = field['x-kind'] === 'integer' ? ` From ${field.minimum} to ${field.maximum}.` : '';
    return `| \`${name}\` | ${type} | ${standard} | ${field.description}${bounds}${requirementOf(name, schema)} |`;
  });
  const table = ['| field | type | default | |', '|---|---|---|---|', ...rows].join('\n');
  return readme.replace(
    /(<!-- fields -->\n)[\s\S]*?(\n<!-- \/fields -->)/,
    (_, before, after) => before + table + after,
  );
}

function requirementOf(name, schema) {
  const when = schema.allOf.filter(({ then: { required } }) => required.includes(name)).map((rule) => rule['x-when']);
  return when.length === 0 ? '' : ` Required ${when.join(', and ')}.`;
}
