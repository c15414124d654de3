import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes a function's response while it is being written; resolves when it was read to its end. */
export type StreamReader = (stream: IncomingMessage) => Promise<void>;

const HOST = '127.0.0.1';
const RESPONSE_PATH = /^\/2018-06-01\/runtime\/invocation\/([0-9a-f-]{36})\/response$/;

/**
 * The part of Lambda's runtime API that takes streamed responses: the runtime client in the child posts them, chunk by
 * chunk, with an error in the trailers. Everything else between the two goes over pipes, see `lambda-runtime.mjs`.
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #readers = new Map<string, StreamReader>();

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
    // A response may take as long as its function.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 0;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, HOST, resolve);
    });
  }

  /** Where the runtime client finds it. */
  get address(): string {
    return `${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits for the response to an invocation, whose id nobody else knows; gives the way to stop that. */
  expect(requestId: string, read: StreamReader): () => void {
    this.#readers.set(requestId, read);
    return () => void this.#readers.delete(requestId);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id = ''] = RESPONSE_PATH.exec(request.url ?? '') ?? [];
    const read = request.method === 'POST' ? this.#readers.get(id) : undefined;
    this.#readers.delete(id);
    try {
      if (read === undefined) {
        response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
        response.end('{"errorType":"Forbidden","errorMessage":"No invocation of this id waits for a response"}');
        return;
      }
      await read(request);
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end('{"status":"OK"}\n');
    } catch {
      // The function's process ended in the middle; how it ended is known from the process itself.
      response.destroy();
    }
  }
}

/** The error that ended a response, in the form of a function's error; nothing when the response is whole. */
export function streamError({ trailers }: IncomingMessage): string | undefined {
  const body = trailers['lambda-runtime-function-error-body'];
  return body === undefined ? undefined : Buffer.from(body, 'base64').toString();
}
