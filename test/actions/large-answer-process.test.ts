import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cleanEnvironment, program, root, runProgram } from '../support/run-program.ts';
import { type Step, type StreamServer, streamServer } from '../support/stream-server.ts';

let server: StreamServer;
let folder: string;
let path: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'large-answer-'));
  path = join(folder, 'answer');
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server.close();
  rmSync(folder, { recursive: true });
});

function fields(over: object = {}): string {
  return JSON.stringify({
    ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: server.url, response_file: path },
    ...{ credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' }, response_mode: 'Streamed', ...over },
  });
}

const half: readonly Step[] = [{ bytesOf: 2 ** 22, chunk: 2 ** 16 }, 'hang'];

test('64 MB go through the program into the file', async () => {
  server = await streamServer([{ bytesOf: 2 ** 26, chunk: 2 ** 16 }, { complete: {} }]);
  const { code, stdout } = await runProgram(['run'], { input: fields() });
  expect([code, JSON.parse(stdout).result.payload_saved.bytes]).toEqual([0, 2 ** 26]);
  expect(readFileSync(path)).toHaveLength(2 ** 26);
});

test('a process that is killed leaves what was there, and a later run removes its traces', async () => {
  writeFileSync(path, 'before');
  server = await streamServer(half);
  const [command, ...first] = program();
  child = spawn(command, [...first, 'run'], { cwd: root, env: cleanEnvironment() });
  child.stdin?.end(fields());
  while (server.sent() < 2 ** 22) await sleep(10);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(readFileSync(path, 'utf8')).toBe('before');
  const [left, ...more] = readdirSync(folder).filter((name) => name !== 'answer');
  expect(left).toMatch(/^\.answer\.ue-aws-lambda-.*\.tmp$/);
  expect(more).toEqual([]);
  await server.close();

  server = await streamServer(['after', { complete: {} }]);
  const { code } = await runProgram(['run'], { input: fields() });
  expect([code, readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([0, ['answer'], 'after']);
});

test('a cancel in mid-stream is answered, and leaves no file', async () => {
  server = await streamServer(half);
  const [command, ...first] = program();
  child = spawn(command, [...first, 'run'], { cwd: root, env: cleanEnvironment() });
  const output: Buffer[] = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stdin?.end(fields());
  while (server.sent() < 2 ** 22) await sleep(10);
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect(code).toBe(22);
  expect(JSON.parse(Buffer.concat(output).toString())).toMatchObject({ result: { execution: 'unknown' } });
  expect(readdirSync(folder)).toEqual([]);
});

test('an empty or broken trace in the environment does no harm', async () => {
  server = await streamServer(['1', { complete: {} }]);
  const env = { traceparent: 'x', _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793' };
  const { code, stderr } = await runProgram(['run'], { input: fields(), env });
  expect([code, server.received[0]?.headers['x-amzn-trace-id']]).toEqual([0, env._X_AMZN_TRACE_ID]);
  expect(stderr).toContain('traceparent is not the name of a trace');
});
