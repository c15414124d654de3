import type { LogEvent, LoggingFunction, LogPage, Logs, Whereabouts } from '../../log-ports.ts';
import type { Report } from '../../outcome/answer.ts';
import type { FullLogRequest } from '../../task/delivery.ts';
import type { Limits } from '../../task/limits.ts';
import type { ActionContext } from '../action.ts';
import { type LineKind, lineKinds, patternOf } from './log-lines.ts';
import { LogMarks } from './log-marks.ts';
import { LogReader } from './log-reader.ts';
import { LogStore } from './log-store.ts';
import { LogWindow } from './log-window.ts';
import { parseReport } from './report.ts';
import type { TaskFile } from './task-file.ts';

/** The runs whose log is wanted: several, one after the other, for a durable execution. */
export interface LoggedRuns extends LoggingFunction {
  readonly requestIds: readonly string[];
  /** Milliseconds since 1970, by this host's clock. */
  readonly startedAt: number;
}

/** What was found. */
export interface FoundLog {
  readonly text: string | null;
  readonly isComplete: boolean;
  readonly report: Report | null;
}

/** How far this host's clock may be off: AWS refuses signatures from there on. */
const clockSkew = 300_000;

/** The most bytes of one log that are read. */
const longest = 2 ** 30;

/**
 * Reads the log of runs from CloudWatch Logs. Never throws: what cannot be read is a warning, and `isComplete` says
 * whether the end was there.
 */
export async function readFullLog(
  runs: LoggedRuns,
  { wait }: FullLogRequest,
  file: TaskFile | null,
  context: ActionContext & { readonly limits: Limits },
): Promise<FoundLog> {
  const { log, clock, session } = context;
  const store = new LogStore(file);
  const reader = new LogReader(context, clock, wait);
  let report: string | null = null;
  let isComplete = false;
  try {
    const { logs } = session;
    const whereabouts = await reader.read((options) => logs.whereabouts(runs, options));
    if (whereabouts === null) throw new Error('GetFunctionConfiguration: AWS Lambda does not know the function');
    let complete = 0;
    for (const requestId of runs.requestIds) {
      const search = new RunSearch({ requestId, startedAt: runs.startedAt }, whereabouts, logs, reader, store);
      const taken = await search.take();
      if (taken.isComplete) complete += 1;
      report = taken.report;
    }
    isComplete = complete === runs.requestIds.length;
    if (!isComplete) log.warn(`log_type: the log is not complete; CloudWatch Logs has it in ${whereabouts.group}`);
  } catch (error) {
    log.warn(`log_type: the log cannot be read: ${(error as Error).message}`);
  }
  if (store.bytes > 0) await file?.commit();
  else await file?.discard();
  if (file !== null && file.fault !== null) log.warn(`log_file: ${file.fault}: ${file.path}`);
  return { text: store.text(), isComplete, report: report === null ? null : parseReport(report) };
}

/** One run. */
interface LoggedRun {
  readonly requestId: string;
  readonly startedAt: number;
}

class RunSearch {
  readonly #run: LoggedRun;
  readonly #where: Whereabouts;
  readonly #logs: Logs;
  readonly #reader: LogReader;
  readonly #store: LogStore;
  readonly #kindOf: (message: string) => LineKind;
  readonly #marks = new LogMarks();

  constructor(run: LoggedRun, where: Whereabouts, logs: Logs, reader: LogReader, store: LogStore) {
    this.#run = run;
    this.#where = where;
    this.#logs = logs;
    this.#reader = reader;
    this.#store = store;
    this.#kindOf = lineKinds(run.requestId, where.isJson);
  }

  /** Waits for the end of the run, and stores its lines. */
  async take(): Promise<{ isComplete: boolean; report: string | null }> {
    do await this.#look();
    while (this.#marks.report === null && (await this.#reader.again()));
    const { first, start, report } = this.#marks;
    if (first === null) return { isComplete: false, report: null };
    this.#reader.progress();
    const isWhole = await this.#takeLines(first);
    return { isComplete: isWhole && start !== null && report !== null, report: report?.message ?? null };
  }

  /** Looks for the lines that name the run: where it begins, and whether it has ended. */
  async #look(): Promise<void> {
    const { requestId, startedAt } = this.#run;
    const { group, isJson } = this.#where;
    const { start, latest } = this.#marks;
    const query = {
      ...{ group, pattern: patternOf(requestId, isJson), from: start === null ? startedAt - clockSkew : latest },
      ...(start !== null && { stream: start.stream }),
    };
    let token: string | null = null;
    do {
      const more: { token: string } | null = token === null ? null : { token };
      const page: LogPage | null = await this.#reader.read((options) =>
        this.#logs.find({ ...query, ...more }, options),
      );
      for (const event of page?.events ?? []) this.#marks.mark(event, this.#kindOf(event.message));
      // An empty page is no end; only a missing token is. One that comes again would repeat the same pages forever.
      token = page === null || page.token === token ? null : page.token;
    } while (token !== null && !this.#reader.isOver);
  }

  /** Stores the lines of the run from its stream, in order. False when some are missing. */
  async #takeLines({ stream, timestamp: from }: LogEvent): Promise<boolean> {
    const { start, report } = this.#marks;
    const { group, isJson, isShared } = this.#where;
    const range = { group, stream, from, ...(report !== null && { to: report.timestamp + afterReport }) };
    const lines = new LogWindow({ hasStart: start !== null, hasReport: report !== null, isShared, isJson });
    let token: string | null = null;
    for (;;) {
      const more: { token: string } | null = token === null ? null : { token };
      const page: LogPage | null = await this.#reader.read((options) =>
        this.#logs.read({ ...range, ...more }, options),
      );
      if (page === null) return false;
      for (const { message } of page.events) {
        if (lines.holds(this.#kindOf(message))) await this.#store.add(message);
      }
      if (page.events.length > 0) this.#reader.progress();
      if (page.token === null || page.token === token) return !lines.isLossy;
      if (this.#reader.isOver || this.#store.bytes > longest) return false;
      token = page.token;
    }
  }
}

/** Milliseconds after the report in which a line that names the run can still follow, such as that of a timeout. */
const afterReport = 1000;
