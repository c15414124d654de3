import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { cancelOnSignals } from '../../process/cancel.ts';
import { logTo } from '../../process/log.ts';
import { print } from '../../process/print.ts';
import { schemaName } from '../database/checks.ts';
import { openDatabase } from '../database/open.ts';
import { requireNode } from '../node-version.ts';
import { type Handler, loadHandler } from './package.ts';

const user = 'admin';

/** Its pages ask for fonts of elsewhere: whoever looks at a fleet tells nobody. */
const onlyOwn = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
].join('; ');

/** Asked for by the packages that the dashboard is made of. */
const leastNode = '22.22.0';

/** Serves pg-boss's dashboard until a signal; resolves with the exit code. */
export async function serveDashboard(url: string | undefined, port: number): Promise<number> {
  requireNode(leastNode);
  const log = logTo('info');
  // Its forms could run a job again whose function may have run; only 1 turns them off.
  process.env.PGBOSS_DASHBOARD_READ_ONLY = '1';
  const createHandler = loadHandler();
  const database = await openDatabase({ url }, process.env, log);
  const handler = createHandler({
    databases: [{ url: database.connection, name: database.where, schema: schemaName }],
  });
  const given = process.env.UE_AWS_LAMBDA_DASHBOARD_PASSWORD;
  const password = given || randomBytes(18).toString('base64url');
  const server = createServer((request, response) => {
    answer(request, response, handler, password).catch((error: Error) => {
      log.warn(`dashboard: ${request.method} ${request.url}: ${error.message}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const cancellation = cancelOnSignals(log, () => process.exit());
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const shown = given ? 'the password of UE_AWS_LAMBDA_DASHBOARD_PASSWORD' : `password ${password}`;
    await print(`${address}  user ${user}, ${shown}\n`);
    await new Promise((resolve) => cancellation.signal.addEventListener('abort', resolve, { once: true }));
    return 0;
  } finally {
    server.close();
    server.closeAllConnections();
    await handler.close();
    await database.close();
    cancellation.release();
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handler: Handler,
  password: string,
): Promise<void> {
  const { method = 'GET', headers } = request;
  const refuse = (status: number, text: string, more = {}) =>
    void response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...more }).end(`${text}\n`);
  // A page of elsewhere whose name leads here is another host to the browser.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) return refuse(421, 'Not this host.');
  if (!isAllowed(headers.authorization, password)) {
    return refuse(401, 'User and password are needed.', { 'www-authenticate': 'Basic realm="fleet", charset="UTF-8"' });
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return refuse(
      403,
      'The dashboard is read-only: use ue-aws-lambda retry or cancel, which know whether a function has run.',
    );
  }
  const asked = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== 'authorization') asked.set(name, String(value));
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const url = new URL(request.url ?? '/', `http://${headers.host}`);
  const {
    status,
    headers: given,
    body,
  } = await handler(new Request(url, { method, headers: asked, signal: gone.signal }));
  response.writeHead(status, { ...Object.fromEntries(given), 'content-security-policy': onlyOwn });
  if (body === null || method === 'HEAD') return void response.end();
  await pipeline(Readable.fromWeb(body as ReadableStream), response).catch(() => {}); // the browser has gone
}

function isAllowed(authorization = '', password: string): boolean {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization), digest(wanted));
}
