import { CallError } from '../../outcome/call-failure.ts';
import { reasonOf } from '../../outcome/reason.ts';
import type { Clock, Log } from '../../ports.ts';
import { type ReadFault, readFaultOf, retryAfter } from './read-fault.ts';

/** How long faults of a kind may follow each other, in milliseconds. */
export type Limits = Readonly<Record<Exclude<ReadFault, 'refused'>, number>>;

/** What may happen while an execution is waited for, by the kind of the fault. */
export const whileWaiting: Limits = {
  passing: Number.POSITIVE_INFINITY, // durable_timeout bounds it
  missing: 60_000, // the reads of AWS lag behind a start
  denied: 600_000, // keys that are being renewed, permissions that are being spread
};

/** Tolerates the faults of reads for as long as their kind allows, and logs each once. */
export class FaultTolerance {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #since = new Map<ReadFault, number>();
  #said: string | null = null;

  constructor(limits: Limits, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
  }

  /** Returns the milliseconds that AWS asks to wait; throws what is no longer tolerated. */
  tolerate(error: unknown): number {
    const fault = readFaultOf(error);
    if (fault === 'refused') throw error;
    const now = this.#clock.now();
    const since = this.#since.get(fault) ?? now;
    this.#since.set(fault, since);
    if (now - since >= this.#limits[fault]) throw error;
    this.#say(reasonFor(error));
    return retryAfter(error);
  }

  /** An answer came. */
  answered(): void {
    if (this.#said !== null) this.#log.info('AWS answers again');
    this.#since.clear();
    this.#said = null;
  }

  #say(reason: string): void {
    if (reason === this.#said) this.#log.debug(reason);
    else this.#log.warn(`${reason}; asking again`);
    this.#said = reason;
  }
}

/** Why a read failed, in a sentence. */
export function reasonFor(error: unknown): string {
  if (!(error instanceof CallError)) return error instanceof Error ? error.message : String(error);
  const { failure } = error;
  return failure.refusal?.fromAws ? `${failure.call}: ${failure.name}: ${failure.message}` : reasonOf(failure);
}
