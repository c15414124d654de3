import type { AgentOptions, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ProxyServer } from '../../formats/proxies.ts';
import type { ProxySettings } from '../../task/connection.ts';
import { type Journey, journeyOf, keepAliveDelay } from './journey.ts';

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
  /** Trusted for the target. */
  readonly ca?: string[];
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/**
 * Opens CONNECT tunnels, for http targets too, so that no proxy sees signatures and payloads. What `https-proxy-agent`
 * lacks: a refused CONNECT is an error and not the target's answer, an abandoned one leaves no socket behind, the
 * proxy's socket is kept alive, and the journey knows of it all.
 */
export class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #server: ProxyServer;
  readonly #ca: string[] | undefined;
  readonly #legToProxy: typeof this.connectOpts;

  constructor(server: ProxyServer, { proxy, ca, ...options }: TunnelOptions) {
    const trusted = proxy.ca ?? ca;
    super(server.url, {
      ...options,
      // Only for the leg to the proxy; the target's roots are given in `connect`.
      ...(trusted && { ca: trusted }),
      headers: () => authorization(proxy),
    });
    this.#server = server;
    this.#ca = ca;
    this.#legToProxy = this.connectOpts;
    this.options.timeout = options.timeout; // `super` forgets it, and idle sockets would stay
  }

  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    const journey = journeyOf(request) as Journey;
    journey.proxyUrl = this.#server.url;
    journey.reach('proxy');
    let status: number | null = null;
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      status = statusCode;
      if (status === 200) journey.reach('tunnel');
    });
    // Read by `super.connect` before it first waits. The signal ends a socket whose request was given up.
    const { signal } = journey;
    this.connectOpts = { ...this.#legToProxy, signal, keepAlive: true, keepAliveInitialDelay: keepAliveDelay } as never;
    const target = { ...options, ...(this.#ca && { ca: this.#ca }) };
    const socket = await super.connect(request, target).catch(nameless);
    if (status === 200) return socket;
    socket.destroy(); // a stand-in that would replay the proxy's refusal as if the target had sent it
    throw refusal(status ?? Number.NaN);
  }
}

function authorization({ credentials }: ProxySettings): Record<string, string> {
  if (credentials === undefined) return {};
  const pair = `${credentials.user.reveal()}:${credentials.password.reveal()}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** The errors of `https-proxy-agent` itself have no code: the proxy went away, or what it said could not be read. */
function nameless(error: NodeJS.ErrnoException): never {
  if (error.code !== undefined) throw error;
  if (error.message.includes('ended before')) {
    throw new ProxyConnectionError('PROXY_CLOSED', 'it closed the connection instead of answering CONNECT');
  }
  throw refusal(Number.NaN);
}

function refusal(status: number): ProxyConnectionError {
  if (Number.isNaN(status)) return new ProxyConnectionError('PROXY_NOT_HTTP', 'it does not speak HTTP');
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
