// Where a field is in the Universal Template: its slot in shipped-fields.json and its place in the form. A field is
// either there or declared x-json-only; what was shipped stays, since tasks in Controllers hold values for it.
import { randomUUID } from 'node:crypto';
import { form, outputs } from './template-form.mjs';

const schemaPath = 'schemas/fields.schema.json';
const shippedPath = 'extension/hosts/universal-agent/shipped-fields.json';
const formPath = 'build/derive/template-form.mjs';

/** The Controller's type of each kind of field. */
const slotTypes = {
  text: 'Text',
  choice: 'Choice',
  boolean: 'Boolean',
  integer: 'Integer',
  credential: 'Credential',
  script: 'Script',
};

/** How many slots of each type a Universal Template has. */
const pools = { Text: 20, Choice: 15, Boolean: 15, Integer: 10, Credential: 6, Script: 4 };

const cells = form.flat();
const inForm = new Set(cells.map(({ name }) => name));
const outputNames = outputs.flat().map(({ name }) => name);

/** What is wrong with the places of the fields, one sentence a fault. */
export function placeFaults({ properties, allOf }, shipped) {
  const known = new Set([...Object.keys(properties), ...outputNames]);
  return [
    ...Object.entries(properties).flatMap(([name, field]) => inputFaults(name, field, shipped)),
    ...outputNames
      .filter((name) => shipped.fields[name] === undefined)
      .map((name) => `${name} has no slot in ${shippedPath}.`),
    ...Object.keys(shipped.fields)
      .filter((name) => !known.has(name))
      .map((name) => `${name} was shipped and cannot be removed: tasks hold values for it.`),
    ...[...inForm, ...cells.flatMap(({ show }) => show?.[0] ?? [])]
      .filter((name) => properties[name] === undefined)
      .map((name) => `${name} is named in ${formPath}, but is no field of ${schemaPath}.`),
    ...Object.entries(shipped.fields).flatMap(([name, slot]) => mappingFaults(name, slot, shipped)),
    ...allOf.flatMap((condition) => conditionFaults(condition, properties)),
    ...cells.flatMap(({ name }) => actionFaults(name, properties)),
  ];
}

/** The form shows a field for the actions that use it. */
function actionFaults(name, properties) {
  const shown = actionsOf(name)?.join(', ') ?? 'every action';
  const used = properties[name]?.['x-action']?.join(', ') ?? 'every action';
  return shown === used ? [] : [`${name} is used by ${used} (x-action), but ${formPath} shows it for ${shown}.`];
}

/** The actions for which the form shows a field; undefined for all. */
function actionsOf(name) {
  const [on, ...values] = cells.find((cell) => cell.name === name)?.show ?? [];
  if (on === undefined) return undefined;
  return on === 'action' ? values : actionsOf(on);
}

function inputFaults(name, field, { fields }) {
  const slot = fields[name];
  if (field['x-json-only']) {
    if (slot) return [`${name} has a slot in ${shippedPath}, so tasks hold values for it: remove its x-json-only.`];
    return inForm.has(name) ? [`${name} is x-json-only: remove it from ${formPath}.`] : [];
  }
  if (slot === undefined) return [`${name} has no place: ${remedy(name, field, fields)}`];
  return [
    ...slotFaults(name, field, slot),
    ...(inForm.has(name) ? [] : [`${name} has no row in the form: add it to ${formPath}.`]),
  ];
}

/** A mapping names a slot of the pool, which no other field has. */
function mappingFaults(name, { type, mapping }, { fields }) {
  const [other] = Object.keys(fields).filter((key) => key !== name && fields[key].mapping === mapping);
  return [
    ...(mappingsOf(type).includes(mapping) ? [] : [`${name}: ${mapping} is not one of the ${type} slots.`]),
    ...(other === undefined ? [] : [`${name} and ${other} have the same slot, ${mapping}.`]),
  ];
}

function slotFaults(name, field, slot) {
  const type = slotTypes[field['x-kind']];
  const [choices, held] = [field.enum ?? [], Object.keys(slot.choices ?? {})];
  return [
    ...(slot.type === type ? [] : [`${name} was shipped as ${slot.type} and cannot become ${type}.`]),
    ...choices
      .filter((choice) => !held.includes(choice))
      .map(
        (choice) => `${name} has the new choice ${choice}: add it to ${shippedPath} as "${choice}": "${newSysId()}".`,
      ),
    ...held
      .filter((choice) => !choices.includes(choice))
      .map((choice) => `${name}: the choice ${choice} was shipped and cannot be removed.`),
  ];
}

function remedy(name, field, fields) {
  const declare = `declare "x-json-only": true in ${schemaPath}`;
  const type = slotTypes[field['x-kind']];
  const mapping = freeMapping(type, fields);
  if (mapping === undefined) return `${declare}, since no ${type} slot is free.`;
  const choices = field.enum && Object.fromEntries(field.enum.map((choice) => [choice, newSysId()]));
  const slot = JSON.stringify({ type, mapping, sysId: newSysId(), choices });
  return `${declare}, or add "${name}": ${slot} to ${shippedPath} and a row to ${formPath}.`;
}

function freeMapping(type, fields) {
  const taken = new Set(Object.values(fields).map(({ mapping }) => mapping));
  return mappingsOf(type).find((mapping) => !taken.has(mapping));
}

const mappingsOf = (type) => Array.from({ length: pools[type] ?? 0 }, (_, index) => `${type} Field ${index + 1}`);

const newSysId = () => randomUUID().replaceAll('-', '');

/** The form must be able to fill in what its own fields make necessary. */
function conditionFaults({ 'x-when': when, if: { properties: tested }, then: { required } }, properties) {
  const jsonOnly = (name) => properties[name]?.['x-json-only'] === true;
  if (Object.keys(tested).some(jsonOnly)) return [];
  return required.filter(jsonOnly).map((name) => `${name} is x-json-only, but the form makes it necessary ${when}.`);
}
