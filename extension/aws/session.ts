import type { OpenSession } from '../ports.ts';
import type { Connection } from '../task/task.ts';
import { credentialSource } from './credentials.ts';
import { placeOf } from './environment.ts';
import { connectLambda, lambdaOver } from './lambda.ts';
import { RequestHandler } from './request-handler.ts';

/** Opens a session for one task: its connections end with it. */
export const openSession: OpenSession = async (connection, ports) => {
  const place = await placeOf(connection);
  const handler = new RequestHandler(connection.proxy);
  const lambda = connectLambda(place, credentialSource(connection, place), handler);
  return { lambda: lambdaOver(lambda, policyOf(connection, handler, ports)), close: () => handler.destroy() };
};

function policyOf(connection: Connection, handler: RequestHandler, ports: Parameters<OpenSession>[1]) {
  const { connectTimeout, waitTimeout, maxAttempts } = connection;
  const { log, signal } = ports;
  return {
    handler,
    connectTimeout,
    waitTimeout,
    deadline: 'wait_for_completion_timeout',
    maxAttempts,
    log,
    signal,
  } as const;
}
