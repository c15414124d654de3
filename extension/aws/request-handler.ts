import type { Agent, ClientRequest } from 'node:http';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler as SmithyHandler } from '@smithy/types';
import type { ProxySettings } from '../task/task.ts';
import { directAgent, proxyAgent } from './agents.ts';
import { follow, Journey } from './journey.ts';

/** What a call may hand to the handler besides the SDK's own options: the SDK passes them through. */
export interface CallOptions extends HttpHandlerOptions {
  readonly journey?: Journey;
}

type AddRequest = (request: ClientRequest, options: object) => void;

/**
 * Sends the SDK's requests over connections of one policy, direct or through the proxy, and marks on the call's journey
 * how far each one came. It sets no deadline of its own: `call` does.
 */
export class RequestHandler implements SmithyHandler<HttpRequest, HttpResponse, CallOptions> {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #agents = new Map<string, Promise<Agent>>();
  readonly #proxy: ProxySettings | undefined;
  readonly #retired: Promise<Agent>[] = [];
  /** Journeys of credential providers, which know of none; they end with the handler at the latest. */
  readonly #unguided = new Set<Journey>();
  #ca: string[] | undefined;

  constructor(proxy: ProxySettings | undefined) {
    this.#proxy = proxy;
  }

  async handle(request: HttpRequest, options: CallOptions = {}): Promise<{ response: HttpResponse }> {
    if (options.journey !== undefined) return this.#send(request, options.journey);
    const journey = new Journey();
    this.#unguided.add(journey);
    try {
      return await this.#send(request, journey);
    } finally {
      this.#unguided.delete(journey);
    }
  }

  async #send(request: HttpRequest, journey: Journey): Promise<{ response: HttpResponse }> {
    journey.host = request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`;
    const agent = await this.#agentFor(request.protocol);
    const { addRequest } = agent as unknown as { addRequest: AddRequest };
    // One request's view of the shared agent, since only the agent sees a request before its socket is there.
    const view = Object.create(agent, {
      addRequest: {
        value: (...args: Parameters<AddRequest>) => {
          follow(args[0], journey, request.protocol === 'https:');
          addRequest.apply(agent, args);
        },
      },
    });
    const inner = new NodeHttpHandler({ httpAgent: view, httpsAgent: view, requestTimeout: 0, socketTimeout: 0 });
    const answer = await inner.handle(request as Parameters<typeof inner.handle>[0], {
      abortSignal: journey.abort.signal,
    });
    journey.arrive(answer.response);
    return answer;
  }

  /** Whether connections are made with every root that this host trusts, not only Node's own. */
  get trustsAll(): boolean {
    return this.#ca !== undefined;
  }

  /** Trusts every root of this host from now on. Calls under way keep their connections. */
  async trustAll(): Promise<void> {
    const { roots } = await import('./trust.ts');
    const ca = await roots();
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
  destroy(): void {
    for (const agent of [...this.#agents.values(), ...this.#retired])
      agent.then((made) => made.destroy()).catch(() => {});
    this.#agents.clear();
    for (const journey of this.#unguided) journey.abort.abort();
  }

  /** The SDK's way to set what is fixed here. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  #agentFor(protocol: string): Promise<Agent> {
    let agent = this.#agents.get(protocol);
    if (agent === undefined) {
      agent = this.#proxy ? proxyAgent(this.#proxy, protocol, this.#ca) : directAgent(protocol, this.#ca);
      this.#agents.set(protocol, agent);
    }
    return agent;
  }
}
