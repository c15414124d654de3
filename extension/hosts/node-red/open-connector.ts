import type { SharedSessions } from '../../aws/shared-sessions.ts';
import { type Connector, connectorOver } from '../../connector/connector.ts';
import { type ConnectionProfile, ConnectionProfileError } from '../../connector/profile.ts';
import { refusingConnector } from '../../connector/refusing-connector.ts';
import type { Log } from '../../ports.ts';
import { processPorts } from '../process/ports.ts';
import type { Node } from './red.ts';

/** Makes the connector of a profile; of one that is not valid, a connector that says so on every call. */
export function openConnector(profile: ConnectionProfile, log: Log): Connector {
  try {
    return connectorOver(profile, { ...processPorts, ...lazySessions(), log });
  } catch (error) {
    if (!(error instanceof ConnectionProfileError)) throw error;
    return refusingConnector(String(profile.id), error.violations);
  }
}

/** Sessions that are shared by the calls of one connection. The AWS client loads with the first call, not with Node-RED. */
function lazySessions(): SharedSessions {
  let sessions: Promise<SharedSessions> | undefined;
  return {
    async openSession(task, ports) {
      sessions ??= import('../../aws/shared-sessions.ts').then(({ sharedSessions }) => sharedSessions());
      return (await sessions).openSession(task, ports);
    },
    drain: async () => (await sessions)?.drain(),
    close: () => void sessions?.then((opened) => opened.close()),
  };
}

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
