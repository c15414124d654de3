import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Authority, type Identity } from '../../support/network/certificates.ts';
import { listen, secured } from '../../support/network/listener.ts';
import { runInside } from '../../support/network/run.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

/** A proxy that answers CONNECT with these bytes and no more; gives what it was asked. */
async function proxyOf(answer: string) {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    socket.once('data', (chunk) => {
      asked.push(chunk.toString('latin1'));
      socket.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function through(proxy: string, over: object = {}) {
  const { output } = await runInside({
    ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: 'http://127.0.0.1:9', max_attempts: 1 },
    ...{ credentials: { user: 'AKIDEXAMPLE', password: 'secret-key' }, use_proxy: true, proxy, ...over },
  });
  return output;
}

const login = 'it answered CONNECT with 407; check proxy_credentials (PROXY_AUTHENTICATION_REQUIRED)';
const operator = '; ask its operator to allow CONNECT to this host (PROXY_REFUSED)';
const unreachable = '; it could not reach the target (PROXY_UNAVAILABLE)';
const answers: readonly [string, string][] = [
  ['HTTP/1.1 407 No\r\n\r\n', login],
  ['HTTP/1.1 401 No\r\n\r\n', login.replace('407', '401')],
  ['HTTP/1.1 403 No\r\n\r\n', `it answered CONNECT with 403${operator}`],
  ['HTTP/1.1 201 No\r\n\r\n', `it answered CONNECT with 201${operator}`],
  ['HTTP/1.1 499 No\r\n\r\n', `it answered CONNECT with 499${operator}`],
  ['HTTP/1.1 500 No\r\n\r\n', `it answered CONNECT with 500${unreachable}`],
  ['HTTP/1.1 503 No\r\n\r\n', `it answered CONNECT with 503${unreachable}`],
  ['SSH-2.0-x\r\n', 'it does not speak HTTP (PROXY_NOT_HTTP)'],
  ['', 'it closed the connection instead of answering CONNECT (PROXY_CLOSED)'],
];

test.each(answers)('a proxy that answers %j', async (answer, reason) => {
  const { url } = await proxyOf(answer);
  const output = await through(url);
  expect(output).toMatchObject({ exit_code: 11, changed: false, result: { execution: 'not_started', attempts: 1 } });
  expect(output.status_description).toBe(
    `CONNECTION_ERROR: ProxyConnectionError: Failed to connect to proxy URL ${url}`,
  );
  expect(output.result.error).toEqual([
    { name: 'ProxyConnectionError', message: expect.stringContaining(`the proxy ${url}: ${reason}`) },
  ]);
});

test.each([
  ['http://127.0.0.1:9', '127.0.0.1:9'],
  ['http://example.com', 'example.com:80'],
  ['https://example.com', 'example.com:443'],
  ['http://[::1]:9', '[::1]:9'],
])('is asked for %s', async (endpoint_url, authority) => {
  const { url, asked } = await proxyOf('HTTP/1.1 403 No\r\n\r\n');
  await through(url, { endpoint_url });
  const [line, ...headers] = (asked[0] ?? '').split('\r\n');
  expect(line).toBe(`CONNECT ${authority} HTTP/1.1`);
  expect(headers.map((header) => header.toLowerCase())).toContain(`host: ${authority}`);
  expect(asked[0]).not.toMatch(/authorization/i);
});

test('is told who asks', async () => {
  const { url, asked } = await proxyOf('HTTP/1.1 403 No\r\n\r\n');
  await through(url, { proxy_credentials: { user: 'me', password: 'p:w' } });
  const pair = Buffer.from('me:p:w').toString('base64');
  expect(asked[0]).toMatch(new RegExp(`^proxy-authorization: Basic ${pair}\r$`, 'im'));
});

test('each scheme of a target has its own proxy', async () => {
  const [http, https] = [await proxyOf('HTTP/1.1 403 No\r\n\r\n'), await proxyOf('no TLS')];
  const both = `${http.url},${https.url.replace('http:', 'https:')}`;
  await through(both, { endpoint_url: 'http://127.0.0.1:9' });
  expect([http.asked.length, https.asked.length]).toEqual([1, 0]);
  await through(both, { endpoint_url: 'https://127.0.0.1:9' });
  expect([http.asked.length, https.asked.length]).toEqual([1, 1]);
});

describe('over TLS', () => {
  let authority: Authority;
  const { AWS_CA_BUNDLE } = process.env;
  beforeAll(async () => {
    authority = await Authority.root('tunnels');
    process.env.AWS_CA_BUNDLE = authority.file;
  });
  afterAll(() => {
    if (AWS_CA_BUNDLE === undefined) delete process.env.AWS_CA_BUNDLE;
    else process.env.AWS_CA_BUNDLE = AWS_CA_BUNDLE;
  });

  /** A server with a certificate for these hosts that answers each request with `{}`; gives the names that it was asked for. */
  async function targetFor(hosts: readonly string[]) {
    const identity = await authority.issue({ hosts });
    const names: unknown[] = [];
    const listener = await listen((raw) => {
      const socket = secured(raw, identity) as TLSSocket & { servername: unknown };
      socket.once('secure', () => names.push(socket.servername));
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nx-amzn-requestid: r\r\ncontent-length: 2\r\n\r\n{}'));
    });
    close.push(() => void listener.close());
    return { port: listener.port, names };
  }

  /** A proxy that opens each tunnel to the same port, whatever it is asked for; `first` comes together with its answer. */
  async function tunnelTo(port: number, { first = '', identity }: { first?: string; identity?: Identity } = {}) {
    const names: unknown[] = [];
    const listener = await listen((raw) => {
      const socket = identity === undefined ? raw : secured(raw, identity);
      socket.once('data', () => {
        names.push(Reflect.get(socket, 'servername'));
        const target = connect(port, '127.0.0.1', () => {
          socket.write(`HTTP/1.1 200 OK\r\n\r\n${first}`);
          socket.pipe(target).pipe(socket);
        });
        target.on('error', () => socket.destroy());
      });
    });
    close.push(() => void listener.close());
    return { port: listener.port, names };
  }

  test.each([
    ['lambda.example', 'lambda.example', 'lambda.example'],
    ['127.0.0.1', '127.0.0.1', false],
  ])('the certificate is that of the target: %s', async (host, issuedFor, name) => {
    const target = await targetFor([issuedFor]);
    const proxy = await tunnelTo(target.port);
    const output = await through(`http://127.0.0.1:${proxy.port}`, { endpoint_url: `https://${host}` });
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
    expect(target.names).toEqual([name]);
  });

  test.each([
    ['lambda.example', 'other.example'],
    ['127.0.0.1', '127.0.0.2'],
  ])('%s with the certificate of %s', async (host, issuedFor) => {
    const target = await targetFor([issuedFor]);
    const proxy = await tunnelTo(target.port);
    const output = await through(`http://127.0.0.1:${proxy.port}`, { endpoint_url: `https://${host}` });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
    expect(output.result.error?.[0]?.message).toContain('another host name');
  });

  test.each([
    ['localhost', 'localhost'],
    ['127.0.0.1', false],
  ])('a proxy that speaks TLS is asked by its name: %s', async (host, name) => {
    const target = await targetFor(['lambda.example']);
    const proxy = await tunnelTo(target.port, { identity: await authority.issue({ hosts: [host] }) });
    const output = await through(`https://${host}:${proxy.port}`, {
      endpoint_url: 'https://lambda.example',
      proxy_type: 'HTTPS',
    });
    expect(output).toMatchObject({ exit_code: 0, result: { execution: 'completed' } });
    expect(proxy.names).toEqual([name]);
  });

  test('what comes together with the answer of the proxy is from the target', async () => {
    const target = await targetFor(['lambda.example']);
    const proxy = await tunnelTo(target.port, { first: 'no TLS' });
    const output = await through(`http://127.0.0.1:${proxy.port}`, { endpoint_url: 'https://lambda.example' });
    expect(output).toMatchObject({ exit_code: 10, result: { execution: 'not_started' } });
  });
});
