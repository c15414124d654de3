import { type Agent, type IncomingMessage, request as sendRequest } from 'node:http';
import type { Log } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import type { ProxySettings } from '../../task/connection.ts';
import { agentFor } from './agents.ts';
import type { AnswerHead, RequestProgress } from './progress.ts';

/** A signed request. */
export interface WireRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** The head of an answer, and where its body is still to be read. */
export interface Answer {
  readonly message: IncomingMessage;
  readonly head: AnswerHead;
}

/**
 * Sends requests over connections of one policy, direct or through the proxy, and records in each request's progress how
 * far it came. It sets no deadline of its own: `makeCall` does.
 */
export class Transport {
  readonly #agents = new Map<string, Promise<Agent>>();
  readonly #proxy: ProxySettings | undefined;
  readonly #retired: Promise<Agent>[] = [];
  #ca: string[] | undefined;

  constructor(proxy: ProxySettings | undefined) {
    this.#proxy = proxy;
  }

  /** Sends a request and resolves with the head of its answer; the body is still to be read. */
  async send(request: WireRequest, progress: RequestProgress): Promise<Answer> {
    const { protocol, hostname: host, port, method, path, headers, body } = request;
    progress.host = port === undefined ? host : `${host}:${port}`;
    const agent = await this.#agentFor(protocol);
    return new Promise((resolve, reject) => {
      // The progress goes along with the options, since a tunnel is opened before the request has a socket.
      const options = { protocol, host: bare(host), port, method, path, headers, agent, progress };
      const sent = sendRequest(options, (message) => {
        const head = headOf(message);
        progress.arrive(head);
        resolve({ message, head });
      });
      progress.follow(sent, protocol === 'https:');
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** What of the proxy must not show, also as it goes over the wire. */
  secrets(): Secret[] {
    const { user, password } = this.#proxy?.credentials ?? {};
    if (user === undefined || password === undefined) return [];
    return [user, password, new Secret(`${user.reveal()}:${password.reveal()}`)];
  }

  /** Whether connections are made with every root that this host trusts, not only Node's own. */
  get trustsAll(): boolean {
    return this.#ca !== undefined;
  }

  /** Trusts every root of this host from now on. Calls under way keep their connections. */
  async trustAll(log: Log): Promise<void> {
    const { roots } = await import('./trust.ts');
    const ca = await roots(log);
    if (this.#ca !== undefined) return; // another call was quicker
    this.#ca = ca;
    this.#retired.push(...this.#agents.values());
    this.#agents.clear();
  }

  /** Closes what waits for a next call, so that this call gets a fresh connection. Calls under way keep theirs. */
  async closeIdle(): Promise<void> {
    for (const agent of await Promise.all(this.#agents.values())) {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
  }

  /** Closes every connection; a later request opens new ones. */
  close(): void {
    for (const agent of [...this.#agents.values(), ...this.#retired]) {
      agent.then((made) => made.destroy()).catch(() => {});
    }
    this.#agents.clear();
  }

  #agentFor(protocol: string): Promise<Agent> {
    let agent = this.#agents.get(protocol);
    if (agent === undefined) {
      agent = agentFor(protocol, this.#proxy, this.#ca);
      this.#agents.set(protocol, agent);
    }
    return agent;
  }
}

/** An IPv6 address without the brackets of its URL. */
function bare(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function headOf({ statusCode = 0, headers }: IncomingMessage): AnswerHead {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    joined[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return { statusCode, headers: joined };
}
