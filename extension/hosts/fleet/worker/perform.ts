import { ValidationError } from '../../../errors.ts';
import { execute } from '../../../execute.ts';
import { toFailure, unknownOutcome } from '../../../outcome/failure.ts';
import type { Outcome } from '../../../outcome/outcome.ts';
import { statuses } from '../../../outcome/status.ts';
import type { Log, OpenSession, Ports } from '../../../ports.ts';
import type { Prepared } from '../flow/prepare.ts';
import { readData, toFields } from '../job/data.ts';
import { readWholeOutput, toSettled } from '../job/document.ts';
import type { JobData, Settled } from '../job/job.ts';
import { named } from '../job/resumable.ts';
import type { Keys } from '../job/sealed.ts';
import type { Limits } from '../limits/limits.ts';
import { filesOutside } from './allowed-files.ts';
import { guarded } from './guard.ts';
import type { Ended, Held, Performed } from './held.ts';
import type { Waiter, Waits } from './waits.ts';

export interface PerformPorts extends Pick<Ports, 'readFile' | 'openFile' | 'environment'> {
  readonly openSession: OpenSession;
  /** A text for connections that can share what they read. */
  readonly connectionKey: (task: Parameters<OpenSession>[0]) => string;
  /** What a task of a flow asks for, or what comes of a job that runs no task itself. */
  readonly prepare: (data: JobData, held: Held) => Promise<Prepared>;
  /** Writes the marker of the job. */
  readonly mark: () => Promise<boolean>;
  readonly keys: Keys | null;
  /** The folders whose files tasks may use; every file when there are none. */
  readonly files: readonly string[];
  readonly limits: Limits;
  readonly waits: Waits;
  readonly log: Log;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** A job of a later version of this program waits so long (ms) for a worker of that version. */
const laterDelay = 60_000;

/** Runs the task of a job. Never throws. */
export async function perform(held: Held, ports: PerformPorts): Promise<Performed> {
  const { now } = ports;
  const began = now();
  let raw: unknown = null;
  const ended = (outcome: Outcome): Performed => ({ kind: 'settled', ended: endedBy(raw, outcome, now() - began) });
  try {
    if (held.evidence.sent) return sentBefore(held, ended);
    const read = readData(held.data);
    if (read.kind === 'later') {
      const why = `it has form ${read.form}, of a later version of this program`;
      return { kind: 'back', delay: laterDelay, resume: false, why };
    }
    if (read.kind === 'foreign') return ended(toFailure(foreign));
    if (read.data.flow === undefined && read.data.submits === undefined) raw = toFields(read.data, ports.keys);
    else {
      const prepared = await ports.prepare(read.data, held);
      if ('settle' in prepared) return ended(prepared.settle);
      raw = prepared.run;
    }
    return await run(held, raw, ports, ended);
  } catch (error) {
    return ended(toFailure(error));
  }
}

async function run(
  held: Held,
  raw: unknown,
  ports: PerformPorts,
  ended: (outcome: Outcome) => Performed,
): Promise<Performed> {
  const { limits } = ports;
  const violations = ports.files.length === 0 ? [] : filesOutside(raw, ports.files);
  if (violations.length > 0) return ended(toFailure(new ValidationError(violations)));
  const fields = named(raw, held.id);
  const waiter = ports.waits.join();
  let throttled = false;
  let before: string | null = null;
  const openSession: OpenSession = async (task, host) => {
    const session = await ports.openSession(task, host);
    const durable = waiter.durable(session.durable, () => ports.connectionKey(task));
    const guard = {
      mark: ports.mark,
      resume: held.evidence.resume,
      isNameNew: fields !== raw && !held.evidence.resume && held.evidence.ended === 0,
      isLost: () => held.isLost,
      onThrottled: (retryAfter: number | null) => {
        throttled = true;
        if (held.called !== null) limits.throttled(held.called, retryAfter);
      },
      onAnswered: () => {
        throttled = false;
        if (held.called !== null) limits.answered(held.called);
      },
      onSentBefore: (reason: string) => {
        before = reason;
      },
    };
    return guarded(session, durable, guard);
  };
  const outcome = await execute(fields, { ...ports, ...portsOf(held, waiter, ports.log), openSession });
  waiter.leave();
  if (held.isLost) return { kind: 'lost' };
  if (before !== null) return ended(unknownOutcome(`a worker that ended may have sent the request (${before})`));
  const { signal } = held.controller;
  if (throttled && outcome.execution === 'not_started' && !signal.aborted && held.called !== null) {
    const delay = limits.patience(held.called);
    if (delay !== null) return { kind: 'back', delay, resume: false, why: 'AWS Lambda throttles the function' };
  }
  return ended(outcome);
}

function portsOf({ id, controller }: Held, { clock }: Waiter, log: Log): Pick<Ports, 'signal' | 'clock' | 'log'> {
  const line = (write: (message: string) => void) => (message: string) => write(`${id} ${message}`);
  // One line for each task is enough; what it does in between is for those who ask.
  const quiet = { error: line(log.error), warn: line(log.warn), info: line(log.debug), debug: line(log.debug) };
  return { signal: controller.signal, clock, log: quiet };
}

/** Somebody has put a job back that had been sent: it keeps its outcome, and nothing is sent. */
function sentBefore({ output }: Held, ended: (outcome: Outcome) => Performed): Performed {
  const read = readWholeOutput(output);
  if (read.kind !== 'settled') return ended(unknownOutcome('the request had been sent before the job was put back'));
  const { settled } = read;
  return { kind: 'settled', ended: { settled, errors: [], without: () => settled } };
}

function endedBy(raw: unknown, outcome: Outcome, duration: number): Ended {
  return {
    settled: toSettled(raw, outcome, duration),
    errors: outcome.errors ?? [],
    without: (reason) => toSettled(null, withoutAnswer(outcome, reason), duration),
  };
}

/** The outcome with what it says of the function, less what others wrote. */
function withoutAnswer({ execution, requestId, attempts }: Outcome, reason: string): Outcome {
  const detail = `the output cannot be stored: ${reason}`;
  return {
    ...{ status: 'FAIL', detail, execution, requestId, attempts, answer: null, fields: null },
    errors: [{ name: 'OutputError', message: detail }],
  };
}

const foreign = new ValidationError([
  { field: null, message: 'the job was not made by ue-aws-lambda; put tasks into the queue by `submit`' },
]);

/** One line of the end of a task. */
export function sentenceOf({ exit_code, execution, description, duration }: Settled): string {
  return `${description} (exit ${exit_code}, execution ${execution}, ${duration} ms)`;
}

export function isSuccess({ exit_code }: Settled): boolean {
  return exit_code === statuses.SUCCESS.exitCode;
}
