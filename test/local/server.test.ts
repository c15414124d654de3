import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLocal } from '../../local/server.ts';
import { invoke, lambdaClient, meetingPoint, start } from './support/local.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-'));
});
afterEach(() => rm(directory, { recursive: true }));

const handler = (result: string) => `export const handler = async () => (${result});\n`;

describe('a start', () => {
  test('needs a directory', async () => {
    const missing = join(directory, 'missing');
    await expect(startLocal({ directory: missing, port: 0 })).rejects.toThrow(`${missing} does not exist`);
  });

  test('needs a directory and no file', async () => {
    const file = join(directory, 'one.mjs');
    await writeFile(file, handler('1'));
    await expect(startLocal({ directory: file, port: 0 })).rejects.toThrow(`${file} is not a directory`);
  });

  test('needs handler files', async () => {
    await writeFile(join(directory, 'readme.txt'), 'nothing');
    await expect(startLocal({ directory, port: 0 })).rejects.toThrow(/holds no handler files. Put one there: NAME.mjs/);
  });

  test('needs one file for a function', async () => {
    await writeFile(join(directory, 'one.mjs'), handler('1'));
    await writeFile(join(directory, 'one.cjs'), '');
    await expect(startLocal({ directory, port: 0 })).rejects.toThrow(/Two files would be the function "one"/);
  });

  test('needs a free port', async () => {
    const first = await start();
    const second = startLocal({ directory: 'examples/functions', port: first.port });
    await expect(second).rejects.toThrow(`Port ${first.port} is in use. Choose another with --port`);
    await first.close();
  });

  test('tells the port it took, on the loopback interface', async () => {
    const local = await start();
    expect(local.port).toBeGreaterThan(0);
    expect(local.url).toBe(`http://127.0.0.1:${local.port}`);
    await local.close();
  });
});

describe('the code', () => {
  test('of a file that was edited is loaded anew, and new files are found', async () => {
    const file = join(directory, 'one.mjs');
    await writeFile(file, handler('1'));
    const local = await start({ directory });
    const client = lambdaClient(local);
    expect((await invoke(client, { FunctionName: 'one' })).payload).toBe(1);
    await writeFile(file, handler('2'));
    await utimes(file, new Date(), new Date(Date.now() + 10_000));
    await writeFile(join(directory, 'two.mjs'), handler('"new"'));
    // A listing learns the new configuration; the old copy must not be taken for the new code.
    await client.send(new ListFunctionsCommand({}));
    expect((await invoke(client, { FunctionName: 'one' })).payload).toBe(2);
    expect((await invoke(client, { FunctionName: 'two' })).payload).toBe('new');
    await local.close();
  });

  test('that never ends to load is stopped by the timeout', async () => {
    await writeFile(join(directory, 'stuck.mjs'), 'for (;;);');
    const local = await start({ directory, timeoutSeconds: 1 });
    const { error, payload } = await invoke(lambdaClient(local), { FunctionName: 'stuck' });
    expect(error).toBe('Unhandled');
    expect(payload.errorMessage).toMatch(/Task timed out after 1\.00 seconds$/);
    expect(local.executions()).toBe(0);
    await local.close();
  });

  test('that is no JavaScript is a syntax error of the user', async () => {
    await writeFile(join(directory, 'broken.cjs'), 'exports.handler = async () => {');
    const local = await start({ directory });
    const { error, payload } = await invoke(lambdaClient(local), { FunctionName: 'broken' });
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe('Runtime.UserCodeSyntaxError');
    await local.close();
  });
});

describe('a close', () => {
  test('ends functions that still run and connections that stay open', async () => {
    const local = await start();
    const point = await meetingPoint();
    const idle = createConnection(local.port, '127.0.0.1');
    const closed = new Promise((resolve) => idle.once('close', resolve));
    const Payload = JSON.stringify({ port: point.port });
    const running = invoke(lambdaClient(local), { FunctionName: 'meet', Payload }).catch((error: Error) => error);
    await point.gathered(1);
    const gone = new Promise((resolve) => point.sockets[0]?.once('close', resolve));
    await local.close();
    await Promise.all([running, gone, closed]);
    point.close();
  });

  test('comes back to a client that dropped its call in the middle', async () => {
    const local = await start();
    const socket = createConnection(local.port, '127.0.0.1');
    socket.write('POST /2015-03-31/functions/warm/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
    socket.once('ready', () => socket.destroy());
    await local.logged(/broke off/);
    await local.close();
  });
});

test('every answer has a request id, also a refusal', async () => {
  const local = await start();
  const headers = await new Promise<Record<string, unknown>>((resolve) => {
    request(`${local.url}/anything`, (response) => resolve(response.resume().headers)).end();
  });
  expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  await local.close();
});
