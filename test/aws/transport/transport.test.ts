import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { HttpRequest } from '@smithy/core/protocols';
import { RequestProgress } from '../../../extension/aws/transport/progress.ts';
import { providerHandler } from '../../../extension/aws/transport/provider-handler.ts';
import { readBody } from '../../../extension/aws/transport/read-body.ts';
import { Transport } from '../../../extension/aws/transport/transport.ts';
import { roots } from '../../../extension/aws/transport/trust.ts';
import { Secret } from '../../../extension/secret.ts';
import { recorder } from '../../support/recorder.ts';
import { until } from '../../support/until.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void, host = '127.0.0.1') {
  const seen = { connections: 0, open: 0, requests: [] as string[], port: 0 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      seen.requests.push(`${request.method} ${request.url} ${request.headers['x-a'] ?? ''} ${body}`);
      answer(request, response);
    });
  });
  server.on('connection', (socket) => {
    seen.connections += 1;
    seen.open += 1;
    socket.on('close', () => (seen.open -= 1));
  });
  server.listen(0, host);
  await once(server, 'listening');
  close.push(() => server.close().closeAllConnections());
  seen.port = (server.address() as AddressInfo).port;
  return seen;
}

function opened(): Transport {
  const transport = new Transport(undefined);
  close.push(() => transport.close());
  return transport;
}

async function get(transport: Transport, port: number, hostname = '127.0.0.1', limit = 1000) {
  const progress = new RequestProgress();
  const request = {
    protocol: 'http:',
    hostname,
    port,
    method: 'POST',
    path: '/p?q=1',
    headers: { 'x-a': 'b' },
    body: 'hi',
  };
  const { message, head } = await transport.send(request, progress);
  const { bytes, whole } = await readBody(message, limit);
  return { progress, head, text: Buffer.from(bytes).toString(), whole };
}

const ok = (_: IncomingMessage, response: ServerResponse) => response.writeHead(201, { 'x-b': ['1', '2'] }).end('yes');

describe('a request', () => {
  test('goes out as it is, and its progress follows it', async () => {
    const server = await serve(ok);
    const { progress, head, text, whole } = await get(opened(), server.port);
    expect(server.requests).toEqual(['POST /p?q=1 b hi']);
    expect({ text, whole }).toEqual({ text: 'yes', whole: true });
    expect(head).toMatchObject({ statusCode: 201, headers: { 'x-b': '1, 2' } });
    expect(progress).toMatchObject({
      phase: 'response',
      host: `127.0.0.1:${server.port}`,
      answer: head,
      proxyUrl: null,
    });
  });

  test('joins headers that Node gives as a list', async () => {
    const server = await serve((_, response) => response.setHeader('set-cookie', ['a', 'b']).end());
    const { head } = await get(opened(), server.port);
    expect(head.headers['set-cookie']).toBe('a, b');
  });

  test('reaches an IPv6 address in brackets', async () => {
    const server = await serve(ok, '::1');
    const { progress } = await get(opened(), server.port, '[::1]');
    expect(progress.host).toBe(`[::1]:${server.port}`);
  });

  test.each(['http:', 'https:'])('that cannot connect rejects, and was not ready: %s', async (protocol) => {
    const server = await serve(ok);
    for (const end of close.splice(0)) end();
    const progress = new RequestProgress();
    const request = { protocol, hostname: '127.0.0.1', port: server.port, method: 'POST', path: '/', headers: {} };
    await expect(opened().send(request, progress)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(progress.phase).toBe('connecting');
  });

  test('whose TLS handshake fails was at it', async () => {
    const server = await serve(ok);
    const progress = new RequestProgress();
    const request = {
      protocol: 'https:',
      hostname: '127.0.0.1',
      port: server.port,
      method: 'POST',
      path: '/',
      headers: {},
    };
    await expect(opened().send(request, progress)).rejects.toThrow();
    expect(progress.phase).toBe('tls');
  });

  test.each<[Record<string, string>, string]>([
    [{}, '/p'],
    [{ a: 'b c' }, '/p?a=b%20c'],
  ])('of a credential provider, with the query %j', async (query, path) => {
    const server = await serve(ok);
    const progress = new RequestProgress();
    const handler = providerHandler(opened(), progress);
    expect(handler.metadata).toEqual({ handlerProtocol: 'http/1.1' });
    expect(handler.httpHandlerConfigs()).toEqual({});
    const { response } = await handler.handle(
      new HttpRequest({
        protocol: 'http:',
        hostname: '127.0.0.1',
        port: server.port,
        method: 'GET',
        path: '/p',
        query,
      }),
    );
    expect(response).toMatchObject({ statusCode: 201, headers: { 'x-b': '1, 2' } });
    const { bytes } = await readBody(response.body, 10);
    expect(Buffer.from(bytes).toString()).toBe('yes');
    expect(server.requests).toEqual([`GET ${path}  `]);
    expect(progress).toMatchObject({
      phase: 'response',
      host: `127.0.0.1:${server.port}`,
      answer: { statusCode: 201 },
    });
  });

  test('of a credential provider is given up with the search', async () => {
    const server = await serve(() => {});
    const progress = new RequestProgress();
    const request = new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port: server.port, path: '/' });
    const sent = providerHandler(opened(), progress).handle(request);
    await until(() => server.requests.length === 1);
    progress.giveUp();
    await expect(sent).rejects.toThrow();
    expect(progress).toMatchObject({ phase: 'ready', answer: null });
  });
});

