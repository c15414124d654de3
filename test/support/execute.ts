import { openSession } from '../../extension/aws/session.ts';
import { execute } from '../../extension/execute.ts';
import { processPorts } from '../../extension/hosts/process/ports.ts';
import { toOutput } from '../../extension/output.ts';
import type { Ports } from '../../extension/ports.ts';
import { assertValid } from './schemas.ts';

/** A task in this process, and what it logged. */
export interface Executed {
  /** The extension output, parsed; valid by its schema. */
  // biome-ignore lint/suspicious/noExplicitAny: a document of JSON
  readonly output: any;
  readonly logged: readonly string[];
}

/** Runs a task in this process against a server on the loopback. */
export async function executeTask(url: string, fields: object, over: Partial<Ports> = {}): Promise<Executed> {
  const logged: string[] = [];
  const write = (level: string) => (message: string) => logged.push(`${level} ${message}`);
  const log = { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
  const raw = {
    ...{ function_name: 'hello', region: 'us-east-1', endpoint_url: url, max_attempts: 1 },
    ...{ credentials: { user: 'AKIDEXAMPLE', password: 'EXAMPLE-SECRET-KEY' }, ...fields },
  };
  const ports = { ...processPorts, environment: {}, openSession, log, signal: new AbortController().signal, ...over };
  const outcome = await execute(raw, ports);
  const output = JSON.parse(toOutput(raw, outcome));
  assertValid('extension-output', output);
  return { output, logged };
}
