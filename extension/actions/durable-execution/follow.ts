import type { DurableExecution } from '../../ports.ts';
import type { ActionContext } from '../action.ts';
import { FaultTolerance, reasonFor, whileWaiting } from './fault-tolerance.ts';
import { type Bounds, Interrupted, Pace, pause } from './interrupted.ts';
import { persist, waitAfter } from './persist.ts';
import { readFaultOf } from './read-fault.ts';
import { readHistory } from './read-history.ts';
import type { ReadOptions } from './reads.ts';
import { isClosed, type Watch } from './watch.ts';

/** Once an execution has ended, its result is asked for at least this long (ms), even after durable_timeout. */
const resultTolerance = { passing: 600_000, missing: 60_000, denied: 600_000 };

/**
 * Follows an execution to its end and brings the record of it. One read at a time: by turns the status, which a caller
 * may ask for 30 times a second in an account, and the history, 15 times. Throws Interrupted and CallError.
 */
export async function follow(
  watch: Watch,
  context: ActionContext,
  bounds: Bounds,
  reads: ReadOptions,
  pace = new Pace(),
): Promise<DurableExecution> {
  const { session } = context;
  const tolerance = new FaultTolerance(whileWaiting, context);
  const progress = new Progress(watch, context, reads);
  let asked = 0; // milliseconds
  let ended = isClosed(watch.status);
  for (let turn = 0; ; turn += 1) {
    if (ended) {
      const execution = await persist(
        () => session.durable.get(watch.found.arn, reads.whole(bounds.signal)),
        new FaultTolerance(resultTolerance, context),
        { ...bounds, deadline: Number.POSITIVE_INFINITY },
      );
      watch.saw(execution);
      if (isClosed(watch.status)) return execution;
      ended = false; // reads lag, and differ
    }
    const wait = Math.max(pace.next(), asked);
    asked = 0;
    await pause(wait, bounds).catch((error) => {
      if (!isLate(error)) throw error;
    });
    const late = bounds.clock.now() >= bounds.deadline; // one last look, since it may have ended in time
    if (progress.readable && turn % 2 === 1 && !late) {
      asked = await progress.read(bounds);
    } else {
      try {
        watch.saw(await session.durable.get(watch.found.arn, reads.status(bounds.signal)));
        tolerance.answered();
      } catch (error) {
        if (late && !bounds.signal.aborted) throw new Interrupted('timed out');
        asked = waitAfter(error, tolerance, bounds);
      }
    }
    ended = isClosed(watch.status);
    if (late && !ended) throw new Interrupted('timed out');
  }
}

function isLate(error: unknown): boolean {
  return error instanceof Interrupted && error.why === 'timed out';
}

/** The reads of the history, without which the wait goes on all the same. */
class Progress {
  readable = true;
  readonly #watch: Watch;
  readonly #context: ActionContext;
  readonly #reads: ReadOptions;
  readonly #tolerance: FaultTolerance;

  constructor(watch: Watch, context: ActionContext, reads: ReadOptions) {
    this.#watch = watch;
    this.#context = context;
    this.#reads = reads;
    this.#tolerance = new FaultTolerance({ ...whileWaiting, missing: Number.POSITIVE_INFINITY }, context);
  }

  /** Reads once. Returns the milliseconds that AWS asks to wait; throws Interrupted. */
  async read(bounds: Bounds): Promise<number> {
    try {
      await readHistory(this.#watch, this.#context.session, this.#reads.brief(bounds.signal));
      this.#tolerance.answered();
      return 0;
    } catch (error) {
      if (bounds.signal.aborted) throw new Interrupted('cancelled');
      const fault = readFaultOf(error);
      if (fault === 'passing' || fault === 'missing') return waitAfter(error, this.#tolerance, bounds);
      this.readable = false;
      this.#context.log.warn(`The progress of the execution cannot be read: ${reasonFor(error)}`);
      return 0;
    }
  }
}
