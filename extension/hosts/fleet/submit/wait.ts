import { CancelledError } from '../../../errors.ts';
import type { Execution } from '../../../outcome/outcome.ts';
import type { Database } from '../database/database.ts';
import { pagesOf } from '../reports/pages.ts';
import { countsOf, type Selection, whereOf } from '../reports/rows.ts';
import { endOf } from '../reports/view.ts';

/** How many tasks are where. */
export interface Tally {
  readonly all: number;
  readonly waiting: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

export interface Waiting {
  readonly signal: AbortSignal;
  readonly onTally?: (tally: Tally) => void;
}

/** Milliseconds between two looks; never so often that the looks are more than a tenth of the database's work. */
const pause = { first: 50, longest: 1000, share: 10 };

/** Waits until all jobs of a selection have ended. Throws CancelledError. */
export async function waitFor(db: Database, selection: Selection, { signal, onTally }: Waiting): Promise<Tally> {
  for (let wait = pause.first; ; wait = Math.min(pause.longest, wait * 1.5)) {
    const started = performance.now();
    const tally = await tallyOf(db, selection);
    onTally?.(tally);
    if (tally.waiting + tally.running === 0) return tally;
    await sleep(Math.max(wait, (performance.now() - started) * pause.share), signal);
  }
}

export async function tallyOf(db: Database, selection: Selection): Promise<Tally> {
  const counts = await countsOf(db, selection);
  const of = (...states: readonly string[]) =>
    counts.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);
  return {
    all: counts.reduce((sum, { count }) => sum + count, 0),
    ...{ waiting: of('created', 'retry'), running: of('active') },
    ...{ completed: of('completed'), failed: of('failed'), cancelled: of('cancelled') },
  };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new CancelledError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** What came of jobs that have ended. */
export interface Ends {
  /** The highest exit code. */
  readonly exitCode: number;
  readonly exitCodes: Readonly<Record<string, number>>;
  readonly executions: Readonly<Record<Execution, number>>;
}

export async function endsOf(db: Database, selection: Selection): Promise<Ends> {
  const exitCodes: Record<string, number> = {};
  const executions = { not_started: 0, accepted: 0, completed: 0, unknown: 0 };
  let exitCode = 0;
  const add = (code: number, execution: Execution, count: number) => {
    exitCodes[code] = (exitCodes[code] ?? 0) + count;
    executions[execution] += count;
    exitCode = Math.max(exitCode, code);
  };
  for (const { code, execution, count } of await settledOf(db, selection)) {
    // A damaged row proves nothing.
    if (!/^\d{1,3}$/.test(code) || !Object.hasOwn(executions, execution)) add(1, 'unknown', count);
    else add(Number(code), execution as Execution, count);
  }
  for await (const rows of pagesOf(db, narrowed(selection, `${isEnded} AND ${isSettled} IS NOT TRUE`), 'id')) {
    for (const row of rows) {
      const settled = endOf(row)?.settled;
      if (settled !== undefined) add(settled.exit_code, settled.execution, 1);
    }
  }
  return { exitCode, exitCodes, executions };
}

const isEnded = `j.state IN ('completed', 'failed', 'cancelled')`;
const isSettled = `(jsonb_typeof(j.output) = 'object' AND j.output ? 'execution' AND jsonb_typeof(j.output->'exit_code') = 'number')`;

/** Counted by the database: there may be very many. */
function settledOf({ sql, schema }: Database, selection: Selection) {
  const { text, values } = whereOf(schema, narrowed(selection, `${isEnded} AND ${isSettled}`));
  return sql<{ code: string; execution: string; count: number }>(
    `SELECT j.output->>'exit_code' AS code, j.output->>'execution' AS execution, count(*)::float8 AS count
    FROM ${schema}.job j WHERE ${text} GROUP BY 1, 2`,
    values,
  );
}

function narrowed(selection: Selection, text: string): Selection {
  return { ...selection, where: [...(selection.where ?? []), { text, values: [] }] };
}
