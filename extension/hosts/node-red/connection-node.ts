import type { Connector } from '../../connector/connector.ts';
import type { ConnectionProfile } from '../../connector/profile.ts';
import { logOf, openConnector } from './open-connector.ts';
import { credentialTypes, profileOf } from './profile.ts';
import type { Config, Node, Red } from './red.ts';

export const connectionType = 'connected.awslambda.connection';

/** A deployed connection profile, shared by the nodes that name it. */
export interface ConnectionNode extends Node {
  /** With its secrets and the values of environment variables. */
  profile: ConnectionProfile;
  connector: Connector;
}

export function registerConnection(RED: Red): void {
  function Connection(this: ConnectionNode, config: Config) {
    RED.nodes.createNode(this, config);
    this.profile = profileOf(this.id, config, this.credentials ?? {});
    this.connector = openConnector(this.profile, logOf(this), (fault) => {
      this.error(RED._('runtime.badProfile', { fault }));
    });
    this.on('close', (done) => {
      this.connector.close();
      done();
    });
  }
  RED.nodes.registerType(connectionType, Connection, { credentials: credentialTypes });
}
