import { sharedSessions } from './aws/shared-sessions.ts';
import { type Connector, type ConnectorOptions, connectorOver } from './connector/connector.ts';
import type { ConnectionProfile } from './connector/profile.ts';
import { processPorts } from './hosts/process/ports.ts';

/**
 * Makes a connector from a profile (schemas/connection.schema.json). Throws ConnectionProfileError when it is not valid.
 *
 * @example
 * const lambda = createConnector({ name: 'orders', region: 'eu-west-1' });
 * const result = await lambda.invoke({ functionName: 'order', payload: { id: 'A-17' } });
 * if (result.success) use(result.data.payload);
 * else report(result.error, result.metadata.execution);
 * lambda.close();
 */
export function createConnector(profile: ConnectionProfile, { log = silent }: ConnectorOptions = {}): Connector {
  const { openSession, close } = sharedSessions();
  return connectorOver(profile, { ...processPorts, openSession, close, log });
}

const silent = { error() {}, warn() {}, info() {}, debug() {} };

export { openSession } from './aws/session.ts';
export { type SharedSessions, sharedSessions } from './aws/shared-sessions.ts';
export type { InvokeAsyncCall, InvokeCall, ListFunctionsCall } from './connector/calls.ts';
export type { Connector, ConnectorOptions } from './connector/connector.ts';
export type {
  AccountData,
  AsyncData,
  ConnectorMetadata,
  ConnectorResult,
  InvokeData,
  ListData,
  ListedFunction,
} from './connector/connector-result.ts';
export { type ConnectionProfile, ConnectionProfileError } from './connector/profile.ts';
export type { Violation } from './errors.ts';
export { execute } from './execute.ts';
export { processPorts } from './hosts/process/ports.ts';
export type { Answer, DurableResult, DurableWait } from './outcome/answer.ts';
export { unknownOutcome } from './outcome/failure.ts';
export type { ErrorEntry, Execution, Outcome } from './outcome/outcome.ts';
export { toOutput } from './output.ts';
export type { DurableProgress, Log, OnProgress, Ports, Session } from './ports.ts';
export {
  type RunTaskOptions,
  runTask,
  type TaskFailure,
  type TaskFields,
  type TaskResult,
  type TaskSuccess,
} from './run-task.ts';
export { name, version } from './version.ts';
