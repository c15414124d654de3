import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An endpoint of Lambda that lists what it is told to, or does not answer at all. */
export interface StandIn {
  readonly url: string;
  /** Names of the functions it lists; `null` leaves every call without an answer. */
  functions: readonly string[] | null;
  /** Calls that came in, and those whose caller has gone before the answer. */
  readonly calls: { asked: number; gone: number };
  close(): Promise<void>;
}

export async function standIn(): Promise<StandIn> {
  const calls = { asked: 0, gone: 0 };
  const server = createServer((request, response) => {
    calls.asked += 1;
    response.on('close', () => {
      if (!response.writableEnded) calls.gone += 1;
    });
    request.resume();
    if (state.functions === null) return;
    response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1' });
    response.end(JSON.stringify({ Functions: state.functions.map(described) }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const state: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    functions: [],
    calls,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return state;
}

function described(name: string) {
  return {
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    Runtime: name,
    Description: name,
    Role: name,
    Handler: name,
    Version: '$LATEST',
    LastModified: name,
    Timeout: 3,
    MemorySize: 128,
  };
}
