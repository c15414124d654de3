import type { ErrorEntry } from '../../../outcome/outcome.ts';
import type { Evidence } from '../job/evidence.ts';
import type { Settled } from '../job/job.ts';

/** A job that this worker has. */
export interface Held {
  readonly queue: string;
  readonly id: string;
  readonly claim: number;
  readonly data: unknown;
  readonly output: unknown;
  readonly evidence: Evidence;
  /** The function that it calls, for limits; null when it calls none. */
  readonly called: string | null;
  /** Milliseconds of the worker's clock. */
  readonly since: number;
  readonly controller: AbortController;
  phase: 'waiting' | 'running' | 'ending';
  /** Whether it is another's from now on: then nothing is settled, and nothing that it started is stopped. */
  isLost: boolean;
  /** Whether it was cancelled because this worker ends, and not because somebody wants it so. */
  isCutShort: boolean;
}

/** How a job goes on once it was worked on. */
export type Performed =
  | { readonly kind: 'settled'; readonly ended: Ended }
  /** It has certainly not run, or can be resumed under its name. */
  | { readonly kind: 'back'; readonly delay: number; readonly resume: boolean; readonly why: string }
  | { readonly kind: 'lost' };

/** An outcome in the forms that the worker needs. */
export interface Ended {
  readonly settled: Settled;
  readonly errors: readonly ErrorEntry[];
  /** The same with a reason in place of what the database refuses. */
  readonly without: (reason: string) => Settled;
}
