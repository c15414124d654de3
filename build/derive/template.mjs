// template.json, the Universal Template. What a field is comes from schemas/fields.schema.json; which slot of the
// Controller's pools it occupies, and its sysId, from shipped-fields.json, which only grows; how the form looks, from
// template-form.mjs.
import { statSync } from 'node:fs';
import { choiceLabels, form, outputs } from './template-form.mjs';

/** The text of template.json. The declaration and the places of the fields have been checked. */
export function templateOf(schema, shipped) {
  const rows = [
    ...form.map((row) => row.map((cell) => ({ ...cell, ...describe(schema.properties[cell.name]) }))),
    ...outputs.map((row) => row.map((cell) => ({ ...cell, output: true }))),
  ];
  const fields = rows.flatMap((row) =>
    row.map((cell, column) => field(cell, shipped, { start: column === 0, end: column === row.length - 1 })),
  );
  const template = sorted({
    ...frame,
    sysId: shipped.template,
    iconFilesize: statSync(new URL('../../extension/hosts/universal-agent/template_icon.png', import.meta.url)).size,
    fields: fields.map((entry, sequence) => ({ ...entry, sequence })),
  });
  return `${JSON.stringify(template, null, 4)}\n`;
}

/** What the schema says of an input field, in the template's words. */
function describe(property) {
  const kind = property['x-kind'];
  return {
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
