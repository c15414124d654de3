import { Agent, type AgentOptions, type IncomingMessage, request as sendRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { ProxyServer } from '../../formats/proxies.ts';
import type { ProxySettings } from '../../task/connection.ts';
import { checked } from './certificate-check.ts';
import { keepAliveDelay, type RequestProgress } from './progress.ts';

/** Thrown when the proxy does not open a tunnel. `code` is PROXY_… when the proxy itself answered no. */
export class ProxyConnectionError extends Error {
  override readonly name = 'ProxyConnectionError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface TunnelOptions extends AgentOptions {
  readonly proxy: ProxySettings;
  /** The scheme of the targets. */
  readonly protocol: string;
  /** Trusted for the targets, and for the proxy when it has no roots of its own. */
  readonly ca?: string[];
}

/** What a request asks of its agent. */
interface Target {
  readonly host: string;
  readonly port: number | string;
  readonly progress: RequestProgress;
}

/**
 * Opens CONNECT tunnels, for http targets too, so that no proxy sees signatures and payloads. Node's own client speaks
 * to the proxy, so that the proxy's headers are bounded and its refusal is never taken for the target's answer.
 */
export class TunnelAgent extends Agent {
  readonly #server: ProxyServer;
  readonly #proxy: ProxySettings;
  readonly #ca: string[] | undefined;
  readonly #secure: boolean;

  constructor(server: ProxyServer, { proxy, ca, protocol, ...options }: TunnelOptions) {
    super(options);
    this.#server = server;
    this.#proxy = proxy;
    this.#ca = ca;
    this.#secure = protocol === 'https:';
    Object.assign(this, { protocol, defaultPort: this.#secure ? 443 : 80 });
  }

  /** Called by node:http for a request that gets no idle connection. */
  override createConnection(options: object, ready?: (error: Error | null, socket: Socket) => void): undefined {
    this.#open(options as Target).then(
      (socket) => ready?.(null, socket),
      (error: Error) => (ready as ((error: Error) => void) | undefined)?.(error),
    );
  }

  async #open(target: Target): Promise<Socket> {
    const { progress } = target;
    progress.proxyUrl = this.#server.url;
    progress.reach('proxy');
    const socket = await this.#connectToProxy();
    socket.on('error', () => {}); // between one user of the socket and the next, nobody else listens
    progress.hold(socket);
    await this.#requestTunnel(socket, target);
    progress.reach('tunnel');
    return this.#secure ? this.#startTls(socket, target) : socket;
  }

  async #connectToProxy(): Promise<Socket> {
    const { protocol, host, port } = this.#server;
    const options = { host, port, keepAlive: true, keepAliveInitialDelay: keepAliveDelay };
    if (protocol === 'http:') return connectTcp(options);
    const { connect } = await import('node:tls');
    const ca = this.#proxy.ca ?? this.#ca;
    return connect({ ...options, ...checked, ...(isIP(host) === 0 && { servername: host }), ...(ca && { ca }) });
  }

  /** Resolves when the proxy has opened the tunnel on the socket. */
  #requestTunnel(socket: Socket, { host, port }: Target): Promise<void> {
    const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) => {
      const headers = { host: authority, ...authorization(this.#proxy) };
      const request = sendRequest({ method: 'CONNECT', path: authority, headers, createConnection: () => socket });
      request.once('connect', ({ statusCode = 0 }: IncomingMessage, _: Socket, head: Buffer) => {
        if (statusCode !== 200) return fail(refusal(statusCode));
        if (head.length > 0) socket.unshift(head);
        resolve();
      });
      const fail = (error: Error) => {
        socket.destroy();
        reject(error);
      };
      request.once('error', (error) => fail(explained(error)));
      request.end();
    });
  }

  async #startTls(socket: Socket, { host }: Target): Promise<Socket> {
    const { connect } = await import('node:tls');
    return connect({
      socket,
      host,
      ...checked,
      ...(isIP(host) === 0 && { servername: host }),
      ...(this.#ca && { ca: this.#ca }),
    });
  }
}

function authorization({ credentials }: ProxySettings): Record<string, string> {
  if (credentials === undefined) return {};
  const pair = `${credentials.user.reveal()}:${credentials.password.reveal()}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** What Node says of the proxy's answer in its own terms, in the user's. */
function explained(error: NodeJS.ErrnoException): Error {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return new ProxyConnectionError('PROXY_REFUSED', 'it answered CONNECT with more headers than are read (16 KB)');
  }
  if (error.code?.startsWith('HPE_')) return new ProxyConnectionError('PROXY_NOT_HTTP', 'it does not speak HTTP');
  if (error.message === 'socket hang up') {
    return new ProxyConnectionError('PROXY_CLOSED', 'it closed the connection instead of answering CONNECT');
  }
  return error;
}

function refusal(status: number): ProxyConnectionError {
  const code = refusalCodes[status] ?? (status >= 500 ? 'PROXY_UNAVAILABLE' : 'PROXY_REFUSED');
  return new ProxyConnectionError(code, `it answered CONNECT with ${status}${remedies[code] ?? ''}`);
}

const refusalCodes: Readonly<Record<number, string>> = {
  401: 'PROXY_AUTHENTICATION_REQUIRED', // tinyproxy, on wrong credentials
  407: 'PROXY_AUTHENTICATION_REQUIRED',
};

const remedies: Readonly<Record<string, string>> = {
  PROXY_AUTHENTICATION_REQUIRED: '; check proxy_credentials',
  PROXY_REFUSED: '; ask its operator to allow CONNECT to this host',
  PROXY_UNAVAILABLE: '; it could not reach the target',
};
