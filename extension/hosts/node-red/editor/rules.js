import { profileFields } from '../../../connector/profile.gen.ts';
import { clientContextOf } from '../../../formats/client-context.ts';
import { parseFunctionName } from '../../../formats/function-name.ts';
import { jsonFault } from '../../../formats/parse-json.ts';
import { parseProxies } from '../../../formats/proxies.ts';
import { hasPlaceholder, jsonTemplateFault, templateFault } from '../../../formats/template-parameters.ts';
import { text } from './texts.js';

/** `${NAME}` and `$(NAME)` are filled in by Node-RED at deploy. */
const isVariable = (value) => /^\$(\{\w+\}|\(\w+\))$/.test(value);

/** What is wrong with one field of a profile, or null; whether it must be there is said by `profileFaults`. */
export function profileFault(name, raw) {
  const value = String(raw ?? '').trim();
  if (value === '' || isVariable(value)) return null;
  return schemaFault(profileFields[name], value) ?? ownRules[name]?.(value) ?? null;
}

function schemaFault({ type, rule, minimum, maximum, maxLength, pattern }, value) {
  const number = Number(value);
  const sound =
    type === 'integer'
      ? /^[0-9]+$/.test(value) && number >= minimum && number <= maximum
      : (maxLength === undefined || value.length <= maxLength) &&
        (pattern === undefined || new RegExp(pattern, 'u').test(value));
  return sound ? null : rule;
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

/** What is wrong with a profile as a whole: field -> sentence. `has` tells whether a field is set, also by the store. */
export function profileFaults(values, has) {
  const faults = {};
  for (const name of Object.keys(profileFields)) {
    const fault = profileFault(name, values[name]);
    if (fault !== null) faults[name] = fault;
  }
  const need = (name, condition, key) => {
    if (condition) faults[name] ??= text(key);
  };
  need('name', !has('name'), 'fault.required');
  need('region', !has('region'), 'fault.required');
  need('secretAccessKey', has('accessKeyId') && !has('secretAccessKey'), 'fault.together');
  need('accessKeyId', has('secretAccessKey') && !has('accessKeyId'), 'fault.together');
  need('sessionToken', has('sessionToken') && !has('accessKeyId'), 'fault.needsKeys');
  for (const name of ['roleExternalId', 'roleSessionName', 'roleDurationSeconds', 'stsEndpointUrl']) {
    need(name, has(name) && !has('roleArn'), 'fault.needsRole');
  }
  need('proxyPassword', has('proxyUser') && !has('proxyPassword'), 'fault.proxyTogether');
  need('proxyUser', has('proxyPassword') && !has('proxyUser'), 'fault.proxyTogether');
  for (const name of ['proxyUser', 'proxyPassword', 'proxyCaBundleFile']) {
    need(name, has(name) && !has('proxy'), 'fault.needsProxy');
  }
  return faults;
}

/** The rules of the nodes that call: each takes the field's text and all values of the form. */
export const callRules = {
  connection: (value) => (value && value !== '_ADD_' ? null : text('fault.connection')),
  functionName: (value) =>
    value === '' ? text('fault.required') : (templated(value) ?? textOnly(parseFunctionName(value))),
  qualifier: (value) => optional(value, /^(\$LATEST(\.PUBLISHED)?|[A-Za-z0-9_-]{1,128})$/, 'fault.qualifier'),
  payload: (value, { payloadType }) => (payloadType === 'msg' ? propertyFault(value) : payloadFault(value)),
  clientContext: (value) => (value === '' ? null : (templated(value) ?? clientContextFault(value))),
  timeout: (value) => optional(value, { from: 0, to: 900 }, 'fault.timeout'),
  concurrency: (value) => optional(value, { from: 1, to: 1000 }, 'fault.concurrency'),
  marker: (value) => (hasPlaceholder(value) ? templateFault(value) : null),
  maxItems: (value) => optional(value, { from: 1, to: 10000 }, 'fault.maxItems'),
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

function optional(value, form, key) {
  if (value === '') return null;
  if (hasPlaceholder(value)) return templateFault(value);
  const sound =
    form instanceof RegExp ? form.test(value) : /^[0-9]+$/.test(value) && value >= form.from && value <= form.to;
  return sound ? null : text(key);
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
