import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  readonly url: string;
  close(): void;
}

/** Serves the figures on the loopback, and whether the worker lives and takes jobs. */
export async function serveMetrics(
  port: number,
  metrics: Metrics,
  whyNotReady: () => string | null,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?');
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'only GET\n');
    if (path === '/healthz') return answer(response, 200, 'alive\n');
    if (path === '/ready') {
      const reason = whyNotReady();
      return answer(response, reason === null ? 200 : 503, `${reason ?? 'ready'}\n`);
    }
    if (path !== '/metrics') return answer(response, 404, 'there are /metrics, /ready and /healthz\n');
    metrics.text().then(
      (text) => answer(response, 200, text, metrics.contentType),
      (error: Error) => answer(response, 503, `the database does not answer: ${error.message}\n`),
    );
  });
  await listen(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(new Error(`--metrics ${port}: ${code === 'EADDRINUSE' ? 'the port is in use' : message}`)),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}
