import { openSession } from '../../extension/aws/session.ts';
import { execute } from '../../extension/execute.ts';
import { processPorts } from '../../extension/hosts/process/ports.ts';
import { toOutput } from '../../extension/output.ts';
import type { Clock, OnProgress } from '../../extension/ports.ts';
import type { DurableServer } from './durable-server.ts';
import { assertValid } from './schemas.ts';

/** A clock whose sleeps are over at once, and which then shows the time after the sleep. */
export interface QuickClock extends Clock {
  /** Seconds slept since the start. */
  slept(): number;
}

export function quickClock(): QuickClock {
  const start = Date.now();
  let now = start;
  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      now += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
    slept: () => (now - start) / 1000,
  };
}

export function durableFields(server: { readonly url: string }, over: object = {}): Record<string, unknown> {
  return {
    ...{ function_name: 'long:1', region: 'us-east-1', endpoint_url: server.url, wait_for_durable_execution: true },
    ...{ credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' }, durable_execution_name: 'order-7' },
    ...{ payload_source: 'Script', payload_script: '{"order":7}', ...over },
  };
}

export interface DurableRun {
  // biome-ignore lint/suspicious/noExplicitAny: a document, whose form the schema has checked
  readonly output: any;
  readonly lines: readonly string[];
}

export interface RunOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Runs a task in this process and checks its output against the schema. */
export async function runDurable(
  server: DurableServer,
  over: object = {},
  options: RunOptions = {},
): Promise<DurableRun> {
  const fields = durableFields(server, over);
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const log = { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
  const { clock = quickClock(), signal = new AbortController().signal, onProgress } = options;
  const outcome = await execute(fields, { ...processPorts, openSession, log, signal, clock, onProgress });
  const output = JSON.parse(toOutput(fields, outcome));
  assertValid('extension-output', output);
  return { output, lines };
}
