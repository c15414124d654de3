import { openSession } from '../../aws/session.ts';
import { ValidationError } from '../../errors.ts';
import { execute } from '../../execute.ts';
import { toFailure } from '../../outcome/failure.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import { toOutputParts } from '../../output.ts';
import type { Ports } from '../../ports.ts';
import { name, version } from '../../version.ts';
import { cancelOnSignals } from '../process/cancel.ts';
import { readFields } from '../process/input.ts';
import { type Level, logTo } from '../process/log.ts';
import { boundingLookups } from '../process/name-lookup.ts';
import type { OutputFile } from '../process/output-file.ts';
import { processPorts } from '../process/ports.ts';
import { print } from '../process/print.ts';

export interface RunOptions {
  /** Path of the JSON of fields; standard input when absent. */
  readonly fields?: string;
  /** Path that the extension output is also written to. */
  readonly output?: string;
  readonly logLevel: Level;
}

/** Runs one task for a job controller: fields in, one document on standard output, an exit code. */
export async function run({ fields, output, logLevel }: RunOptions): Promise<number> {
  const log = logTo(logLevel);
  const { signal, release } = cancelOnSignals(log);
  const ports: Ports = { ...processPorts, openSession: boundingLookups(openSession), log, signal };
  log.info(`${name} ${version}`);
  let raw: unknown = null;
  let file: OutputFile | null = null;
  let outcome: Outcome;
  try {
    file = output === undefined ? null : await reserve(output);
    raw = await readFields(fields, signal);
    outcome = await execute(raw, ports);
  } catch (error) {
    outcome = toFailure(error);
  }
  const delivered = await deliver(raw, outcome, file);
  report(delivered, ports);
  release();
  return statuses[delivered.status].exitCode;
}

/** Answers words on the command line that `run` does not know, in the form of every other answer. */
export async function refuse(message: string): Promise<number> {
  const outcome = toFailure(new ValidationError([{ field: null, message }]));
  process.stderr.write(`${message}\n`);
  return deliver(null, outcome, null).then(() => statuses[outcome.status].exitCode);
}

/** Opens the output file before anything is sent. */
async function reserve(path: string): Promise<OutputFile> {
  const { reserve: open } = await import('../process/output-file.ts');
  return open(path);
}

/** Writes the file first: whoever sees the end of standard output may rely on it. */
async function deliver(raw: unknown, outcome: Outcome, file: OutputFile | null): Promise<Outcome> {
  const final = file === null ? outcome : await write(raw, outcome, file);
  await print(...toOutputParts(raw, final));
  return final;
}

async function write(raw: unknown, outcome: Outcome, file: OutputFile): Promise<Outcome> {
  try {
    await file.write(toOutputParts(raw, outcome));
    return outcome;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const detail = `the output file could not be written (${code ?? message}); the output is on standard output only`;
    const errors = [...(outcome.errors ?? []), { name: 'OutputFileError', message: detail }];
    // Whoever waits for the file must not see a success; a failure keeps its own exit code.
    return statuses[outcome.status].exitCode === 0
      ? { ...outcome, status: 'FAIL', detail, errors }
      : { ...outcome, errors };
  }
}

function report({ status, detail, errors, execution }: Outcome, { log }: Ports): void {
  const { exitCode, sentence } = statuses[status];
  for (const { name: kind, field, message } of errors ?? []) log.error(`${field ?? kind}: ${message}`);
  const line = `${sentence(detail)} (exit ${exitCode}, execution ${execution})`;
  if (exitCode === 0) log.info(line);
  else log.error(line);
}
