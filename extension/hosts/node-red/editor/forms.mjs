// The forms of the nodes as HTML, made once at build time.

/**
 * One field: label, control, and a place for what is wrong with it. `labels` is the ending of the control's id, where the
 * label is that of another element than the input that holds the value.
 */
function row(prefix, name, { label, icon, control, hint, unit, labels = '' }) {
  const id = `${prefix}-${name}`;
  return `
    <div class="form-row awsl-row" data-field="${name}">
      <label for="${id}${labels}" id="${id}-label">${icon ? `<i class="fa fa-${icon}"></i> ` : ''}<span data-i18n="${label}"></span></label>
      <div class="awsl-control">
        <div class="awsl-line">${control(id)}${unit ? `<span class="awsl-unit" data-i18n="${unit}"></span>` : ''}</div>
        <div class="awsl-fault" id="${id}-fault" role="alert"></div>
        ${hint ? `<div class="awsl-hint" data-i18n="[html]${hint}"></div>` : ''}
      </div>
    </div>`;
}

const input =
  (placeholder, type = 'text', more = '') =>
  (id) =>
    `<input type="${type}" id="${id}"${placeholder ? ` data-i18n="[placeholder]${placeholder}"` : ''} ${more}>`;

const small = (placeholder) => input(placeholder, 'text', 'class="awsl-small" inputmode="numeric"');

const select = (options) => (id) =>
  `<select id="${id}">${options.map(([value, key]) => `<option value="${value}" data-i18n="${key}"></option>`).join('')}</select>`;

const secret = (placeholder) => (id) =>
  `<input type="password" id="${id}" data-empty="${placeholder}" autocomplete="new-password" spellcheck="false">` +
  `<button type="button" class="red-ui-button red-ui-button-small awsl-forget" hidden></button>`;

// --- the nodes that call

const call = 'node-input';
const name = row(call, 'name', { label: 'common.name', icon: 'tag', control: input() });
const connection = row(call, 'connection', {
  label: 'common.connection',
  icon: 'plug',
  control: (id) => `<input type="text" id="${id}">`,
});

const functionName = row(call, 'functionName', {
  label: 'common.functionName',
  icon: 'bolt',
  control: (id) =>
    `<input type="text" id="${id}" data-i18n="[placeholder]placeholder.functionName" role="combobox" aria-autocomplete="list" aria-haspopup="listbox" aria-expanded="false" aria-controls="${id}-list" autocomplete="off" spellcheck="false">` +
    `<button type="button" class="red-ui-button awsl-search" id="${id}-search" aria-expanded="false" data-i18n="[title]hint.search;[aria-label]hint.search"><i class="fa fa-search" aria-hidden="true"></i></button>`,
});

const qualifier = row(call, 'qualifier', {
  label: 'common.qualifier',
  icon: 'code-fork',
  control: input('placeholder.qualifier'),
});

const payload = row(call, 'payload', {
  label: 'common.payload',
  icon: 'envelope-o',
  control: (id) => `
    <input type="hidden" id="${id}">
    <div class="awsl-payload" role="group" aria-labelledby="${id}-label">
      <div class="awsl-segments" role="group" aria-labelledby="${id}-label">
        <button type="button" data-payload="json" data-i18n="common.payloadJson"></button><button type="button" data-payload="msg" data-i18n="common.payloadMsg"></button>
      </div>
      <div class="node-text-editor awsl-json" id="${id}-json"></div>
      <div class="awsl-property"><span>msg.</span><input type="text" id="${id}-property" data-i18n="[aria-label]hint.property" spellcheck="false"></div>
    </div>
    <input type="hidden" id="${call}-payloadType">`,
  hint: 'hint.template',
  labels: '-property',
});

const dryRun = row(call, 'dryRun', {
  label: 'common.dryRun',
  icon: 'flask',
  control: (id) =>
    `<label class="awsl-check" for="${id}"><input type="checkbox" id="${id}"> <span data-i18n="hint.dryRun"></span></label>`,
});

const waitForDurableExecution = row(call, 'waitForDurableExecution', {
  label: 'common.waitForDurableExecution',
  icon: 'hourglass-half',
  control: (id) =>
    `<label class="awsl-check" for="${id}"><input type="checkbox" id="${id}"> <span data-i18n="hint.waitForDurableExecution"></span></label>`,
});

const durableExecutionName = row(call, 'durableExecutionName', {
  label: 'common.durableExecutionName',
  icon: 'tag',
  control: input('placeholder.durableExecutionName', 'text', 'spellcheck="false"'),
});

const durableTimeout = row(call, 'durableTimeout', {
  label: 'common.durableTimeout',
  icon: 'clock-o',
  control: input('placeholder.durableTimeout', 'text', 'inputmode="numeric"'),
});

const logType = row(call, 'logType', {
  label: 'common.logType',
  icon: 'file-text-o',
  control: select([
    ['None', 'options.none'],
    ['Tail', 'options.tail'],
  ]),
});

const clientContext = row(call, 'clientContext', {
  label: 'common.clientContext',
  icon: 'id-card-o',
  control: input('placeholder.clientContext', 'text', 'spellcheck="false"'),
});

const timeout = row(call, 'timeout', {
  label: 'common.timeout',
  icon: 'clock-o',
  control: input('placeholder.timeout', 'text', 'inputmode="numeric"'),
});

const concurrency = row(call, 'concurrency', {
  label: 'common.concurrency',
  icon: 'random',
  control: small('placeholder.concurrency'),
  unit: 'hint.concurrency',
});

