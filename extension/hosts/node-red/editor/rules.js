import { profileFields } from '../../../connector/profile.gen.ts';
import { clientContextOf } from '../../../formats/client-context.ts';
import { parseFunctionName } from '../../../formats/function-name.ts';
import { jsonFault } from '../../../formats/parse-json.ts';
import { parseProxies } from '../../../formats/proxies.ts';
import { hasPlaceholder, jsonTemplateFault, templateFault } from '../../../formats/template-parameters.ts';
import { fieldLimits, fieldTable } from '../../../task/fields.gen.ts';
import { text } from './texts.js';

/** `${NAME}` and `$(NAME)` are filled in by Node-RED at deploy. */
const isVariable = (value) => /^\$(\{\w+\}|\(\w+\))$/.test(value);

/** What is wrong with one field of a profile, or null; whether it must be there is said by `profileFaults`. */
export function profileFault(name, raw) {
  const value = String(raw ?? '').trim();
  if (value === '' || isVariable(value)) return null;
  const facts = profileFields[name];
  return fits(facts, value) ? (ownRules[name]?.(value) ?? null) : facts.rule;
}

/** Whether a text is what the schema of its field asks for. */
function fits({ minimum, maximum, maxLength, pattern }, value) {
  if (minimum !== undefined) return /^[0-9]+$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
  const short = maxLength === undefined || value.length <= maxLength;
  return short && (pattern === undefined || new RegExp(pattern, 'u').test(value));
}

const ownRules = {
  endpointUrl: urlFault,
  stsEndpointUrl: urlFault,
  proxy(value) {
    const proxies = parseProxies(value);
    if (typeof proxies !== 'string') return null;
    return proxies.includes('user or password') ? text('fault.userInfo') : proxies;
  },
};

function urlFault(value) {
  if (!URL.canParse(value)) return profileFields.endpointUrl.rule;
  const { username, password, search, hash } = new URL(value);
  if (username !== '' || password !== '') return text('fault.userInfo');
  return search !== '' || hash !== '' ? profileFields.endpointUrl.rule : null;
}

/** Whether the form insists on a field. It shows the default of the region, so an empty region was emptied by hand. */
export const isRequired = (name) => profileFields[name].required === true || name === 'region';

/** What is wrong with a profile as a whole: field -> sentence. `has` tells whether a field is set, also by the store. */
export function profileFaults(values, has) {
  const names = Object.keys(profileFields);
  const faults = {};
  const report = (name, fault) => {
    if (fault !== null) faults[name] ??= fault;
  };
  for (const name of names) {
    report(name, profileFault(name, values[name]));
    if (isRequired(name) && !has(name)) report(name, text('fault.required'));
  }
  for (const name of names.filter(has)) {
    for (const needed of needsOf(name).filter((other) => !has(other))) {
      // Of two fields that need each other, the one that is missing is at fault.
      if (needsOf(needed).includes(name)) report(needed, text('fault.together', { field: label(name) }));
      else report(name, text('fault.needs', { field: label(needed) }));
    }
  }
  return faults;
}

const needsOf = (name) => profileFields[name].needs ?? [];
const label = (name) => text(`connection.${name}`);

const { minimum, maximum } = profileFields.timeout;
/** The timeout of a call, where 0 leaves it to the connection. */
const timeout = { minimum: 0, maximum };

/** How many messages a node works on at a time. */
const concurrency = { minimum: 1, maximum: 1000 };

/** The rules of the nodes that call: each takes the field's text and all values of the form. */
export const callRules = {
  connection: (value) => (value && value !== '_ADD_' ? null : text('fault.connection')),
  functionName: (value) =>
    value === '' ? text('fault.required') : (templated(value) ?? textOnly(parseFunctionName(value))),
  qualifier: (value) => optional(value, fieldLimits.qualifier, () => fieldTable.qualifier.rule),
  payload: (value, { payloadType }) => (payloadType === 'msg' ? propertyFault(value) : payloadFault(value)),
  clientContext: (value) => (value === '' ? null : (templated(value) ?? clientContextFault(value))),
  timeout: (value) => optional(value, timeout, () => text('fault.timeout', { minimum, maximum })),
  durableExecutionName: (value) =>
    optional(value, fieldLimits.durable_execution_name, () => fieldTable.durable_execution_name.rule),
  durableTimeout: (value) => optional(value, fieldLimits.durable_timeout, () => fieldTable.durable_timeout.rule),
  concurrency: (value) => optional(value, concurrency, () => text('fault.concurrency', concurrency)),
  marker: (value) => (hasPlaceholder(value) ? templateFault(value) : null),
  maxItems: (value) => optional(value, fieldLimits.max_items, () => fieldTable.max_items.rule),
};

/** A text with placeholders can be judged only in part: `undefined` leaves it to the next rule. */
function templated(value) {
  if (!hasPlaceholder(value)) return undefined;
  return templateFault(value) ?? accepted;
}

/** Says that a field is judged and sound, where `null` would ask the next rule. */
const accepted = '';

function textOnly(parsed) {
  return typeof parsed === 'string' ? parsed : null;
}

function optional(value, limits, sentence) {
  if (value === '') return null;
  if (hasPlaceholder(value)) return templateFault(value);
  return fits(limits, value) ? null : sentence();
}

function propertyFault(value) {
  return RED.utils.validatePropertyExpression(value) === true ? null : text('fault.property');
}

function payloadFault(value) {
  return jsonTemplateFault(value) ?? jsonFault(value);
}

function clientContextFault(value) {
  try {
    clientContextOf(value);
    return null;
  } catch {
    return text('fault.clientContext');
  }
}
