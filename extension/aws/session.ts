import type { Logs } from '../log-ports.ts';
import type { DurableExecutions, Inspector, OpenSession, Ports, Session } from '../ports.ts';
import type { Connection } from '../task/connection.ts';
import { asking } from './api/ask.ts';
import { lambdaOver, lambdaProtocol } from './api/lambda.ts';
import { keptEndpoint, type Service } from './api/service.ts';
import { type CredentialSource, credentialSource } from './credentials/credential-source.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { late } from './late.ts';
import { warnOfPlainHttp } from './plain-http.ts';
import { Transport } from './transport/transport.ts';

/** @internal What tasks with the same connection can share: endpoints, credentials and sockets. */
export interface SharedClient {
  readonly endpoints: Endpoints;
  readonly service: Service;
  readonly credentials: CredentialSource;
}

/** Opens a session for one task: its connections end with it. */
export const openSession: OpenSession = async ({ connection }, ports) => {
  const client = await openClient(connection, ports);
  warnOfPlainHttp(connection, client.endpoints, ports.log);
  return sessionOver(client, ports, () => client.service.transport.close());
};

/** @internal */
export async function openClient(
  connection: Connection,
  host: Pick<Ports, 'environment' | 'readFile'>,
): Promise<SharedClient> {
  const endpoints = await endpointsOf(connection, host.environment);
  return {
    endpoints,
    service: {
      signingName: 'lambda',
      region: endpoints.region,
      protocol: lambdaProtocol(),
      endpoint: keptEndpoint(endpoints.lambdaEndpoint),
      transport: new Transport(connection.proxy),
      clock: { offset: 0 },
    },
    credentials: credentialSource(connection, endpoints, host),
  };
}

/** @internal One task's session over what it shares. */
export function sessionOver(
  { endpoints, service, credentials }: SharedClient,
  { log }: Pick<Ports, 'log'>,
  close: () => void,
): Session {
  const { region, regionSource, configured } = endpoints;
  const target = configured?.url ?? `AWS Lambda in ${region}`;
  const ask = asking(service, target, credentials, log);
  return {
    region,
    sources: {
      region: regionSource,
      endpoint: configured === null ? `the endpoint of ${region}` : `${configured.url} (${configured.source})`,
      credentials: credentials.description,
    },
    lambda: lambdaOver(ask, service),
    logs: late<Logs>({ whereabouts: true, find: true, read: true }, async () => {
      const { logsOver } = await import('./api/logs.ts');
      return logsOver(ask, { endpoints, service, credentials }, log);
    }),
    inspector: late<Inspector>({ identity: true, describeFunction: true }, async () => {
      const { inspectorOver } = await import('./api/inspector.ts');
      return inspectorOver(endpoints, service, credentials, log);
    }),
    durable: late<DurableExecutions>(
      { find: true, get: true, history: true, stop: true, sendCallback: true },
      async () => {
        const { durableOver } = await import('./api/durable.ts');
        return durableOver(ask);
      },
    ),
    close,
  };
}
