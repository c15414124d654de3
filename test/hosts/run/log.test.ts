import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cleanEnvironment, program, runProgram } from '../../support/run-program.ts';
import { type ScriptedServer, scriptedServer } from '../../support/scripted-server.ts';
import { specialFiles } from '../../support/special-files.ts';

const hostile = 'bad \u001b[2J\r\n##[error]a\r::warning::b\u2028c\u0085d\u202ee\u0007\n\n::set-output name=x::y';

let server: ScriptedServer;
beforeEach(async () => {
  server = await scriptedServer({
    status: 400,
    headers: { 'x-amzn-errortype': 'InvalidParameterValueException' },
    body: JSON.stringify({ message: hostile }),
  });
});
afterEach(() => server.close());

const fields = (over: object = {}) =>
  JSON.stringify({
    function_name: 'hello',
    region: 'us-east-1',
    endpoint_url: server.url,
    credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY', token: 'EXAMPLE-SESSION-TOKEN' },
    ...over,
  });

describe('every line of the log', () => {
  test.each([
    ['of a server', () => fields()],
    ['of the input', () => fields({ function_name: hostile, [hostile]: hostile })],
  ])('begins with the time and is printable, with hostile text %s', async (_, input) => {
    const { stderr } = await runProgram(['run', '--log-level', 'debug'], { input: input() });
    const lines = stderr.split('\n').slice(0, -1);
    expect(lines.filter((line) => !/^\d{4}-\d\d-\d\dT[\d:.]+Z (ERROR|WARN |INFO |DEBUG) /.test(line))).toEqual([]);
    expect(lines.filter((line) => /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]|##\[/u.test(line))).toEqual([]);
    expect(stderr).toContain('\\u001b[2J');
  });

  test('of arguments that are refused is printable', async () => {
    const { stderr, code } = await runProgram(['run', `--x\u001b[2J\n##[error]`]);
    expect(code).toBe(20);
    expect(stderr).toMatch(/^[^\p{Cc}]*\\u001b\[2J #\\u0023\[error\][^\p{Cc}]*\n$/u);
  });
});

test('a pipe that is full and that nobody reads does not hold the task', async () => {
  const { folder, fifo, close } = await specialFiles();
  const input = join(mkdtempSync(join(tmpdir(), 'log-')), 'fields.json');
  writeFileSync(input, fields());
  const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  expect(() => {
    for (;;) writeSync(pipe, Buffer.alloc(1));
  }).toThrow('EAGAIN');
  const blocking = openSync(fifo, constants.O_WRONLY);
  const [command, ...first] = program();
  const child = spawn(command, [...first, 'run', '--fields', input], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', blocking],
  });
  let stdout = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  await once(child, 'close');
  for (const file of [pipe, blocking]) closeSync(file);
  close();
  rmSync(folder, { recursive: true });
  expect(child.exitCode).toBe(1);
  expect(JSON.parse(stdout).status_description).toContain('InvalidParameterValueException');
});

describe('NODE_DEBUG', () => {
  test.each(['http', 'https', 'net', 'HTTP,TLS', 'stream', '*'])(
    '=%s shows no token, and a line says so',
    async (value) => {
      const { stderr, stdout, code } = await runProgram(['run'], { input: fields(), env: { NODE_DEBUG: value } });
      expect(code).toBe(1);
      expect(server.received[0]?.headers['x-amz-security-token']).toBe('EXAMPLE-SESSION-TOKEN');
      expect(stderr + stdout).not.toContain('EXAMPLE-SESSION-TOKEN');
      expect(stderr).toContain('WARN  NODE_DEBUG is set');
      expect(stderr).toContain('Invoke hello (RequestResponse): sending the request');
    },
  );
});
