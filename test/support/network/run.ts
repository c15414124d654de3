import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession } from '../../../extension/aws/session.ts';
import { execute } from '../../../extension/execute.ts';
import { processPorts } from '../../../extension/hosts/process/ports.ts';
import { toOutput } from '../../../extension/output.ts';
import { program } from '../run-program.ts';

export type Fields = Record<string, unknown>;

/** The part of the extension output that these tests look at. */
export interface Output {
  readonly exit_code: number;
  readonly status_description: string;
  readonly changed: boolean;
  readonly result: {
    readonly execution: 'not_started' | 'accepted' | 'completed' | 'unknown';
    readonly attempts: number;
    readonly payload: string | null;
    readonly request_id: string | null;
    readonly error: readonly { readonly name: string; readonly message: string; readonly field?: string }[] | null;
  };
}

export interface Ended {
  readonly output: Output;
  readonly log: string;
  /** From start to end (ms). */
  readonly took: number;
}

/** Runs a task in this process, and gives what the program would print. */
export async function runInside(fields: Fields, signal = new AbortController().signal): Promise<Ended> {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => lines.push(`${level} ${message}`);
  const log = { error: write('ERROR'), warn: write('WARN'), info: write('INFO'), debug: write('DEBUG') };
  const started = performance.now();
  const outcome = await execute(fields, { ...processPorts, openSession, log, signal });
  return { output: JSON.parse(toOutput(fields, outcome)), log: lines.join('\n'), took: performance.now() - started };
}

export interface EndedProcess extends Ended {
  readonly exitCode: number | null;
  readonly killedBy: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  /** Standard input as it is, in place of the fields. */
  readonly input?: string | null;
  /** What a stuck process is killed after (ms), so that the test fails and not the suite. */
  readonly patience?: number;
  /** Put before the program, such as strace and its flags. */
  readonly wrapper?: readonly string[];
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<EndedProcess>;
  /** Waits until standard error shows a text. */
  logged(text: string | RegExp): Promise<void>;
}

/** Starts the real program, with nothing of this process's environment but the path. */
export function start(fields: Fields, options: ProcessOptions = {}): Running {
  const { env = {}, args = [], input = JSON.stringify(fields), patience = 30_000, wrapper = [] } = options;
  const HOME = mkdtempSync(join(tmpdir(), 'home-'));
  const [command = '', ...words] = [...wrapper, ...program(), 'run', ...args];
  const started = performance.now();
  const child = spawn(command, words, { env: { PATH: process.env.PATH ?? '', HOME, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
    child.emit('logged');
  });
  child.stdin.on('error', () => {});
  if (input !== null) child.stdin.end(input);
  const watchdog = setTimeout(() => child.kill('SIGKILL'), patience);
  const ended = once(child, 'close').then(([exitCode, killedBy]): EndedProcess => {
    clearTimeout(watchdog);
    const output = parse(stdout);
    return { output, log: stderr, took: performance.now() - started, exitCode, killedBy, stdout, stderr };
  });
  return {
    child,
    ended,
    async logged(text) {
      const pattern = typeof text === 'string' ? { test: (all: string) => all.includes(text) } : text;
      while (!pattern.test(stderr)) {
        await Promise.race([once(child, 'logged'), ended]);
        if (child.exitCode !== null && !pattern.test(stderr))
          throw new Error(`ended without saying ${text}:\n${stderr}`);
      }
    },
  };
}

/** Runs the real program to its end. */
export function runProcess(fields: Fields, options: ProcessOptions = {}): Promise<EndedProcess> {
  return start(fields, options).ended;
}

function parse(stdout: string): Output {
  try {
    return JSON.parse(stdout);
  } catch {
    return { exit_code: -1, status_description: `no JSON: ${stdout.slice(0, 200)}` } as Output;
  }
}

/** Does all tasks, so many at a time. */
export async function eachOf<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next; index < items.length; index = next) {
      next += 1;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
