import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../local/auth/sha256.ts';
import { LOCAL_KEY, type LoggedLocal, start } from './support/local.ts';

let local: LoggedLocal;

beforeAll(async () => {
  local = await start();
});
afterAll(() => local.close());

/** Sends a signed invocation with the headers exactly as given, and answers with status, error and body. */
async function send(headers: Record<string, string>) {
  const path = '/2015-03-31/functions/mirror/invocations';
  const signer = new SignatureV4({
    credentials: LOCAL_KEY,
    region: 'eu-central-1',
    service: 'lambda',
    sha256: Sha256,
    applyChecksum: false,
  });
  const unsigned = { method: 'POST', protocol: 'http:', hostname: 'x', path, headers, body: '1' };
  const signed = await signer.sign(unsigned);
  const lines = Object.entries({ ...signed.headers, 'content-length': '1', connection: 'close' });
  const socket = createConnection(local.port, '127.0.0.1');
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n1`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1]),
    type: /^x-amzn-errortype: (.*)$/im.exec(head)?.[1],
    body: JSON.parse(body) as { message?: string },
  };
}

const host = (text: string) => text.replace('PORT', String(local.port));

describe('the Host header', () => {
  test.each([
    '127.0.0.1:PORT',
    '127.8.9.1:PORT',
    '[::1]:PORT',
    'localhost:PORT',
    'LocalHost:PORT',
    'a.b.localhost:PORT',
  ])('%s is answered', async (text) => {
    expect(await send({ host: host(text) })).toEqual({ status: 200, type: undefined, body: 1 });
  });

  test.each([
    'attacker.example:PORT',
    'attacker.example',
    '127.0.0.1.attacker.example:PORT',
    'localhost.attacker.example:PORT',
    'notlocalhost:PORT',
    '127.0.0.1:1',
    'localhost',
    '192.168.0.1:PORT',
    '[::2]:PORT',
    'user@localhost:PORT',
    'localhost:PORT:PORT',
    '',
  ])('%j is refused, and no function runs', async (text) => {
    const before = local.executions();
    const { status, type, body } = await send({ host: host(text) });
    expect([status, type]).toEqual([403, 'ForbiddenHostException']);
    expect(body.message).toContain(`localhost:${local.port}`);
    expect(local.executions()).toBe(before);
  });
});

test.each(['https://attacker.example', 'http://localhost:3000', 'null'])(
  'a request of the web page %s is refused, and no function runs',
  async (origin) => {
    const before = local.executions();
    const { status, type, body } = await send({ host: host('localhost:PORT'), origin });
    expect([status, type]).toEqual([403, 'ForbiddenOriginException']);
    expect(body.message).toContain(origin);
    expect(local.executions()).toBe(before);
  },
);
