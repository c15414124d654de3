import type { OpenSession, Ports, Session } from '../ports.ts';
import type { Connection } from '../task/connection.ts';
import { connectLambda, type LambdaConnection, lambdaOver } from './api/lambda.ts';
import { credentialSource } from './credentials/credential-source.ts';
import { placeOf } from './endpoints.ts';
import { RequestHandler } from './transport/request-handler.ts';

/** @internal What tasks with the same connection can share: the client with its credentials, and the sockets. */
export interface Reach {
  readonly handler: RequestHandler;
  readonly lambda: LambdaConnection;
}

/** Opens a session for one task: its connections end with it. */
export const openSession: OpenSession = async (connection, ports) =>
  sessionOver(await reach(connection), connection, ports);

/** @internal */
export async function reach(connection: Connection): Promise<Reach> {
  const place = await placeOf(connection);
  const handler = new RequestHandler(connection.proxy);
  return { handler, lambda: connectLambda(place, credentialSource(connection, place), handler) };
}

/** @internal One task's session: its own time limits, log and signal over what it shares. */
export function sessionOver(
  { handler, lambda }: Reach,
  { connectTimeout, waitTimeout, maxAttempts }: Connection,
  { log, signal }: Pick<Ports, 'log' | 'signal'>,
): Session {
  const deadline = 'wait_for_completion_timeout';
  const policy = { handler, connectTimeout, waitTimeout, deadline, maxAttempts, log, signal } as const;
  return { lambda: lambdaOver(lambda, policy), close: () => handler.destroy() };
}
