import type { Connector } from '../../connector/connector.ts';
import type { ConnectionProfile } from '../../connector/profile.ts';
import { refusingConnector } from '../../connector/refusing-connector.ts';
import type { Violation } from '../../errors.ts';
import { type ConnectionNode, connectionType } from './connection-node.ts';
import { openConnector, silent } from './open-connector.ts';
import { configNames, credentialNames, credentialTypes, type FieldName, profileOf, type Values } from './profile.ts';
import type { Red } from './red.ts';

/**
 * Makes the connector of a connection that is being edited, from the form's values. What the form does not hold, stored
 * secrets and the values of environment variables, is that of the deployed connection; it is used only as it is deployed:
 * sent to the same hosts, for the same key and role. Otherwise anyone who may test a connection could read the secrets of
 * every connection, by naming a proxy or an endpoint of their own, or act in a role that nobody has deployed.
 */
export function editedConnector(RED: Red, body: unknown): Connector {
  const form = readForm(body);
  const { values, violations } = valuesOf(RED, form);
  if (violations.length > 0) return refusingConnector(form.id, violations);
  return openConnector(profileOf(form.id, values, values), silent);
}

interface Form {
  readonly id: string;
  readonly profile: Values;
  /** Absent or `kept`: as stored. An empty text: none. */
  readonly credentials: Values;
}

function readForm(body: unknown): Form {
  const { id, profile, credentials } = Object(body) as Record<string, unknown>;
  return { id: String(id || 'unsaved'), profile: Object(profile), credentials: Object(credentials) };
}

function valuesOf(RED: Red, { id, profile, credentials }: Form) {
  const deployed = deployedConnection(RED, id);
  const violations: Violation[] = [];
  const refuse = (field: string, key: string, facts: Values) => {
    violations.push({ field, message: RED._(key, facts) });
  };
  const formText = (name: FieldName) => {
    if (!isCredential(name)) return textOf(profile[name]);
    return textOf(isKept(credentials[name]) ? deployed.written[name] : credentials[name]);
  };
  const changedOf = (names: readonly FieldName[]) =>
    names.filter((name) => formText(name) !== textOf(deployed.written[name])).join(', ');

  /** What the form would send elsewhere, by the fields that it has changed. */
  const elsewhere = new Map<string, FieldName[]>();
  const fromDeployed = (name: FieldName) => {
    const changed = changedOf(destinations[name] ?? everyDestination);
    if (changed !== '') elsewhere.set(changed, [...(elsewhere.get(changed) ?? []), name]);
    return deployed.profile[name];
  };

  const fieldValue = (name: FieldName, given: unknown, stored: boolean) => {
    const written = deployed.written[name];
    if (stored) return written === undefined || written === '' ? undefined : fromDeployed(name);
    if (!isVariable(given)) return given;
    if (textOf(given) === textOf(written)) return fromDeployed(name);
    return refuse(name, 'runtime.variable', { value: textOf(given) });
  };

  const values: Partial<Record<FieldName, unknown>> = {};
  for (const name of configNames) values[name] = fieldValue(name, profile[name], false);
  for (const name of credentialNames) {
    values[name] = fieldValue(name, credentials[name], isKept(credentials[name]));
  }
  for (const [fields, names] of elsewhere) refuse(names.join(', '), 'runtime.storedElsewhere', { fields });
  // Without keys, those of this host would sign the call.
  const ownUse = changedOf([...endpoints, ...role].filter((name) => textOf(profile[name]) !== ''));
  const withoutKeys = !values.accessKeyId && !values.secretAccessKey;
  if (violations.length === 0 && withoutKeys && ownUse !== '') {
    refuse('accessKeyId', 'runtime.hostKeys', { fields: ownUse });
  }
  return { values, violations };
}

interface DeployedConnection {
  /** As the flow file and the store of secrets have it, with the names of environment variables. */
  readonly written: Values;
  /** The same with their values; empty when nothing is deployed under the id. */
  readonly profile: Partial<ConnectionProfile>;
}

function deployedConnection(RED: Red, id: string): DeployedConnection {
  const found: Values[] = [];
  RED.nodes.eachNode((config) => {
    if (config.id === id && config.type === connectionType) found.push(config);
  });
  const node = found.length > 0 ? (RED.nodes.getNode(id) as ConnectionNode | null | undefined) : null;
  return { written: { ...found[0], ...RED.nodes.getCredentials(id) }, profile: node?.profile ?? {} };
}

const endpoints = ['endpointUrl', 'stsEndpointUrl'] as const satisfies readonly FieldName[];
const proxyDestination = ['proxy', 'proxyCaBundleFile'] as const satisfies readonly FieldName[];

/** The fields that say to whom a call goes, and so all that is in it. */
const everyDestination: readonly FieldName[] = ['region', ...endpoints, ...proxyDestination];

/** The fields that say in which role the calls are made. */
const role = [
  'roleArn',
  'roleExternalId',
  'roleSessionName',
  'roleDurationSeconds',
] as const satisfies readonly FieldName[];

/** The fields that must be as deployed, where they are not just the destinations: to whom a secret goes, and for what. */
const destinations: Partial<Record<FieldName, readonly FieldName[]>> = {
  secretAccessKey: [...everyDestination, 'accessKeyId', ...role],
  sessionToken: [...everyDestination, 'accessKeyId', ...role],
  proxyUser: proxyDestination,
  proxyPassword: [...proxyDestination, 'proxyUser'],
};

/** How Node-RED's editor says that a password is stored. */
const kept = '__PWRD__';

/** Whether the form leaves a credential as it is stored. */
const isKept = (given: unknown) => given === undefined || given === kept;

const isCredential = (name: FieldName) => Object.hasOwn(credentialTypes, name);

/** `${NAME}` and `$(NAME)`, which Node-RED replaces by the value of an environment variable at deploy. */
function isVariable(value: unknown): boolean {
  return typeof value === 'string' && /^\$(\{\S+\}|\(\S+\))$/.test(value.trim());
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).trim();
}
