import { statuses } from '../../../extension/outcome/status.ts';
import { assertValid } from '../../support/schemas.ts';
import { assertSecrecy } from './secrets.ts';

const exitCodes = new Set<number>(Object.values(statuses).map(({ exitCode }) => exitCode));

export interface Seen {
  // biome-ignore lint/suspicious/noExplicitAny: a document of JSON
  readonly output: any;
  readonly logged: string;
}

/** What is true of every answer: one valid document with an exit code of the table, and no secret in it or in the log. */
export function judge(text: string, logged: string): Seen {
  const output = JSON.parse(text);
  assertValid('extension-output', output);
  if (!exitCodes.has(output.exit_code)) throw new Error(`exit code ${output.exit_code}`);
  const { execution } = output.result;
  if (output.changed !== (execution === 'accepted' || execution === 'completed')) throw new Error('changed');
  const { payload, payload_json, log_result, ...rest } = output.result;
  assertSecrecy('the document', JSON.stringify({ ...output, result: rest }));
  assertSecrecy('the log', logged);
  return { output, logged };
}

/** Collects what a task logs, at every level. */
export function collector() {
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  return { log: { error: write, warn: write, info: write, debug: write }, text: () => lines.join('\n') };
}
