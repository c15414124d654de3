import { profileFields } from '../../../connector/profile.gen.ts';
import { configNames, credentialNames, credentialTypes } from '../profile.ts';
import { watchFaults } from './faults.js';
import { functionsTab } from './functions-tab.js';
import { healthTab } from './health-tab.js';
import { chooseRegion } from './region-choice.js';
import { isRequired, profileFault, profileFaults } from './rules.js';
import { secretFields } from './secrets.js';
import { makeTabs } from './tabs.js';
import { text } from './texts.js';

const secretNames = credentialNames.filter((name) => credentialTypes[name].type === 'password');
const shownNames = credentialNames.filter((name) => credentialTypes[name].type === 'text');
const tabNames = ['connection', 'authentication', 'advanced', 'functions', 'health'];

/** Registers the connection profile and its form of five tabs. */
export function registerConnection() {
  RED.nodes.registerType('connected.awslambda.connection', {
    category: 'config',
    defaults: Object.fromEntries(configNames.map((name) => [name, defaultOf(name)])),
    credentials: credentialTypes,
    label() {
      return this.name || text('common.connection');
    },
    oneditprepare() {
      this.awslambda = prepare(this);
    },
    oneditsave() {
      this.awslambda.save();
      close(this);
    },
    oneditcancel() {
      close(this);
    },
    oneditdelete() {
      close(this);
    },
  });
}

/** Ends what the form still asks. */
function close(node) {
  node.awslambda?.closing.abort();
  delete node.awslambda;
}

function defaultOf(name) {
  const { default: value = '' } = profileFields[name];
  const required = isRequired(name);
  const validate = (given, _options) => {
    if (required && !given) return `${text(`connection.${name}`)} ${text('fault.required')}`;
    const fault = profileFault(name, given);
    return fault === null ? true : `${text(`connection.${name}`)} ${fault}`;
  };
  return { value: String(value), ...(required && { required }), validate };
}

function prepare(node) {
  chooseRegion();
  const form = $('#awsl-panes');
  const secrets = secretFields(node, secretNames);
  const field = (name) => $(`#node-config-input-${name}`);
  const value = (name) => (secretNames.includes(name) ? secrets.typed(name) : (field(name).val() ?? '').trim());
  const has = (name) => (secretNames.includes(name) ? secrets.isSet(name) : value(name) !== '');
  const values = (names) => Object.fromEntries(names.map((name) => [name, value(name)]));

  /** The form as the runtime expects it. */
  const connection = () => ({
    id: node.id,
    profile: values(configNames),
    credentials: { ...values(shownNames), ...secrets.values() },
  });

  const judge = () => profileFaults(values([...configNames, ...credentialNames]), has);
  const faults = watchFaults(form, judge, (found) => {
    tabs.mark(showSummary(found));
    showChain(has);
    $('#node-config-dialog-ok')
      .prop('disabled', Object.keys(found).length > 0)
      .toggleClass('disabled', Object.keys(found).length > 0);
  });
  const closing = new AbortController();
  const saved = Boolean(RED.nodes.node(node.id));
  const functions = functionsTab(connection, closing.signal);
  healthTab(connection, saved, closing.signal);
  const tabs = makeTabs(tabNames, (name) => {
    if (name === 'functions') functions.open();
    showSummary(judge());
  });
  if (!saved) tabs.grey('health');
  $('#awsl-summary').on('mousedown', 'a', (event) => event.preventDefault()); // the field keeps the focus until the click
  $('#awsl-summary').on('click', 'a', (event) => {
    event.preventDefault(); // the address is that of the flow
    const { tab, fault } = event.currentTarget.dataset;
    tabs.open(tab);
    field(fault).trigger('focus');
  });
  // After Node-RED has filled and announced every field.
  setTimeout(() => faults.touchFilled(), 0);
  return { closing, save: () => secrets.save() };
}

/** More faults than these would move the fields out of view. */
const shownFaults = 3;

/** Says above the panes why the form cannot be saved, unless a visible field says so; returns the tabs with a fault. */
function showSummary(faults) {
  const entries = Object.entries(faults).map(([name, fault]) => {
    const row = $(`#awsl-panes [data-field="${name}"]`);
    const tab = row.closest('.awsl-pane').attr('id').replace('awsl-pane-', '');
    const line = `${text(`tabs.${tab}`)}: ${text(`connection.${name}`)} ${fault}`;
    return { name, tab, line, seen: row.is('.awsl-at-fault:visible') };
  });
  const unseen = entries.filter(({ seen }) => !seen);
  const summary = $('#awsl-summary').prop('hidden', unseen.length === 0);
  // A link must outlive the click on it, which takes the focus out of a field and so comes here.
  const lines = JSON.stringify(unseen);
  if (summary.data('lines') !== lines) summary.data('lines', lines).empty().append(links(unseen));
  return new Set(entries.map(({ tab }) => tab));
}

function links(entries) {
  const shown = entries.slice(0, shownFaults);
  const more = entries.length - shown.length;
  return [
    ...shown.map(({ name, tab, line }) => $('<a>', { href: '#', 'data-tab': tab, 'data-fault': name, text: line })),
    ...(more > 0 ? [$('<div>').text(text('fault.more', { count: more }))] : []),
  ];
}

function showChain(has) {
  const [icon, key] =
    has('accessKeyId') || has('secretAccessKey') ? ['fa-key', 'hint.keys'] : ['fa-cloud', 'hint.chain'];
  const banner = $('#awsl-chain');
  banner.find('i').attr('class', `fa ${icon}`);
  banner.find('span').text(text(key));
}