describe('a connection', () => {
  test('is kept for the next request', async () => {
    const server = await serve(ok);
    const transport = opened();
    await get(transport, server.port);
    await until(() => server.open === 1);
    const { progress } = await get(transport, server.port);
    expect(progress.phase).toBe('response');
    expect(server.connections).toBe(1);
  });

  test('that waits is closed on request, and a fresh one opened', async () => {
    const server = await serve(ok);
    const transport = opened();
    await get(transport, server.port);
    await transport.closeIdle();
    await until(() => server.open === 0);
    await get(transport, server.port);
    expect(server.connections).toBe(2);
  });

  test('is closed with its transport, also one from before all roots were trusted', async () => {
    const server = await serve(ok);
    const transport = opened();
    await get(transport, server.port);
    expect(transport.trustsAll).toBe(false);
    await transport.trustAll(recorder());
    expect(transport.trustsAll).toBe(true);
    await transport.trustAll(recorder());
    await get(transport, server.port);
    expect(server.connections).toBe(2);
    transport.close();
    await until(() => server.open === 0);
  });
});

describe('a body', () => {
  const parts = (...all: string[]) =>
    serve((_, response) => {
      const [first = '', ...rest] = all;
      response.writeHead(200).write(first, () => setImmediate(() => response.end(rest.join(''))));
    });

  test.each([
    [6, 'abcdef', true],
    [5, 'abcde', false],
    [3, 'abc', false],
    [2, 'ab', false],
    [0, '', false],
  ])('of 6 bytes, of which at most %i are read', async (limit, text, whole) => {
    const server = await parts('abc', 'def');
    expect(await get(opened(), server.port, '127.0.0.1', limit)).toMatchObject({ text, whole });
    if (!whole) await until(() => server.open === 0);
  });

  test('that breaks off rejects', async () => {
    const server = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half', () => request.socket.resetAndDestroy());
    });
    await expect(get(opened(), server.port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

test('what of the proxy must not show', () => {
  const servers = {} as never;
  const credentials = { user: new Secret('me'), password: new Secret('pw') };
  const shown = (transport: Transport) => transport.secrets().map((secret) => secret.reveal());
  expect(shown(new Transport({ servers, credentials }))).toEqual(['me', 'pw', 'me:pw']);
  expect(shown(new Transport({ servers }))).toEqual([]);
  expect(shown(new Transport(undefined))).toEqual([]);
});

describe('the roots that are trusted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roots-'));
  const pem = '-----BEGIN CERTIFICATE-----\nx\n';
  writeFileSync(join(folder, 'good'), pem);
  writeFileSync(join(folder, 'bad'), 'no');

  test.each<[Record<string, string>, number, readonly string[]]>([
    [{}, 0, []],
    [{ AWS_CA_BUNDLE: '', NODE_EXTRA_CA_CERTS: '' }, 0, []],
    [{ AWS_CA_BUNDLE: 'good' }, 1, []],
    [{ NODE_EXTRA_CA_CERTS: 'good' }, 1, []],
    [{ AWS_CA_BUNDLE: 'good', NODE_EXTRA_CA_CERTS: 'good' }, 2, []],
    [{ AWS_CA_BUNDLE: 'bad' }, 0, ['warn AWS_CA_BUNDLE holds no PEM certificate and is left aside: bad']],
    [{ AWS_CA_BUNDLE: 'none' }, 0, ['warn AWS_CA_BUNDLE cannot be read (ENOENT) and is left aside: none']],
  ])('%j', async (named, bundles, lines) => {
    const path = (name: string) => (name === '' ? '' : join(folder, name));
    const environment = Object.fromEntries(Object.entries(named).map(([variable, name]) => [variable, path(name)]));
    const log = recorder();
    const all = await roots(log, environment);
    expect(all.filter((one) => one === pem)).toHaveLength(bundles);
    expect(all).toEqual(expect.arrayContaining([...rootCertificates]));
    expect(log.lines.map((line) => line.replace(`${folder}/`, ''))).toEqual(lines);
  });
});
