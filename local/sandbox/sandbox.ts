import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FunctionFile } from '../functions/function-files.ts';
import type { CopyIdentity } from './copy-identity.ts';
import { createMarker, readMessages, readOutput } from './output-reader.ts';

/** What the runtime in the child is given for one invocation. */
export interface SandboxInvocation {
  readonly event: string;
  readonly version: string;
  readonly memorySize: number;
  readonly logStreamName: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How the start of a copy, or one invocation in it, came to its end. */
export type Ending =
  | { readonly kind: 'ready'; readonly config: unknown }
  | { readonly kind: 'done' | 'error'; readonly body: string; readonly maxMemoryUsed: number; readonly last?: boolean }
  | { readonly kind: 'streamed'; readonly maxMemoryUsed: number; readonly last?: boolean }
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'timeout' };

/** One child process with one copy of a function; it runs one invocation at a time. */
export interface Sandbox {
  readonly fn: FunctionFile;
  readonly env: NodeJS.ProcessEnv;
  readonly identity: CopyIdentity;
  readonly alive: boolean;
  /** Waits until the function's code is loaded. */
  init(timeoutMs: number): Promise<Ending>;
  invoke(invocation: SandboxInvocation, timeoutMs: number): Promise<Ending>;
  /** Passes output on as it comes; undefined ends that. */
  listen(onOutput: ((bytes: Buffer) => void) | undefined): void;
  /** Takes what has been written to stdout and stderr since it was last asked. */
  takeOutput(): Buffer;
  close(): Promise<void>;
}

/** How much output of one invocation is kept: enough for the tail and for the terminal. */
const OUTPUT_LIMIT = 256 * 1024;
/** How long output may stay open after its process has ended, because a grandchild holds it. */
const DRAIN_MS = 1000;

export function startSandbox(
  fn: FunctionFile,
  env: NodeJS.ProcessEnv,
  identity: CopyIdentity,
  runtime: readonly [file: string, api: string],
): Sandbox {
  const marker = createMarker(randomUUID());
  let listener: ((bytes: Buffer) => void) | undefined;
  const child = fork(runtime[0], [fn.root, fn.handler, fn.file, marker, runtime[1]], {
    cwd: fn.root,
    env,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
  });
  let exit: Ending | undefined;
  let output: Buffer[] = [];
  let outputLength = 0;
  let marked = false;
  let timedOut = false;
  let requestId: string | undefined;
  let ending: Ending | undefined;
  let settle: ((ending: Ending) => void) | undefined;

  const keep = (bytes: Buffer): void => {
    listener?.(bytes);
    output.push(bytes);
    outputLength += bytes.length;
    while (outputLength - (output[0]?.length ?? 0) >= OUTPUT_LIMIT) outputLength -= output.shift()?.length ?? 0;
  };
  /** Hands the result over once it and all the output before it are here; a process that says it ends, must have. */
  const complete = (): void => {
    if (ending === undefined || (exit === undefined && ending.kind !== 'ready' && (!marked || 'last' in ending)))
      return;
    const result = ending;
    ending = undefined;
    marked = false;
    // Nobody waits where a function throws after its result.
    settle?.(result);
  };
  const mark = (): void => {
    marked = true;
    complete();
  };
  readOutput(child.stdout as Readable, marker, keep, mark);
  // What still comes here is not JavaScript's: a crash of Node itself, or a process that the function started.
  child.stderr?.on('data', keep);
  readMessages(child.stdio[4] as Readable, (message) => {
    const { id, ...result } = message as Ending & { id?: string };
    // What a function throws after its result is not the next invocation's error.
    if (id !== requestId) return;
    ending = result as Ending;
    complete();
  });

  const closed = new Promise<void>((resolve) => {
    const end = (code: number | null, signal: string | null): void => {
      exit = timedOut ? { kind: 'timeout' } : { kind: 'exit', code, signal };
      ending ??= exit;
      complete();
      resolve();
    };
    child.once('error', (error) => {
      keep(Buffer.from(`${error.message}\n`));
      if (child.pid === undefined) end(null, null);
    });
    child.once('exit', () => {
      const drain = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
      }, DRAIN_MS);
      child.once('close', () => clearTimeout(drain));
    });
    child.once('close', end);
  });

  const wait = (timeoutMs: number): Promise<Ending> =>
    new Promise((resolve) => {
      if (exit !== undefined) return resolve(exit);
      const timer = setTimeout(() => {
        timedOut = true;
        child.kill('SIGKILL');
      }, timeoutMs);
      settle = (result) => {
        clearTimeout(timer);
        settle = undefined;
        resolve(result);
      };
    });

  return {
    fn,
    env,
    identity,
    get alive() {
      return exit === undefined && child.exitCode === null && child.signalCode === null;
    },
    init: wait,
    invoke(invocation, timeoutMs) {
      requestId = invocation.headers['lambda-runtime-aws-request-id'];
      marked = false;
      const result = wait(timeoutMs);
      if (child.connected) child.send(invocation, () => {});
      return result;
    },
    listen(onOutput) {
      listener = onOutput;
    },
    takeOutput() {
      const bytes = Buffer.concat(output);
      output = [];
      outputLength = 0;
      return bytes;
    },
    async close() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
