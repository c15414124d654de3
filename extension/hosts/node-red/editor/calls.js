import { watchFaults } from './faults.js';
import { functionSearch } from './function-search.js';
import { payloadField } from './payload.js';
import { callRules } from './rules.js';
import { text } from './texts.js';

const shared = { name: '', connection: '', concurrency: '10' };
const toFunction = {
  functionName: '',
  qualifier: '',
  payload: '{}',
  payloadType: 'json',
  clientContext: '',
  timeout: '',
};

const durable = { waitForDurableExecution: false, durableExecutionName: '', durableTimeout: '' };

/** Registers the three nodes that call. */
export function registerCalls() {
  register('connected.awslambda.invoke', {
    icon: 'lambda-invoke.svg',
    label: 'palette.invoke',
    values: { ...shared, ...toFunction, ...durable, logType: 'None', dryRun: false },
    prepare: prepareInvoke,
  });
  register('connected.awslambda.invoke_async', {
    icon: 'lambda-async.svg',
    label: 'palette.invokeAsync',
    values: { ...shared, ...toFunction },
    prepare: prepareFunction,
  });
  register('connected.awslambda.list_functions', {
    icon: 'lambda-list.svg',
    label: 'palette.listFunctions',
    values: { ...shared, marker: '', maxItems: '50', functionVersion: 'ALL' },
    prepare: () => null,
  });
}

function register(type, { icon, label, values, prepare }) {
  /** Ends what `prepare` has made of the form, and what it still asks. */
  function close() {
    this.awslambda?.closing.abort();
    this.awslambda?.payload?.close();
    delete this.awslambda;
  }
  RED.nodes.registerType(type, {
    category: 'API',
    ...{ color: '#E8A657', icon, inputs: 1, outputs: 1 },
    defaults: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, defaultOf(name, value)])),
    paletteLabel: () => text(label),
    label() {
      return this.name || this.functionName || text(label);
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    oneditprepare() {
      fillMissing(this, values);
      const closing = new AbortController();
      this.awslambda = { closing, payload: prepare(this, closing.signal) };
      const faults = watchFaults($('#dialog-form'), () => faultsOf(Object.keys(values)));
      setTimeout(() => faults.touchFilled(), 0);
    },
    oneditsave: close,
    oneditcancel: close,
    oneditdelete: close,
    oneditresize() {
      this.awslambda?.payload?.resize();
    },
  });
}

/** A flow of an earlier version, or written by hand, may lack fields: they show what is in force, the default. */
function fillMissing(node, values) {
  for (const [name, value] of Object.entries(values)) {
    if (name === 'connection' || (node[name] !== undefined && node[name] !== null)) continue;
    const field = $(`#node-input-${name}`);
    if (field.is(':checkbox')) field.prop('checked', value);
    else field.val(value);
  }
}

function defaultOf(name, value) {
  const rule = callRules[name];
  if (name === 'connection')
    return { value, type: 'connected.awslambda.connection', required: true, label: text('common.connection') };
  if (rule === undefined) return { value };
  const validate = function (given, _options) {
    const fault = rule(String(given ?? ''), this);
    return fault ? `${text(`common.${name}`)} ${fault}` : true;
  };
  return { value, validate };
}

/** What is wrong with the form: field -> sentence. */
function faultsOf(names) {
  const values = Object.fromEntries(names.map((name) => [name, fieldValue(name)]));
  const entries = names.map((name) => [name, callRules[name]?.(values[name], values)]);
  return Object.fromEntries(entries.filter(([, fault]) => fault));
}

function fieldValue(name) {
  const field = $(`#node-input-${name}`);
  return field.is(':checkbox') ? field.prop('checked') : (field.val() ?? '').trim();
}

function prepareFunction(node, signal) {
  functionSearch(signal);
  return payloadField(node);
}

function prepareInvoke(node, signal) {
  const dryRun = $('#node-input-dryRun');
  // A dry run runs no code, so there is no log to ask for.
  const showLogType = () => $('#node-input-logType').closest('.awsl-row').toggle(!dryRun.prop('checked'));
  dryRun.on('change', showLogType);
  showLogType();
  const durable = $('#node-input-waitForDurableExecution');
  const rows = $('#node-input-durableExecutionName, #node-input-durableTimeout').closest('.awsl-row');
  const showDurable = () => rows.toggle(durable.prop('checked'));
  durable.on('change', showDurable);
  showDurable();
  return prepareFunction(node, signal);
}
