/**
 * Writes template.json, the Universal Template. What a field is comes from schemas/fields.schema.json; which slot of
 * the Controller's pools it occupies, and its sysId, from shipped-fields.json, which only ever grows; how the form looks
 * stands in the table below.
 *
 *   node build/derive/template.mjs          writes template.json
 *   node build/derive/template.mjs --check  exits 1 when template.json is out of date
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const readJson = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

/**
 * The form, row by row: one array is one row of the two columns. The order up to Endpoint URL is that of the original
 * extension 1.2.0; ours follow.
 *
 * `show: [field, value, …]`: visible while that field has one of the values. `must`: required while visible.
 */
const trigger = ['action', 'Trigger Lambda Function'];
const list = ['action', 'List Functions'];
const answer = ['invocation_type', 'Request Response'];
const role = ['role_based_access', 'true'];
const proxy = ['use_proxy', 'true'];

const form = [
  [{ name: 'action', required: true, span: 2 }],
  [{ name: 'region' }, { name: 'credentials' }],
  [{ name: 'role_based_access' }, { name: 'role_arn', show: role, must: true }],
  [{ name: 'function_name', show: trigger, must: true, inList: true, span: 2 }],
  [
    { name: 'invocation_type', show: trigger, must: true },
    { name: 'log_type', show: answer },
  ],
  [{ name: 'payload_source', show: trigger, span: 2 }],
  [{ name: 'payload_script', show: ['payload_source', 'Script'], must: true, span: 2 }],
  [{ name: 'client_context_source', show: trigger, span: 2 }],
  [{ name: 'client_context_script', show: ['client_context_source', 'Script'], must: true, span: 2 }],
  [{ name: 'use_proxy' }, { name: 'proxy_type', show: proxy }],
  [{ name: 'proxy', show: proxy, must: true, span: 2 }],
  [{ name: 'proxy_ca_bundle_file', show: ['proxy_type', 'HTTPS', 'HTTPS with Credentials'], span: 2 }],
  [{ name: 'proxy_credentials', show: ['proxy_type', 'HTTPS with Credentials'], must: true, span: 2 }],
  [
    { name: 'qualifier', show: trigger },
    { name: 'wait_for_completion_timeout', required: true },
  ],
  [{ name: 'endpoint_url', span: 2 }],

  [{ name: 'payload_file', show: ['payload_source', 'File'], must: true, span: 2 }],
  [
    { name: 'role_external_id', show: role },
    { name: 'role_session_name', show: role },
  ],
  [
    { name: 'role_duration_seconds', show: role },
    { name: 'sts_endpoint_url', show: role },
  ],
  [{ name: 'connect_timeout' }, { name: 'max_attempts' }],
  [
    { name: 'fail_on_function_error', show: answer },
    { name: 'tenant_id', show: trigger },
  ],
  [{ name: 'durable_execution_name', show: trigger, span: 2 }],
  [
    { name: 'marker', show: list },
    { name: 'max_items', show: list },
  ],
  [{ name: 'function_version', show: list, span: 2 }],
];

/** Fields that the task fills in, from `result` of the extension output. */
const outputs = [
  [
    { name: 'status_code', label: 'Status Code', hint: 'HTTP status code of the answer.' },
    { name: 'execution', label: 'Execution', hint: 'not_started, accepted, completed or unknown.' },
  ],
  [
    { name: 'request_id', label: 'Request ID', hint: 'Request id of the invocation, as in the logs of the function.' },
    { name: 'durable_execution_arn', label: 'Durable Execution ARN', hint: 'ARN of the durable execution, if any.' },
  ],
];

/** Labels of choices that do not speak for themselves. */
const choiceLabels = { function_version: { ALL: 'All Versions', unqualified: 'Latest Version Only' } };

const types = {
  text: 'Text',
  choice: 'Choice',
  boolean: 'Boolean',
  integer: 'Integer',
  credential: 'Credential',
  script: 'Script',
};

function makeTemplate() {
  const schema = readJson('schemas/fields.schema.json');
  const shipped = readJson('extension/hosts/universal-agent/shipped-fields.json');
  const rows = [
    ...form.map((row) => row.map((cell) => ({ ...cell, ...describe(schema, cell.name) }))),
    ...outputs.map((row) => row.map((cell) => ({ ...cell, output: true, type: shipped.fields[cell.name]?.type }))),
  ];
  const fields = rows.flatMap((row) =>
    row.map((cell, column) => field(cell, shipped, { start: column === 0, end: column === row.length - 1 })),
  );
  return sorted({
    ...frame,
    sysId: shipped.template,
    iconFilesize: statSync(at('extension/hosts/universal-agent/template_icon.png')).size,
    fields: fields.map((entry, sequence) => ({ ...entry, sequence })),
  });
}

/** What the schema says of an input field, in the template's words. */
function describe(schema, name) {
  const property = schema.properties[name];
  if (property === undefined) throw new Error(`The form has ${name}, schemas/fields.schema.json has not.`);
  const kind = property['x-kind'];
  return {
    type: types[kind],
    label: property.title,
    hint: property.description,
    value: property.default === undefined ? null : String(property.default),
    choices: kind === 'choice' ? property.enum : [],
    minimum: kind === 'integer' ? property.minimum : null,
    maximum: kind === 'integer' ? property.maximum : null,
  };
}

