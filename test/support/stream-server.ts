import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventStreamCodec } from '@smithy/core/event-streams';

/** One thing that the server does in a stream, in order. A text or bytes are one PayloadChunk. */
export type Step =
  | string
  | Uint8Array
  /** InvokeComplete with these members. */
  | { readonly complete: object }
  | {
      readonly event: string;
      readonly type?: string;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** Bytes as they go over the wire. */
  | { readonly raw: Uint8Array }
  /** Many bytes of payload, in chunks of a size. */
  | { readonly bytesOf: number; readonly chunk: number }
  /** Nothing until this resolves. */
  | { readonly until: () => Promise<unknown> }
  | 'end'
  | 'reset'
  | 'hang';

export interface StreamServer {
  readonly url: string;
  readonly received: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[];
  /** Bytes of payload that have been handed to the connection. */
  sent(): number;
  close(): Promise<void>;
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

export function messageOf(type: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Uint8Array {
  const all = Object.entries({ ':message-type': type, ...headers });
  const tagged = all.map(([name, value]) => [name, { type: 'string' as const, value }]);
  return codec.encode({ headers: Object.fromEntries(tagged), body });
}

export function payloadChunk(body: Uint8Array): Uint8Array {
  return messageOf('event', { ':event-type': 'PayloadChunk', ':content-type': 'application/octet-stream' }, body);
}

/** Answers every request with the same stream. */
export async function streamServer(
  steps: readonly Step[],
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamServer> {
  const received: StreamServer['received'] = [];
  let sent = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(200, {
        ...{ 'x-amzn-requestid': 'request-1', 'content-type': 'application/vnd.amazon.eventstream' },
        ...{ 'x-amz-executed-version': '$LATEST', ...headers },
      });
      response.flushHeaders();
      for (const step of steps) await perform(step, response, (bytes) => (sent += bytes));
    });
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    sent: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function perform(step: Step, response: ServerResponse, count: (bytes: number) => void): Promise<void> {
  const write = async (bytes: Uint8Array) => {
    if (response.destroyed) return;
    if (!response.write(bytes)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  };
  if (step === 'end') response.end();
  else if (step === 'reset') await write(Buffer.alloc(0)).then(() => response.socket?.resetAndDestroy());
  else if (step === 'hang') return;
  else if (typeof step === 'string') await write(payloadChunk(Buffer.from(step)));
  else if (step instanceof Uint8Array) await write(payloadChunk(step));
  else if ('raw' in step) await write(step.raw);
  else if ('until' in step) await step.until();
  else if ('complete' in step) {
    const names = { ':event-type': 'InvokeComplete', ':content-type': 'application/json' };
    await write(messageOf('event', names, Buffer.from(JSON.stringify(step.complete))));
  } else if ('event' in step) {
    const { event, type = 'event', body = '', headers } = step;
    await write(messageOf(type, { ':event-type': event, ...headers }, Buffer.from(body)));
  } else {
    const message = payloadChunk(Buffer.alloc(step.chunk, '[1234567890,"abcdefghijklmnopqrstuvwxyz"],\n'));
    for (let left = step.bytesOf; left > 0 && !response.destroyed; left -= step.chunk) {
      await write(message);
      count(step.chunk);
    }
  }
}
