import type { Connector } from '../../connector/connector.ts';
import { ConnectionProfileError, parseProfile } from '../../connector/profile.ts';
import { logOf, openConnector } from './open-connector.ts';
import { credentialTypes, profileOf } from './profile.ts';
import type { Config, Node, Red } from './red.ts';

export const connectionType = 'connected.awslambda.connection';

/** A saved connection profile, shared by the nodes that name it. */
export interface ConnectionNode extends Node {
  connector: Connector;
}

export function registerConnection(RED: Red): void {
  function Connection(this: ConnectionNode, config: Config) {
    RED.nodes.createNode(this, config);
    const profile = profileOf(this.id, config, this.credentials ?? {});
    this.connector = openConnector(profile, logOf(this));
    const fault = faultOf(profile);
    if (fault !== null) this.error(RED._('runtime.badProfile', { fault }));
    this.on('close', (done) => {
      this.connector.close();
      done();
    });
  }
  RED.nodes.registerType(connectionType, Connection, { credentials: credentialTypes });
}

function faultOf(profile: unknown): string | null {
  try {
    parseProfile(profile);
    return null;
  } catch (error) {
    if (error instanceof ConnectionProfileError) return error.message;
    throw error;
  }
}
