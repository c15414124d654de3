import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with every request. Without a fault it answers in full. */
export interface Script {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text of the body; `bodyBase64` for bytes, `bodyOf` for a length of filler between two quotes. */
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly bodyOf?: number;
  readonly fault?: 'reset' | 'close' | 'half body' | 'hang' | 'drip' | 'no length';
  /** The answer as it goes over the wire, in place of all of the above; the connection is closed after it. */
  readonly raw?: string;
  /** What is done with the second request, the third and so on; the last also for all that follow. */
  readonly after?: readonly Script[];
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ScriptedServer {
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** Serves one script on the loopback and keeps what it received. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const scripts = [script, ...(script.after ?? [])];
      const turn = scripts[Math.min(received.length, scripts.length - 1)] as Script;
      received.push({ method, path: url, headers, body: Buffer.concat(chunks) });
      answer(response, turn);
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, script: Script): void {
  const { status = 200, headers = {}, fault, raw } = script;
  if (raw !== undefined) {
    response.socket?.end(raw);
    return;
  }
  const body = bodyOf(script);
  const defaults = { 'x-amzn-requestid': 'request-1', 'content-type': 'application/json' };
  // An empty header takes a default away.
  const all = Object.fromEntries(Object.entries({ ...defaults, ...headers }).filter(([, value]) => value !== ''));
  switch (fault) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'close':
      response.socket?.destroy();
      return;
    case 'hang':
      return;
    case 'half body':
      response.writeHead(status, { ...all, 'content-length': body.length });
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.socket?.resetAndDestroy());
      return;
    case 'drip':
      response.writeHead(status, { ...all, 'content-length': 1_000_000 });
      drip(response);
      return;
    case 'no length':
      response.socket?.end(`HTTP/1.1 ${status} OK\r\nx-amzn-requestid: request-1\r\nconnection: close\r\n\r\n${body}`);
      return;
    default:
      response.writeHead(status, { ...all, ...(status === 204 ? {} : { 'content-length': body.length }) });
      response.end(body);
  }
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('.'), 50);
  response.on('close', () => clearInterval(timer));
}

function bodyOf({ body = '', bodyBase64, bodyOf: length }: Script): Buffer {
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64');
  if (length !== undefined) return Buffer.from(`"${'x'.repeat(length - 2)}"`);
  return Buffer.from(body);
}
