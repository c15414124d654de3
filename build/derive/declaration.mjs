// Checks of the two declarations beyond JSON Schema: what the generators need of each field is there, and nothing that
// they would ignore. Each fault is one sentence that names the field and what to do.

/** How each kind of field is declared: its JSON type, and the attributes that it must have. */
const kinds = {
  choice: { type: 'string', needs: ['enum'] },
  text: { type: 'string', needs: [] },
  script: { type: 'string', needs: [] },
  boolean: { type: 'boolean', needs: [] },
  integer: { type: 'integer', needs: ['minimum', 'maximum', 'x-rule'] },
  credential: { type: 'object', needs: ['properties', 'x-rule'] },
};

/** What is wrong in schemas/fields.schema.json. */
export function fieldFaults(schema) {
  return [
    ...unknownWords(schema, ['x-kind', 'x-rule', 'x-when', 'x-json-only', 'x-literal', 'x-action']),
    ...Object.entries(schema.properties).flatMap(([name, field]) => [
      ...commonFaults(name, /^[a-z][a-z0-9_]*$/, field),
      ...kindFaults(name, field),
      ...actionFaults(name, field, schema.properties.action.enum),
    ]),
    ...schema.allOf.flatMap(conditionFaults),
  ];
}

/** What is wrong in schemas/connection.schema.json. */
export function profileFaults(schema) {
  return [
    ...unknownWords(schema, ['x-rule']),
    ...Object.entries(schema.properties).flatMap(([name, field]) => [
      ...commonFaults(name, /^[a-z][A-Za-z0-9]*$/, field),
      ...missing(name, field, ['x-rule']),
    ]),
  ];
}

function commonFaults(name, form, field) {
  const unprintable = /[\r\n|]|\*\//.test(field.description ?? '');
  return [
    ...(form.test(name) ? [] : [`${name}: the name must have the form ${form.source}.`]),
    ...missing(name, field, ['title', 'description']),
    ...(unprintable
      ? [`${name}: the description must be one line without | and */: tables and comments hold it.`]
      : []),
    ...ruleFaults(name, field),
  ];
}

function missing(name, field, attributes) {
  return attributes.filter((key) => field[key] === undefined).map((key) => `${name} has no ${key}: add it.`);
}

/** The sentence that states the bounds of an integer must state the bounds that are checked. */
function ruleFaults(name, { type, minimum, maximum, 'x-rule': rule = '' }) {
  const bounds = `from ${minimum} to ${maximum}`;
  if (type !== 'integer' || rule === '' || rule.endsWith(bounds)) return [];
  return [`${name}: x-rule must end with "${bounds}", as its minimum and maximum say.`];
}

/** x-action lists the actions that use a field; without it all do. A description that begins with one says the same. */
function actionFaults(name, { 'x-action': used, description = '' }, actions) {
  const isList = Array.isArray(used) && used.length > 0 && used.every((action) => actions.includes(action));
  if (used !== undefined && !isList) return [`${name}: x-action must be a list of ${actions.join(', ')}.`];
  const said = actions.find((action) => description.startsWith(action));
  if (said === undefined || String(used) === said) return [];
  return [`${name}: the description says that it is of ${said}: declare "x-action": ["${said}"].`];
}

function kindFaults(name, field) {
  const kind = kinds[field['x-kind']];
  if (kind === undefined) return [`${name} has no known x-kind: it must be one of ${Object.keys(kinds).join(', ')}.`];
  return [
    ...(field.type === kind.type ? [] : [`${name}: a ${field['x-kind']} must have the type ${kind.type}.`]),
    ...missing(name, field, kind.needs),
    ...(kind.type === 'object' && !field.oneOf ? missing(name, field, ['required']) : []),
    ...(field['x-json-only'] === undefined || field['x-json-only'] === true
      ? []
      : [`${name}: x-json-only must be true; leave it out for a field of the Universal Template.`]),
    ...(field['x-literal'] === undefined || field['x-literal'] === true
      ? []
      : [`${name}: x-literal must be true; leave it out for a field that may be a template in a flow.`]),
  ];
}

function conditionFaults(condition, index) {
  return condition['x-when'] === undefined
    ? [`allOf/${index} has no x-when: state its condition, such as "when use_proxy is true".`]
    : [];
}

/** The attributes of ours, at any depth, that no generator reads: a mistyped one must not be ignored. */
function unknownWords(value, known, path = []) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key.startsWith('x-') && !known.includes(key)
      ? [`${[...path, key].join('/')} is not a known attribute: use one of ${known.join(', ')}.`]
      : []),
    ...unknownWords(inner, known, [...path, key]),
  ]);
}
