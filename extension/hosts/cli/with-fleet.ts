import { CancelledError, ValidationError } from '../../errors.ts';
import { printable } from '../../formats/printable.ts';
import { type Status, statuses } from '../../outcome/status.ts';
import type { Log } from '../../ports.ts';
import type { Database, DatabaseOptions } from '../fleet/database/database.ts';
import { DatabaseError, type DatabaseFault, isConnectionError } from '../fleet/database/failure.ts';
import { openDatabase } from '../fleet/database/open.ts';
import { cancelOnSignals } from '../process/cancel.ts';
import { exitAtOnce } from '../process/exit.ts';
import { logTo } from '../process/log.ts';
import { type Given, has, textOf } from './command.ts';
import { type Terminal, terminalOf } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** What a command of the fleet has before its database is open. */
export interface CommandLine {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly out: Terminal;
  readonly err: Terminal;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
  /** Says something to a person on standard error. */
  say(text: string): void;
}

/** What a command of the fleet works with. */
export interface Fleet extends CommandLine {
  readonly db: Database;
}

/** Opens the database for a command, and closes it. An error becomes a sentence and an exit code. */
export function withFleet(given: Given, use: (fleet: Fleet) => Promise<number>): Promise<number> {
  return withPrepared(given, async () => null, use);
}

/** As withFleet, for a command that reads and checks its input before the database is asked for. */
export async function withPrepared<T>(
  given: Given,
  prepare: (commandLine: CommandLine) => Promise<T>,
  use: (fleet: Fleet, prepared: T) => Promise<number>,
  options: Pick<DatabaseOptions, 'submits'> = {},
): Promise<number> {
  const isQuiet = has(given, 'quiet');
  const log = logTo(isQuiet ? 'error' : 'warn');
  const { signal, release } = cancelOnSignals({ ...log, warn() {} }, () => exitAtOnce(statuses.CANCELLED.exitCode));
  let db: Database | null = null;
  return orFailed(async () => {
    const noColor = has(given, 'no-color');
    const commandLine = {
      ...{ log, signal, isQuiet, isJson: has(given, 'json') },
      out: terminalOf(process.stdout, noColor),
      err: terminalOf(process.stderr, noColor),
      say: (text: string) => void (isQuiet || process.stderr.write(`${text}\n`)),
    };
    const prepared = await prepare(commandLine);
    db = await openDatabase({ url: textOf(given, 'database'), ...options }, process.env, log);
    return await use({ ...commandLine, db }, prepared);
  }).finally(async () => {
    release();
    await db?.close();
  });
}

/** Makes of an error of a fleet's command a sentence and an exit code. */
async function orFailed(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UsageError || error instanceof CancelledError) throw error;
    return failed(error);
  }
}

/** Makes of an error of the database a sentence and an exit code; throws any other. */
export async function orDatabaseFailed(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof DatabaseError || isConnectionError(error)) return failed(error);
    throw error;
  }
}

/** Most violations that are printed. */
const most = 20;

function failed(error: unknown): number {
  if (error instanceof ValidationError) {
    const { violations } = error;
    for (const { field, message } of violations.slice(0, most)) {
      process.stderr.write(`ue-aws-lambda: ${field === null ? '' : `${printable(field)}: `}${printable(message)}\n`);
    }
    if (violations.length > most) process.stderr.write(`ue-aws-lambda: and ${violations.length - most} more\n`);
    return statuses.DATA_VALIDATION_ERROR.exitCode;
  }
  const { message, code } = error as NodeJS.ErrnoException;
  const where = isConnectionError(error) ? 'the database: ' : '';
  process.stderr.write(`ue-aws-lambda: ${where}${printable(message || String(code))}\n`);
  return statuses[statusOf(error)].exitCode;
}

function statusOf(error: unknown): Status {
  if (error instanceof DatabaseError) return ofFault[error.fault];
  return isConnectionError(error) ? 'CONNECTION_ERROR' : 'FAIL'; // while a command works, errors are those of pg
}

const ofFault: Readonly<Record<DatabaseFault, Status>> = {
  unreachable: 'CONNECTION_ERROR',
  unusable: 'FAIL',
  address: 'DATA_VALIDATION_ERROR',
};
