import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type SharedSessions, sharedSessions } from '../../extension/aws/shared-sessions.ts';
import { execute } from '../../extension/execute.ts';
import { processPorts } from '../../extension/hosts/process/ports.ts';

let sessions: SharedSessions;
let server: Server;
let url: string;
let connections: number;
let assumed: number;
/** Seconds for which an assumed role is valid. */
let validity: number;
/** Answers that wait until so many requests are there at once. */
let waiting: ServerResponse[];
let together: number;

beforeEach(async () => {
  sessions = sharedSessions();
  [connections, assumed, validity, waiting, together] = [0, 0, 3600, [], 1];
  server = createServer((request, response) => {
    request.resume().on('end', () => (request.url === '/' ? assumeRole(response) : invoke(response)));
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  sessions.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function invoke(response: ServerResponse): void {
  waiting.push(response);
  if (waiting.length < together) return;
  for (const each of waiting.splice(0)) {
    each.writeHead(200, { 'x-amzn-requestid': '1', 'content-length': 1 }).end('1');
  }
}

function assumeRole(response: ServerResponse): void {
  assumed += 1;
  const expiration = new Date(Date.now() + validity * 1000).toISOString();
  const credentials = `<AccessKeyId>ASIA${assumed}</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken><Expiration>${expiration}</Expiration>`;
  const body = `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  response
    .writeHead(200, { 'content-type': 'text/xml', 'x-amzn-requestid': '2', 'content-length': body.length })
    .end(body);
}

function run(over: object = {}, signal = new AbortController().signal) {
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const credentials = { user: 'AKIDEXAMPLE', password: 'EXAMPLE' };
  const fields = { function_name: 'hello', region: 'us-east-1', endpoint_url: url, credentials, ...over };
  return execute(fields, { ...processPorts, openSession: sessions.openSession, log: silent, signal });
}

const role = () => ({ role_based_access: true, role_arn: 'arn:aws:iam::123456789012:role/r', sts_endpoint_url: url });

test('tasks with one connection share a socket, whatever their function and time limits', async () => {
  for (const over of [{}, { function_name: 'other' }, { wait_for_completion_timeout: 5 }]) {
    expect((await run(over)).status).toBe('SUCCESS');
  }
  expect(connections).toBe(1);
});

test('tasks with other keys share nothing', async () => {
  await run();
  await run({ credentials: { user: 'AKIDEXAMPLE', password: 'ANOTHER' } });
  expect(connections).toBe(2);
});

test('more than 50 calls run at the same time', async () => {
  together = 120;
  const outcomes = await Promise.all(Array.from({ length: together }, () => run()));
  expect(outcomes.filter(({ status }) => status !== 'SUCCESS')).toEqual([]);
});

test('a role is assumed once for many tasks', async () => {
  await Promise.all(Array.from({ length: 10 }, () => run(role())));
  await run(role());
  expect(assumed).toBe(1);
});

test('a role is assumed again before its credentials expire', async () => {
  validity = 300;
  await run(role());
  await run(role());
  expect(assumed).toBe(2);
});

test('a task that is cancelled takes no other with it', async () => {
  together = 2;
  const cancelled = new AbortController();
  const first = run({}, cancelled.signal);
  const second = run();
  await waitFor(() => waiting.length === 2 || connections === 2);
  cancelled.abort();
  expect((await first).status).toBe('CANCELLED');
  together = 1;
  const third = run();
  expect((await third).status).toBe('SUCCESS');
  expect((await second).status).toBe('SUCCESS');
});

test('a region that was not found is looked for again', async () => {
  const saved = process.env.AWS_REGION;
  process.env.AWS_CONFIG_FILE = '/nonexistent';
  delete process.env.AWS_REGION;
  expect((await run({ region: null })).status).toBe('DATA_VALIDATION_ERROR');
  process.env.AWS_REGION = 'us-east-1';
  expect((await run({ region: null })).status).toBe('SUCCESS');
  if (saved === undefined) delete process.env.AWS_REGION;
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
