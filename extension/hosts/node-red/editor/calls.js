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

/** Registers the three nodes that call. */
export function registerCalls() {
  register('connected.awslambda.invoke', {
    color: '#E8A657',
    icon: 'lambda-invoke.svg',
    words: 'palette.invoke',
    values: { ...shared, ...toFunction, logType: 'None', dryRun: false },
    prepare: prepareInvoke,
  });
  register('connected.awslambda.invoke_async', {
    color: '#E8A657',
    icon: 'lambda-async.svg',
    words: 'palette.invokeAsync',
    values: { ...shared, ...toFunction },
    prepare: prepareFunction,
  });
  register('connected.awslambda.list_functions', {
    color: '#E8A657',
    icon: 'lambda-list.svg',
    words: 'palette.listFunctions',
    values: { ...shared, marker: '', maxItems: '50', functionVersion: 'ALL' },
    prepare: () => null,
  });
}

function register(type, { color, icon, words, values, prepare }) {
  RED.nodes.registerType(type, {
    category: 'API',
    ...{ color, icon, inputs: 1, outputs: 1 },
    defaults: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, defaultOf(name, value)])),
    paletteLabel: () => text(words),
    label() {
      return this.name || this.functionName || text(words);
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    oneditprepare() {
      const part = prepare(this);
      const value = (name) => fieldValue(`#node-input-${name}`);
      const all = () => Object.fromEntries(Object.keys(values).map((name) => [name, value(name)]));
      const judge = () => faultsOf(all());
      const faults = watchFaults($('#dialog-form'), judge);
      setTimeout(() => faults.touchFilled(), 0);
      this.awslambda = part;
    },
    oneditsave() {
      this.awslambda?.close();
      delete this.awslambda;
    },
    oneditcancel() {
      this.awslambda?.close();
      delete this.awslambda;
    },
    oneditresize() {
      this.awslambda?.resize();
    },
  });
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

function faultsOf(values) {
  const entries = Object.entries(values).map(([name, value]) => [name, callRules[name]?.(value, values)]);
  return Object.fromEntries(entries.filter(([, fault]) => fault));
}

function fieldValue(selector) {
  const field = $(selector);
  return field.is(':checkbox') ? field.prop('checked') : (field.val() ?? '').trim();
}

function prepareFunction(node) {
  functionSearch();
  return payloadField(node);
}

function prepareInvoke(node) {
  const dryRun = $('#node-input-dryRun');
  // A dry run runs no code, so there is no log to ask for.
  const showLogType = () => $('#node-input-logType').closest('.awsl-row').toggle(!dryRun.prop('checked'));
  dryRun.on('change', showLogType);
  showLogType();
  return prepareFunction(node);
}
