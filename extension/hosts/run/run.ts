import { perform } from '../../actions/index.ts';
import { openSession } from '../../aws/session.ts';
import { ValidationError } from '../../errors.ts';
import { execute } from '../../execute.ts';
import { printable } from '../../formats/printable.ts';
import { toFailure } from '../../outcome/failure.ts';
import type { Outcome } from '../../outcome/outcome.ts';
import { statuses } from '../../outcome/status.ts';
import type { FileWriter, Log, Ports } from '../../ports.ts';
import { name, version } from '../../version.ts';
import { cancelOnSignals } from '../process/cancel.ts';
import { exitAtOnce } from '../process/exit.ts';
import type { FileError } from '../process/file-error.ts';
import { readFields } from '../process/input.ts';
import { isStandardOutput, targetOf } from '../process/links.ts';
import { type Level, logTo } from '../process/log.ts';
import { processPorts } from '../process/ports.ts';
import { print } from '../process/print.ts';
import { documentOf, failed } from './document.ts';
import { boundingLookups } from './name-lookup.ts';
import { watchStrayFaults } from './stray-fault.ts';

export interface RunOptions {
  /** Path of the JSON of fields; standard input when absent. */
  readonly fields?: string;
  /** Path that the extension output is also written to. */
  readonly output?: string;
  readonly logLevel: Level;
}

/** Runs one task for a job controller, or another action in its place: one document on standard output, an exit code. */
export async function run({ fields, output, logLevel }: RunOptions, action = perform): Promise<number> {
  const log = logTo(logLevel);
  let { exitCode } = statuses.CANCELLED;
  const { signal, abort, finish } = cancelOnSignals(log, () => exitAtOnce(exitCode));
  const ports: Ports = { ...processPorts, openSession: boundingLookups(openSession), log, signal };
  log.info(`${name} ${version}`);
  let raw: unknown = null;
  let file: FileWriter | null = null;
  const task = async () => {
    file = output === undefined ? null : await reserve(output);
    raw = await readFields(fields, signal);
    return execute(raw, ports, action);
  };
  const strayFaults = watchStrayFaults(log, abort);
  const outcome = strayFaults.explain(await task().catch((error) => toFailure(error)));
  const delivered = await deliver(raw, outcome, file);
  report(delivered, log);
  // From here on a signal ends what still holds the process, and the exit code is that of the answer.
  exitCode = statuses[delivered.status].exitCode;
  finish();
  return exitCode;
}

/** Answers arguments of `run` that are not valid, in the form of every other answer. */
export async function refuse(message: string): Promise<number> {
  const outcome = toFailure(new ValidationError([{ field: null, message }]));
  process.stderr.write(`${printable(message)}\n`);
  const delivered = await deliver(null, outcome, null);
  return statuses[delivered.status].exitCode;
}

/** Opens the output file before anything is sent. Standard output gets the document in any case, and only once. */
async function reserve(path: string): Promise<FileWriter | null> {
  if (isStandardOutput(await targetOf(path))) return null;
  const { openFile } = await import('../process/open-file.ts');
  return openFile(path).catch(({ message }: FileError) => {
    throw new ValidationError([{ field: null, message: `the output file ${message}: ${path}` }]);
  });
}

/** Writes the file first: a reader that has seen the end of standard output may rely on it. */
async function deliver(raw: unknown, outcome: Outcome, file: FileWriter | null): Promise<Outcome> {
  const filed = file === null ? outcome : await writeTo(file, raw, outcome);
  const document = documentOf(raw, filed);
  const error = await print(...document.parts);
  if (error === null) return document.outcome;
  const rest = file === null ? 'the output is lost; --output FILE keeps it' : 'the output is in the output file only';
  const message = `standard output cannot be written (${error.code ?? error.message}); ${rest}`;
  return failed(document.outcome, { name: 'StandardOutputError', message });
}

async function writeTo(file: FileWriter, raw: unknown, outcome: Outcome): Promise<Outcome> {
  const document = documentOf(raw, outcome);
  try {
    for (const part of document.parts) await file.write(part);
    await file.commit();
    return document.outcome;
  } catch (error) {
    await file.discard();
    const { code } = error as FileError;
    const message = `the output file could not be written (${code}); the output is on standard output only`;
    return failed(outcome, { name: 'OutputFileError', message });
  }
}

function report({ status, detail, errors, execution }: Outcome, log: Log): void {
  const { exitCode, sentence } = statuses[status];
  for (const { name: kind, field, message } of errors ?? []) log.error(`${field ?? kind}: ${message}`);
  const line = `${sentence(detail)} (exit ${exitCode}, execution ${execution})`;
  if (exitCode === 0) log.info(line);
  else log.error(line);
}
