import { sharedSessions } from './aws/shared-sessions.ts';
import { type Connector, type ConnectorOptions, connectorOver } from './hosts/connector/connector.ts';
import type { ConnectionProfile } from './hosts/connector/profile.ts';

/** Makes a connector from a profile (schemas/connection.schema.json). Throws ConnectionProfileError when it is not valid. */
export function createConnector(profile: ConnectionProfile, { log = silent }: ConnectorOptions = {}): Connector {
  const { openSession, close } = sharedSessions();
  return connectorOver(profile, { openSession, close, log });
}

const silent = { error() {}, warn() {}, info() {}, debug() {} };

export { openSession } from './aws/session.ts';
export { type SharedSessions, sharedSessions } from './aws/shared-sessions.ts';
export type { Violation } from './errors.ts';
export { execute } from './execute.ts';
export type { InvokeAsyncCall, InvokeCall, ListFunctionsCall } from './hosts/connector/calls.ts';
export type { Connector, ConnectorOptions } from './hosts/connector/connector.ts';
export { type ConnectionProfile, ConnectionProfileError } from './hosts/connector/profile.ts';
export type {
  AccountData,
  AsyncData,
  ConnectorMetadata,
  ConnectorResult,
  InvokeData,
  ListData,
  ListedFunction,
} from './outcome/connector-result.ts';
export type { Outcome } from './outcome/outcome.ts';
export { toOutput } from './outcome/output.ts';
export type { Log, Ports, Session } from './ports.ts';
export { name, version } from './version.ts';