function field(cell, shipped, { start, end }) {
  const slot = shipped.fields[cell.name];
  if (slot === undefined) {
    throw new Error(`${cell.name} has no slot: add it to shipped-fields.json with a free mapping and a new sysId.`);
  }
  if (slot.type !== cell.type) {
    throw new Error(
      `${cell.name} was shipped as ${slot.type} and cannot become ${cell.type}: tasks hold values for it.`,
    );
  }
  return {
    arrayNameTitle: null,
    arrayValueTitle: null,
    booleanNoValue: null,
    booleanValueType: 'true/false',
    booleanYesValue: null,
    choiceAllowEmpty: false,
    choiceAllowMultiple: false,
    choiceDynamic: false,
    choiceFields: [],
    choiceSortOption: 'Sequence',
    choices: (cell.choices ?? []).map((value, sequence) => choice(cell.name, value, sequence, slot)),
    defaultListView: cell.inList ?? false,
    fieldLength: null,
    fieldMapping: slot.mapping,
    fieldRestriction: cell.output ? 'Output Only' : 'No Restriction',
    fieldType: slot.type,
    fieldValue: cell.value ?? null,
    formColumnSpan: cell.span ?? 1,
    formEndRow: end,
    formStartRow: start,
    hint: cell.hint,
    intFieldMax: cell.maximum ?? null,
    intFieldMin: cell.minimum ?? null,
    label: cell.label,
    name: cell.name,
    noSpaceIfHidden: cell.show !== undefined,
    preserveOutputOnRerun: false,
    preserveValueIfHidden: false,
    requireIfField: null,
    requireIfFieldValue: null,
    requireIfVisible: cell.must ?? false,
    required: cell.required ?? false,
    showIfField: cell.show ? shipped.fields[cell.show[0]].mapping : null,
    showIfFieldValue: cell.show ? cell.show.slice(1).join(',') : null,
    sysId: slot.sysId,
    textType: 'Plain',
  };
}

function choice(name, value, sequence, slot) {
  const sysId = slot.choices[value];
  if (sysId === undefined) {
    throw new Error(`${name} has the new choice ${value}: add it to shipped-fields.json with a new sysId.`);
  }
  const label = choiceLabels[name]?.[value];
  return label === undefined
    ? { fieldValue: value, sequence, sysId, useFieldValueForLabel: true }
    : { fieldValue: value, fieldValueLabel: label, sequence, sysId, useFieldValueForLabel: false };
}

/** Everything of the template that is not a field. */
const frame = {
  agent: null,
  agentCluster: null,
  agentClusterVar: null,
  agentFieldsRestriction: 'No Restriction',
  agentType: 'Any',
  agentVar: null,
  alwaysCancelOnFinish: false,
  autoCleanup: false,
  automaticOutputRetrievalFieldsRestriction: 'No Restriction',
  broadcastCluster: null,
  broadcastClusterVar: null,
  commands: [],
  createConsole: false,
  credentialFieldsRestriction: 'No Restriction',
  credentials: null,
  credentialsVar: null,
  description: 'Invokes an AWS Lambda function at most once and reports what is known of it.',
  desktopInteract: false,
  elevateUser: false,
  environment: [],
  environmentVariablesFieldsRestriction: 'No Restriction',
  events: [],
  exitCodeOutput: null,
  exitCodeProcessing: 'Success Exitcode Range',
  exitCodeProcessingFieldsRestriction: 'No Restriction',
  exitCodeText: null,
  exitCodes: '0',
  exportReleaseLevel: '7.2.0.0',
  extension: 'ue-aws-lambda',
  iconDateCreated: '2026-11-21 00:00:00',
  iconFilename: 'template_icon.png',
  logLevel: 'Inherited',
  minReleaseLevel: '7.2.0.0',
  name: 'AWS Lambda',
  outputConditionOperator: '=',
  outputConditionStrategy: 'Match Any',
  outputConditionValue: null,
  outputContentType: null,
  outputFailureOnly: false,
  outputPathExpression: null,
  outputReturnFile: null,
  outputReturnNline: '100',
  outputReturnSline: '1',
  outputReturnText: null,
  outputReturnType: 'OUTERR',
  outputType: 'STDOUT',
  retainSysIds: true,
  runtimeDir: null,
  script: null,
  scriptTypeWindows: null,
  scriptUnix: null,
  scriptWindows: null,
  sendVariables: 'None',
  templateType: 'Extension',
  useCommonScript: false,
  variablePrefix: 'ext',
  waitForOutput: false,
};

/** The Controller exports keys in alphabetical order, at every level. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

const templateText = () => `${JSON.stringify(makeTemplate(), null, 4)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = templateText();
  if (!process.argv.includes('--check')) writeFileSync(at('template.json'), text);
  else if (readFileSync(at('template.json'), 'utf8') !== text) {
    console.error('template.json is out of date: run node build/derive/template.mjs');
    process.exitCode = 1;
  }
}
