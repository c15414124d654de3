import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startLocal } from '../../support/local-program.ts';
import { cleanEnvironment, program, root, runProgram } from '../../support/run-program.ts';
import { type Step, type StreamServer, streamServer } from '../../support/stream-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'ue-aws-lambda-cli-streams-'));
afterAll(() => rmSync(folder, { recursive: true }));

let server: StreamServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'EXAMPLE-SECRET', AWS_REGION: 'us-east-1' };

async function serve(...steps: readonly Step[]) {
  server = await streamServer(steps);
  return { env: { ...keys, AWS_ENDPOINT_URL: server.url }, server };
}

const done = { complete: {} };

describe('--stream', () => {
  test('prints each part before the function has ended', async () => {
    let seen = () => {};
    const first = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const { env } = await serve('part 1\n', { until: () => first }, 'part 2\n', done);
    const [command, ...words] = program();
    const child = spawn(command, [...words, 'invoke', 'hello', '--stream'], {
      ...{ cwd: root, env: { ...cleanEnvironment(), ...env } },
    });
    child.stdin.end();
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout === 'part 1\n') seen(); // the server goes on only then
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(stdout).toBe('part 1\npart 2\n');
  });

  test('keeps every byte, of more than the memory holds of one answer', async () => {
    const { env, server } = await serve({ bytesOf: 9 * 2 ** 20, chunk: 2 ** 16 }, done);
    const { code, stdout, stderr } = await runProgram(['invoke', 'hello', '--stream'], { env });
    expect([code, stdout.length]).toEqual([0, server.sent()]);
    expect(stderr).toMatch(/^SUCCESS: .*\nThe function ran to its end/);
  });

  test('ends with the error of a function that fails behind some parts', async () => {
    const ErrorDetails = '{"errorType":"RangeError","errorMessage":"no stock"}';
    const { env } = await serve('part', { complete: { ErrorCode: 'Unhandled', ErrorDetails } });
    const { code, stdout, stderr } = await runProgram(['invoke', 'hello', '--stream'], { env });
    expect([code, stdout]).toEqual([1, 'part']);
    expect(stderr).toContain('FAIL: Unhandled: RangeError: no stock\nThe function ran and failed');
  });

  test('of a stream that breaks off prints what came, and does not know', async () => {
    const { env } = await serve('part', 'reset');
    const { code, stdout, stderr } = await runProgram(['invoke', 'hello', '--stream'], { env });
    expect([code, stdout]).toEqual([10, 'part']);
    expect(stderr).toContain('The function may have run or may still run');
  });

  test('learns how the function ended although nobody reads', async () => {
    const { env } = await serve({ bytesOf: 2 ** 20, chunk: 2 ** 14 }, done);
    const [command, ...words] = program();
    const child = spawn(command, [...words, 'invoke', 'hello', '--stream'], {
      ...{ cwd: root, env: { ...cleanEnvironment(), ...env } },
    });
    child.stdin.end();
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });
});

describe('--save', () => {
  test.each([
    ['--save', []],
    ['--response-file', []],
    ['--save', ['--stream']],
  ])('%s with %j', async (word, more) => {
    const path = join(folder, 'saved.json');
    rmSync(path, { force: true });
    const local = await startLocal(`${root}examples/functions`);
    try {
      const words = ['invoke', 'hello', word, path, ...more];
      const { code, stdout, stderr } = await runProgram(words, { env: { ...keys, ...local.env } });
      expect([code, stdout, readFileSync(path, 'utf8')]).toEqual([0, '', '{"message":"Hello, world!"}']);
      expect(stderr).toMatch(/^Saved 27 bytes of JSON to \/.*saved\.json\nSUCCESS/);
    } finally {
      await local.stop();
    }
  });

  test('leaves no file of a stream that breaks off', async () => {
    const { env } = await serve('part', 'reset');
    const path = join(folder, 'broken');
    const { code } = await runProgram(['invoke', 'hello', '--stream', '--save', path], { env });
    expect([code, readdirSync(folder).filter((name) => name.includes('broken'))]).toEqual([10, []]);
  });

  test('with --query asks the extension output', async () => {
    const { env } = await serve('"€"', done);
    const words = ['--stream', '--save', join(folder, 'euro'), '--json', '--query', 'result.payload_saved.bytes'];
    expect((await runProgram(['invoke', 'hello', ...words], { env })).stdout).toBe('5\n');
  });
});

test('--full-log shows the whole log on standard error, and can write it to a file', async () => {
  const local = await startLocal(`${root}examples/functions`);
  const path = join(folder, 'log.txt');
  try {
    const words = ['invoke', 'log', '--data', 'lines:=200', '--full-log', '--log-file', path];
    const { code, stderr } = await runProgram(words, { env: { ...keys, ...local.env } });
    expect(code).toBe(0);
    for (const log of [stderr, readFileSync(path, 'utf8')]) {
      expect(log).toMatch(/^START RequestId/m);
      expect(log).toContain('Zeile 1:');
      expect(log).toContain('Zeile 200:');
      expect(log).toContain('REPORT RequestId');
    }
  } finally {
    await local.stop();
  }
});

test.each([
  ['--stream --json', '--stream prints the payload, and --json the extension output; add --save'],
  ['--stream --output json', '--stream prints the payload, and --output json the extension output; add --save'],
  ['--stream --query a', '--stream prints the payload before a --query can be asked of it'],
  ['--save x --query a', '--save keeps the payload out of the answer'],
  ['--event --query a', '--event brings no payload for --query to search; add --json'],
  ['--stream --event', '--event and --stream contradict each other'],
  ['--wait --stream', '--wait and --stream contradict each other'],
  ['--save x --dry-run', '--dry-run and --save contradict each other'],
  ['--tail --full-log', '--tail and --full-log contradict each other'],
  ['--event --full-log', '--event and --full-log contradict each other'],
  ['--log-file x', '--log-file means nothing without --full-log'],
  ['--full-log-wait 5 --tail', '--full-log-wait means nothing without --full-log'],
  ['--full-log --log-file x --save x', '--log-file: must be another file than --save'],
])('%s is refused', async (words, message) => {
  const { code, stdout, stderr } = await runProgram(['invoke', 'hello', ...words.split(' ')], { env: keys });
  expect([code, stdout, stderr]).toEqual([20, '', expect.stringContaining(message)]);
});
