import { type Connector, connectorOver } from '../../connector/connector.ts';
import { type ConnectionProfile, ConnectionProfileError } from '../../connector/profile.ts';
import { refusingConnector } from '../../connector/refusing-connector.ts';
import type { Log } from '../../ports.ts';
import { lazySharedSessions } from '../process/lazy-sessions.ts';
import { processPorts } from '../process/ports.ts';
import type { Node } from './red.ts';

/** Makes the connector of a profile. When the profile is not valid, every call says so, and `onFault` is called once. */
export function openConnector(profile: ConnectionProfile, log: Log, onFault?: (fault: string) => void): Connector {
  try {
    const { openSession, drain } = lazySharedSessions();
    // The connector has cancelled its calls by then, so that the sessions end soon.
    return connectorOver(profile, { ...processPorts, openSession, close: () => void drain(), log });
  } catch (error) {
    if (!(error instanceof ConnectionProfileError)) throw error;
    onFault?.(error.message);
    return refusingConnector(String(profile.id), error.violations);
  }
}

/** A node's log. The steps of a call are below the default level of Node-RED's log. */
export function logOf(node: Node): Log {
  return {
    error: (message) => node.error(message),
    warn: (message) => node.warn(message),
    info: (message) => node.debug(message),
    debug: (message) => node.trace(message),
  };
}

export const silent: Log = { error() {}, warn() {}, info() {}, debug() {} };
