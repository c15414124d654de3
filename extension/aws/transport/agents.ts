import { Agent as HttpAgent } from 'node:http';
import type { ProxySettings } from '../../task/connection.ts';
import { checked } from './certificate-check.ts';
import { keepAliveDelay } from './progress.ts';

/**
 * Connections are kept for the next task, but not for long: a server that closes an idle connection just as a request
 * goes out leaves it unknown whether the function ran. Servers usually keep them for 60 s and more.
 */
const idleLimit = 10_000;

/** No cap on sockets: a function may run for half an hour, and another task must not wait for it. */
const options = {
  keepAlive: true,
  keepAliveMsecs: keepAliveDelay,
  maxSockets: Number.POSITIVE_INFINITY,
  maxFreeSockets: 256,
  timeout: idleLimit,
};

/** Connects to targets of one scheme, themselves or through the proxy for that scheme. */
export async function agentFor(
  protocol: string,
  proxy: ProxySettings | undefined,
  ca: string[] | undefined,
): Promise<HttpAgent> {
  const trusted = ca && { ca };
  if (proxy !== undefined) {
    const { TunnelAgent } = await import('./tunnel-agent.ts'); // a task without a proxy does not pay for it
    const server = proxy.servers[protocol === 'https:' ? 'https:' : 'http:'];
    return new TunnelAgent(server, { ...options, ...trusted, proxy, protocol });
  }
  if (protocol === 'http:') return new HttpAgent(options);
  const { Agent: HttpsAgent } = await import('node:https'); // TLS takes as long to load as the rest of a task
  return new HttpsAgent({ ...options, ...checked, ...trusted });
}
