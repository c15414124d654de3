import { printable } from '../../../formats/printable.ts';
import { unknownOutcome } from '../../../outcome/failure.ts';
import type { Execution, Outcome } from '../../../outcome/outcome.ts';
import { readData } from '../job/data.ts';
import { documentOf, readOutput, readWholeOutput, toSettled } from '../job/document.ts';
import type { Settled } from '../job/job.ts';
import type { JobRow } from './rows.ts';

/** Where a task is, for people. */
export type Place = 'scheduled' | 'waiting' | 'blocked' | 'running' | 'completed' | 'failed' | 'cancelled';

/** What a report says of a job. */
export interface TaskView {
  readonly id: string;
  readonly queue: string;
  readonly batch: string | null;
  readonly label: string | null;
  readonly function: string | null;
  readonly state: Place;
  /** Null while it is not known. */
  readonly execution: Execution | null;
  readonly exit_code: number | null;
  readonly status: string | null;
  readonly description: string | null;
  /** Milliseconds. */
  readonly duration: number | null;
  readonly priority: number;
  readonly repeats: string | null;
  readonly submitted_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Why the job cannot be read as one of this program. */
  readonly problem: string | null;
}

export function viewOf(row: JobRow): TaskView {
  const read = readData(row.data);
  const data = read.kind === 'job' ? read.data : null;
  const ended = endOf(row);
  const settled = ended === null ? null : ended.settled;
  return {
    id: row.id,
    queue: row.queue,
    batch: data === null || data.group === row.id ? null : line(data.group),
    label: data?.label == null ? null : line(data.label),
    function: data?.function == null ? null : line(data.function),
    state: placeOf(row),
    execution: settled?.execution ?? null,
    exit_code: settled?.exit_code ?? null,
    status: settled === null ? null : line(settled.status),
    description: settled === null ? null : line(settled.description),
    duration: settled?.duration ?? null,
    priority: row.priority,
    repeats: data?.repeats === undefined ? null : line(data.repeats),
    submitted_at: row.created.toISOString(),
    started_at: row.started?.toISOString() ?? null,
    ended_at: row.ended?.toISOString() ?? null,
    problem: problemOf(read) ?? ended?.problem ?? null,
  };
}

function line(text: string): string {
  return printable(text).slice(0, 2000);
}

function problemOf(read: ReturnType<typeof readData>): string | null {
  if (read.kind === 'foreign') return 'not a job of this program';
  return read.kind === 'later' ? `of a later version of this program (form ${read.form})` : null;
}

function placeOf({ state, blocked, start, now }: Pick<JobRow, 'state' | 'blocked' | 'start' | 'now'>): Place {
  if (state !== 'created' && state !== 'retry') return state === 'active' ? 'running' : state;
  if (blocked) return 'blocked';
  return start > now ? 'scheduled' : 'waiting';
}

type EndedRow = Pick<JobRow, 'state' | 'output' | 'data' | 'started' | 'ended' | 'isWhole'>;

export interface End {
  readonly settled: Settled;
  readonly problem: string | null;
}

/** How a job ended; null when it has not. What others have ended gets an outcome too: what its row proves. */
export function endOf({ state, output, data, started, ended, isWhole }: EndedRow): End | null {
  if (state !== 'completed' && state !== 'failed' && state !== 'cancelled') return null;
  const read = isWhole ? readWholeOutput(output) : readOutput(output);
  if (read.kind === 'settled') return { settled: read.settled, problem: null };
  const duration = started === null || ended === null ? 0 : ended.getTime() - started.getTime();
  const problem = state === 'cancelled' && read.kind !== 'foreign' ? null : 'its result is not one of this program';
  const wasSent = read.kind === 'marker' || read.kind === 'foreign' || (read.kind === 'requeued' && read.resume);
  const outcome = wasSent || state === 'completed' ? unknownEnd(state) : unstarted(state);
  return { settled: toSettled(fieldsIn(data), outcome, duration), problem };
}

function unknownEnd(state: JobRow['state']): Outcome {
  return state === 'cancelled'
    ? unknownOutcome(
        'The task was cancelled while a worker had it, and the worker has not said what came of it',
        'CANCELLED',
      )
    : unknownOutcome('The result of the task is damaged, or was written by another program');
}

export function unstarted(state: JobRow['state']): Outcome {
  const isCancelled = state === 'cancelled';
  const message = isCancelled
    ? 'The task was cancelled before a worker ran it'
    : 'The task was ended by another program';
  return {
    ...{ execution: 'not_started', attempts: 0, requestId: null, answer: null, fields: null },
    status: isCancelled ? 'CANCELLED' : 'FAIL',
    detail: `${message}. The function was not started.`,
    errors: [{ name: isCancelled ? 'Cancelled' : 'RunnerEnded', message }],
  };
}

/** The fields of a job, as far as they can be read, for the echo of a document. */
function fieldsIn(data: unknown): unknown {
  const read = readData(data);
  try {
    return read.kind === 'job' ? JSON.parse(read.data.fields) : null;
  } catch {
    return null;
  }
}

/** The extension output of a whole row that has ended; null when it has not. */
export function documentIn(row: JobRow): string | null {
  const end = endOf(row);
  return end === null ? null : documentOf(end.settled);
}
