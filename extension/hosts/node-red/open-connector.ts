import type { Log, OpenSession } from '../../ports.ts';
import { type Connector, connectorOver } from '../connector/connector.ts';
import { type ConnectionProfile, ConnectionProfileError } from '../connector/profile.ts';
import { refusingConnector } from '../connector/refusing-connector.ts';
import type { Node } from './red.ts';

/** Makes the connector of a profile; of one that is not valid, a connector that says so on every call. */
export function openConnector(profile: ConnectionProfile, log: Log): Connector {
  try {
    return connectorOver(profile, { openSession, log });
  } catch (error) {
    if (!(error instanceof ConnectionProfileError)) throw error;
    return refusingConnector(String(profile.id), error.violations);
  }
}

/** The AWS client loads with the first call, not with Node-RED. */
const openSession: OpenSession = async (connection, ports) => {
  const aws = await import('../../aws/session.ts');
  return aws.openSession(connection, ports);
};

/** A node's log: what is of use only while searching a fault stays out of the log at its default level. */
export function logOf(node: Node): Log {
  return {
    error: (message) => node.error(message),
    warn: (message) => node.warn(message),
    info: (message) => node.debug(message),
    debug: (message) => node.trace(message),
  };
}

export const silent: Log = { error() {}, warn() {}, info() {}, debug() {} };
