import type { Agent, ClientRequest } from 'node:http';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type {
  Client,
  DeserializeMiddleware,
  HttpRequest,
  HttpResponse,
  MetadataBearer,
  RequestHandler as SmithyHandler,
} from '@smithy/types';
import type { Log } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import type { ProxySettings } from '../../task/connection.ts';
import { directAgent, proxyAgent } from './agents.ts';
import { Journey } from './journey.ts';

/** What carries the requests of one scheme. */
interface Line {
  readonly agent: Agent;
  readonly handler: NodeHttpHandler;
}

/** What every agent of node:http has, and its types leave out. */
interface AddsRequests {
  addRequest(request: ClientRequest, options: { headers?: object }): void;
}

/**
 * Sends the SDK's requests over connections of one policy, direct or through the proxy, and marks on the call's journey
 * how far each one came. It sets no deadline of its own: `call` does.
 */
export class RequestHandler implements SmithyHandler<HttpRequest, HttpResponse> {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #lines = new Map<string, Promise<Line>>();
  readonly #proxy: ProxySettings | undefined;
  readonly #retired: Promise<Line>[] = [];
  /**
   * Journeys by what stands for their call at each station: the input of its command, its HTTP request, and then the
   * request's headers, which are all that the agent is given.
   */
  readonly #travellers = new WeakMap<object, Journey>();
  #ca: string[] | undefined;

  constructor(proxy: ProxySettings | undefined) {
    this.#proxy = proxy;
  }

  /** Has the requests of a client followed by the journeys of their commands. */
  follow<Input extends object, Output extends MetadataBearer>(
    client: Pick<Client<Input, Output, unknown>, 'middlewareStack'>,
  ): void {
    const middleware: DeserializeMiddleware<Input, Output> = (next) => (args) => {
      const journey = this.#travellers.get(args.input);
      if (journey !== undefined) this.#travellers.set(args.request as object, journey);
      return next(args);
    };
    client.middlewareStack.add(middleware, { step: 'deserialize', priority: 'low', name: 'journey' });
  }

  /** Says on which journey the next request of a command goes. */
  expect(command: { readonly input: object }, journey: Journey): void {
    this.#travellers.set(command.input, journey);
  }

  handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    return this.send(request, this.#travellers.get(request) ?? new Journey());
  }

  /** Sends a request on the given journey. */
  async send(request: HttpRequest, journey: Journey): Promise<{ response: HttpResponse }> {
    journey.host = request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`;
    const { handler } = await this.#lineFor(request.protocol);
    this.#travellers.set(request.headers, journey);
    const answer = await handler.handle(request as Parameters<NodeHttpHandler['handle']>[0]);
    journey.arrive(answer.response);
    return answer;
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
    this.#retired.push(...this.#lines.values());
    this.#lines.clear();
  }

  /** Closes what waits for a next call, so that this call gets a fresh connection. Calls under way keep theirs. */
  async closeIdle(): Promise<void> {
    for (const { agent } of await Promise.all(this.#lines.values())) {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
  }

  /** Closes every connection; a later request opens new ones. */
  destroy(): void {
    for (const line of [...this.#lines.values(), ...this.#retired]) {
      line.then(({ agent }) => agent.destroy()).catch(() => {});
    }
    this.#lines.clear();
  }

  /** The SDK's way to set what is fixed here. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  #lineFor(protocol: string): Promise<Line> {
    let line = this.#lines.get(protocol);
    if (line === undefined) {
      const agent = this.#proxy ? proxyAgent(this.#proxy, protocol, this.#ca) : directAgent(protocol, this.#ca);
      line = agent.then((made) => this.#lineOver(made, protocol === 'https:'));
      this.#lines.set(protocol, line);
    }
    return line;
  }

  /** Has each request followed by its journey from the agent on: only the agent sees it before its socket is there. */
  #lineOver(agent: Agent, secure: boolean): Line {
    const tracked = agent as Agent & AddsRequests;
    const { addRequest } = tracked;
    tracked.addRequest = (request, options) => {
      const journey = this.#travellers.get(options.headers ?? request);
      // Without it, nobody could say what became of the request; so it is not sent.
      if (journey === undefined) throw new Error('a request without a journey');
      journey.begin(request, secure);
      addRequest.call(agent, request, options);
    };
    const noTimeouts = { requestTimeout: 0, socketTimeout: 0 };
    return { agent, handler: new NodeHttpHandler({ httpAgent: agent, httpsAgent: agent, ...noTimeouts }) };
  }
}
