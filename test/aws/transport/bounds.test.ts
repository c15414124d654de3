import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { runInside, runProcess } from '../../support/network/run.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

/** Answers every request by `reply`, and counts the bytes that were taken from it. */
async function serve(reply: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => reply(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close.push(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes as long as somebody reads. */
function endless(response: ServerResponse): void {
  const block = Buffer.alloc(1 << 20, ' ');
  const more = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on('drain', more);
  more();
}

const head = { 'x-amzn-requestid': 'request-1', 'content-type': 'application/json' };
const fields = (url: string, over: object = {}) => ({
  ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: url, wait_for_completion_timeout: 20 },
  ...{ credentials: { user: 'AKIDEXAMPLE', password: 'secret-key' }, max_attempts: 1, ...over },
});

const replies: readonly [string, number, object, object][] = [
  ['an endless answer', 200, {}, { exit_code: 1, result: { execution: 'completed', payload: null, attempts: 1 } }],
  [
    'an endless answer to an Event',
    202,
    { invocation_type: 'Event' },
    { exit_code: 1, result: { execution: 'accepted' } },
  ],
  ['an endless error', 400, {}, { exit_code: 10, result: { execution: 'unknown' } }],
  ['an endless list', 200, { action: 'List Functions' }, { exit_code: 10, result: { execution: 'not_started' } }],
];

describe('no answer is read without bound', () => {
  test.each(replies)('%s, in this process', async (_, status, over, expected) => {
    const url = await serve((response) => endless(response.writeHead(status, head)));
    const { output } = await runInside(fields(url, over));
    expect(output).toMatchObject(expected);
  });

  test.each(replies)('%s, as a process', async (_, status, over, expected) => {
    const url = await serve((response) => endless(response.writeHead(status, head)));
    const { output, exitCode } = await runProcess(fields(url, over));
    expect(output).toMatchObject(expected);
    expect(exitCode).toBe((expected as { exit_code: number }).exit_code);
  });

  test('an answer of control characters, which grows sixfold in the document', async () => {
    const body = Buffer.alloc(6_291_456, 1);
    const url = await serve((response) =>
      response.writeHead(200, { ...head, 'content-length': body.length }).end(body),
    );
    const { output } = await runProcess(fields(url));
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed', payload_json: null } });
    expect(output.result.payload).toHaveLength(body.length);
  });

  test('the largest answer that AWS Lambda sends is kept, one byte more is not', async () => {
    for (const [bytes, exit] of [
      [6_291_556, 0],
      [6_291_557, 1],
    ] as const) {
      const body = `"${'x'.repeat(bytes - 2)}"`;
      const url = await serve((response) => response.writeHead(200, { ...head, 'content-length': bytes }).end(body));
      const { output } = await runInside(fields(url));
      expect(output).toMatchObject({ exit_code: exit, result: { execution: 'completed' } });
      expect(output.result.payload?.length ?? null).toBe(exit === 0 ? bytes : null);
    }
  });
});

test('the headers of an answer to CONNECT are bounded', async () => {
  let written = 0;
  const sockets: Socket[] = [];
  const proxy = createTcpServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    socket.once('data', () => {
      const line = Buffer.from(`x-filler: ${'y'.repeat(1000)}\r\n`);
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = () => {
        while (!socket.destroyed && written < 2 ** 28 && socket.write(line)) written += line.length;
      };
      socket.on('drain', more);
      more();
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  close.push(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const through = { use_proxy: true, proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const { output } = await runInside(fields('http://127.0.0.1:9', through));
  expect(output).toMatchObject({ exit_code: 11, result: { execution: 'not_started' } });
  expect(output.result.error?.[0]?.message).toMatch(/more headers than are read/);
  expect(written).toBeLessThan(2 ** 24);
});
