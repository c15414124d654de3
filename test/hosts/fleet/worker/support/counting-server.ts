import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server saw of one task, by the id in its payload. */
export interface Count {
  began: number;
  /** Answers that were handed over whole. */
  ended: number;
}

export interface CountingServer {
  readonly url: string;
  readonly counts: ReadonlyMap<string, Count>;
  /** Calls under way now, and the most that ever were. */
  readonly underWay: number;
  readonly most: number;
  close(): Promise<void>;
}

export interface CountingOptions {
  /** Milliseconds that a function takes; the payload's `ms` goes before. */
  readonly ms?: number;
  /** Refuses a call by 429 when it says so. */
  readonly throttles?: (underWay: number, id: string) => boolean;
  /** What such a refusal says of when to come again. */
  readonly retryAfter?: string;
}

/** AWS Lambda as far as Invoke goes: it counts how often the function of each task began. */
export async function countingServer({
  ms = 0,
  throttles = () => false,
  retryAfter,
}: CountingOptions = {}): Promise<CountingServer> {
  const counts = new Map<string, Count>();
  const answers = new Set<NodeJS.Timeout>();
  let underWay = 0;
  let most = 0;
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      const headers = { 'x-amzn-errortype': 'ResourceNotFoundException', 'content-type': 'application/json' };
      response.writeHead(404, headers).end('{"Message":"There is only Invoke here."}');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const payload = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { id?: string; ms?: number };
      const { id = 'none' } = payload;
      if (throttles(underWay, id)) {
        const headers = { 'x-amzn-errortype': 'TooManyRequestsException', 'content-type': 'application/json' };
        response
          .writeHead(429, { ...headers, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) })
          .end('{"message":"Rate Exceeded."}');
        return;
      }
      const count = counts.get(id) ?? { began: 0, ended: 0 };
      counts.set(id, count);
      count.began += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      const answer = () => {
        underWay -= 1;
        const body = JSON.stringify({ id });
        const headers = { 'x-amzn-requestid': `request-${id}`, 'content-type': 'application/json' };
        response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body, () => {
          if (!response.destroyed) count.ended += 1;
        });
      };
      const wait = payload.ms ?? ms;
      if (wait <= 0) return answer();
      const timer = setTimeout(() => {
        answers.delete(timer);
        answer();
      }, wait);
      answers.add(timer);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    get underWay() {
      return underWay;
    },
    get most() {
      return most;
    },
    close: () =>
      new Promise((resolve) => {
        for (const timer of answers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