const invoke = [
  name,
  connection,
  functionName,
  qualifier,
  payload,
  logType,
  clientContext,
  dryRun,
  timeout,
  waitForDurableExecution,
  durableExecutionName,
  durableTimeout,
  concurrency,
];
const invokeAsync = [name, connection, functionName, qualifier, payload, clientContext, timeout, concurrency];
const listFunctions = [
  name,
  connection,
  row(call, 'marker', { label: 'common.marker', icon: 'bookmark-o', control: input('placeholder.marker') }),
  row(call, 'maxItems', { label: 'common.maxItems', icon: 'list-ol', control: small('placeholder.maxItems') }),
  row(call, 'functionVersion', {
    label: 'common.functionVersion',
    icon: 'code-fork',
    control: select([
      ['ALL', 'options.all'],
      ['unqualified', 'options.unqualified'],
    ]),
  }),
  concurrency,
];

// --- the connection and its five tabs

const field = (fieldName, { placeholder, control = input(placeholder), ...facts }) =>
  row('node-config-input', fieldName, { label: `connection.${fieldName}`, control, ...facts });

const heading = (key) => `<h4 class="awsl-heading" data-i18n="${key}"></h4>`;

const tabs = {
  connection: [
    field('name', { icon: 'tag', control: input('connectionPlaceholder.name', 'text', 'maxlength="200"') }),
    field('description', {
      icon: 'align-left',
      control: (id) =>
        `<textarea id="${id}" rows="3" data-i18n="[placeholder]connectionPlaceholder.description"></textarea>`,
    }),
    field('region', {
      icon: 'globe',
      labels: '-choice',
      control: (id) =>
        `<select id="${id}-choice"></select><input type="text" id="${id}" class="awsl-custom" data-i18n="[placeholder]connectionPlaceholder.customRegion;[aria-label]connection.customRegion" spellcheck="false">`,
    }),
  ],
  authentication: [
    '<div class="awsl-banner" id="awsl-chain"><i class="fa"></i> <span></span></div>',
    field('accessKeyId', {
      icon: 'user',
      control: input('connectionPlaceholder.chain', 'text', 'autocomplete="off" spellcheck="false"'),
    }),
    field('secretAccessKey', { icon: 'key', control: secret('connectionPlaceholder.chain') }),
    field('sessionToken', { icon: 'ticket', control: secret('connectionPlaceholder.optional') }),
    heading('hint.role'),
    field('roleArn', { icon: 'id-badge', placeholder: 'connectionPlaceholder.roleArn' }),
    field('roleExternalId', { placeholder: 'connectionPlaceholder.optional' }),
    field('roleSessionName', { placeholder: 'connectionPlaceholder.roleSessionName' }),
    field('roleDurationSeconds', {
      control: (id) => `<input type="text" id="${id}" class="awsl-small" inputmode="numeric" placeholder="3600">`,
    }),
  ],
  advanced: [
    heading('hint.endpoints'),
    field('endpointUrl', { icon: 'link', placeholder: 'connectionPlaceholder.endpointUrl' }),
    field('stsEndpointUrl', { icon: 'link', placeholder: 'connectionPlaceholder.stsEndpointUrl' }),
    field('timeout', { icon: 'clock-o', control: small('') }),
    field('connectTimeout', { icon: 'clock-o', control: small('') }),
    field('maxAttempts', { icon: 'repeat', control: small('') }),
    heading('hint.proxy'),
    field('proxy', { icon: 'random', placeholder: 'connectionPlaceholder.proxy' }),
    field('proxyUser', { icon: 'user', placeholder: 'connectionPlaceholder.optional' }),
    field('proxyPassword', { icon: 'lock', control: secret('connectionPlaceholder.optional') }),
    field('proxyCaBundleFile', { icon: 'certificate', placeholder: 'connectionPlaceholder.proxyCaBundleFile' }),
  ],
  functions: [
    '<div class="awsl-hint" data-i18n="hint.functions"></div>',
    `<div class="awsl-toolbar"><input type="search" id="awsl-functions-search" data-i18n="[placeholder]functions.search;[aria-label]functions.search" autocomplete="off" spellcheck="false">
      <button type="button" class="red-ui-button" id="awsl-functions-refresh"><i class="fa fa-refresh"></i> <span data-i18n="button.refresh"></span></button></div>`,
    '<div id="awsl-functions" aria-live="polite"></div>',
  ],
  health: [
    '<div class="awsl-hint" data-i18n="hint.health"></div>',
    `<div class="awsl-toolbar"><button type="button" class="red-ui-button" id="awsl-test"><i class="fa fa-heartbeat"></i> <span data-i18n="button.test"></span></button></div>`,
    '<div id="awsl-health" aria-live="polite"></div>',
    '<div class="awsl-hint awsl-iam" data-i18n="[html]hint.iam"></div>',
  ],
};

const connectionForm = [
  '<div class="awsl-tabs" id="awsl-tabs" role="tablist"></div>',
  '<div class="awsl-summary" id="awsl-summary" hidden></div>',
  '<div class="awsl-panes" id="awsl-panes">',
  ...Object.entries(tabs).map(
    ([tab, rows]) =>
      `<div class="awsl-pane" id="awsl-pane-${tab}" role="tabpanel" aria-labelledby="awsl-tab-${tab}">${rows.join('')}</div>`,
  ),
  '</div>',
];

/** Node type -> the HTML of its form. */
export const forms = {
  'connected.awslambda.invoke': invoke,
  'connected.awslambda.invoke_async': invokeAsync,
  'connected.awslambda.list_functions': listFunctions,
  'connected.awslambda.connection': connectionForm,
};

export function formsHtml() {
  return Object.entries(forms)
    .map(
      ([type, rows]) =>
        `<script type="text/html" data-template-name="${type}"><div class="awsl-form">${rows.join('')}\n</div></script>`,
    )
    .join('\n');
}
