import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A call as AWS Lambda got it. */
export interface Call {
  readonly name: string;
  readonly payload: string;
}

/** What a function does with its payload: the text of its answer. It fails when it throws. */
export type Behaviour = (payload: string) => string | Promise<string>;

export interface Functions {
  readonly url: string;
  readonly calls: Call[];
  close(): Promise<void>;
}

/** AWS Lambda as far as Invoke goes, with functions by name; any other answers `{}`. */
export async function serveFunctions(functions: Readonly<Record<string, Behaviour>> = {}): Promise<Functions> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const payload = Buffer.concat(chunks).toString();
    const name = decodeURIComponent(/functions\/([^/]+)\//.exec(request.url ?? '')?.[1] ?? '');
    calls.push({ name, payload });
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': `request-${calls.length}` };
    try {
      const answer = await (functions[name]?.(payload) ?? '{}');
      response.writeHead(200, headers).end(answer);
    } catch (error) {
      const failed = { ...headers, 'x-amz-function-error': 'Unhandled' };
      response.writeHead(200, failed).end(JSON.stringify({ errorMessage: (error as Error).message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers after a while. */
export const slow =
  (milliseconds: number): Behaviour =>
  async () => {
    await sleep(milliseconds, undefined, { ref: false });
    return '{}';
  };

export const failing: Behaviour = () => {
  throw new Error('out of stock');
};
