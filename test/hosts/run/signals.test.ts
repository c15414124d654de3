import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { baseFields } from '../../support/network/cells.ts';
import { type Fields, type ProcessOptions, type Running, start } from '../../support/network/run.ts';
import { startTarget, success, type Target } from '../../support/network/target.ts';

let folder: string;
let fifo: string;
let silent: Target;
let large: Target;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signals-'));
  fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  silent = await startTarget({ stage: 'response headers', fault: 'hangs' });
  large = await startTarget({ answer: (request) => success(request, JSON.stringify('x'.repeat(2_000_000))) });
});
afterAll(async () => {
  await Promise.all([silent.close(), large.close()]);
  rmSync(folder, { recursive: true });
});

const patient = (target: Target, over: Fields = {}) => ({
  ...baseFields(`http://127.0.0.1:${target.port}`),
  ...{ connect_timeout: 60, wait_for_completion_timeout: 600 },
  ...over,
});

/** Ends the process by as many signals as it takes, and says how many. */
async function signalsUntilEnd({ child, ended }: Running): Promise<number> {
  let isOver = false;
  const over = ended.then(() => {
    isOver = true;
  });
  for (let sent = 0; ; ) {
    child.kill('SIGTERM');
    sent += 1;
    // The first may leave it waiting; after the second it has to end, however busy the machine is.
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, sent === 1 ? 1000 : 10_000))]);
    if (isOver) return sent;
    if (sent === 2) return Number.POSITIVE_INFINITY;
  }
}

interface Scene {
  readonly fields: () => Fields;
  readonly options?: () => ProcessOptions;
  readonly reached: (running: Running) => Promise<void>;
  /** Nobody reads standard output. */
  readonly isUnread?: boolean;
}

const started = (running: Running) => running.logged('ue-aws-lambda');

/** Waits until a thread of the process waits for the other end of a FIFO, as far as the kernel tells. */
async function inFifo({ child }: Running): Promise<void> {
  const threads = `/proc/${child.pid}/task`;
  const isWaiting = (thread: string) => readFileSync(`${threads}/${thread}/wchan`, 'utf8') === 'wait_for_partner';
  while (!readdirSync(threads).some(isWaiting)) await new Promise((resolve) => setTimeout(resolve, 10));
}

const scenes: Record<string, Scene> = {
  'while it reads standard input': {
    fields: () => ({}),
    options: () => ({ input: null }),
    reached: started,
  },
  'while it reads a pipe that the shell has opened': {
    fields: () => ({}),
    options: () => ({
      args: ['--fields', '/dev/fd/7'],
      wrapper: ['bash', '-c', 'exec "$@" 7< <(exec sleep 20 2> /dev/null)', '-'],
    }),
    reached: started,
  },
  'while a thread waits for the other end of a FIFO': {
    fields: () => patient(silent, { credentials: undefined }),
    options: () => ({ env: { AWS_CONFIG_FILE: fifo, AWS_EC2_METADATA_DISABLED: 'true' } }),
    reached: inFifo,
  },
  'while the function runs, with --output': {
    fields: () => patient(silent),
    options: () => ({ args: ['--output', join(folder, 'out.json')] }),
    reached: (running) => running.logged('sending the request'),
  },
  'while nobody reads standard output': {
    fields: () => patient(large),
    isUnread: true,
    reached: (running) => running.logged('sending the request'),
  },
};

describe.each(Object.entries(scenes))('%s', (_, { fields, options, reached, isUnread }) => {
  test('two signals end the process', async () => {
    const running = start(fields(), options?.());
    if (isUnread) running.child.stdout.removeAllListeners('data').pause();
    await reached(running);
    if (isUnread) running.child.once('exit', () => running.child.stdout.destroy());
    expect(await signalsUntilEnd(running)).toBeLessThanOrEqual(2);
  });
});

test('the answer to the first signal is whole, also when a thread holds the process', async () => {
  const env = { AWS_CONFIG_FILE: fifo, AWS_EC2_METADATA_DISABLED: 'true' };
  const running = start(patient(silent, { credentials: undefined }), { env });
  await inFifo(running);
  running.child.kill('SIGTERM');
  const { output, killedBy, exitCode } = await running.ended; // without a second signal
  expect(output).toMatchObject({ exit_code: 22, result: { execution: 'not_started' } });
  // Other runtimes end without waiting for threads, and keep their exit code.
  if (process.env.PROGRAM) expect(exitCode).toBe(22);
  else expect(killedBy).toBe('SIGKILL');
});

test('a signal after the answer does not change the exit code', async () => {
  // Something that never ends holds the process until its time is over.
  const preload = join(folder, 'preload.cjs');
  writeFileSync(preload, 'setInterval(() => {}, 1_000_000);');
  const running = start(patient(large), { env: { NODE_OPTIONS: `--require=${preload}` } });
  await running.logged('(exit 0, execution completed)');
  running.child.kill('SIGTERM');
  const ended = await running.ended;
  expect(ended).toMatchObject({ exitCode: 0, killedBy: null, output: { exit_code: 0 } });
  expect(ended.stderr).not.toContain('cancelling');
});
