import type { IncomingMessage } from 'node:http';

/** One request, read completely. */
export interface Call {
  readonly id: string;
  readonly method: string;
  /** The path as it came, still percent-encoded: the signature covers this form. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The size of the body, also where it was too long to be kept. */
  readonly bodyLength: number;
}

/** More than any call that is valid: the rest is read and dropped, so that the client gets the answer and not a reset. */
const BODY_LIMIT = 8 * 1024 * 1024;

export async function readCall(request: IncomingMessage, id: string): Promise<Call> {
  const chunks: Buffer[] = [];
  let bodyLength = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bodyLength += chunk.length;
    if (bodyLength <= BODY_LIMIT) chunks.push(chunk);
    else chunks.length = 0;
  }
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const { method = 'GET', headers } = request;
  return {
    id,
    method,
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks),
    bodyLength,
  };
}

/** A header's only value. */
export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
