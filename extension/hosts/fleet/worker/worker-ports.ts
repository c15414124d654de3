import type { Log } from '../../../ports.ts';
import type { Settled } from '../job/job.ts';
import type { Limits } from '../limits/limits.ts';
import type { Held, Performed } from './held.ts';
import type { Persistence } from './persistence.ts';
import type { JobStore } from './store.ts';
import type { Swept } from './sweep.ts';

export interface WorkerOptions {
  readonly concurrency: number;
  /** Milliseconds between two looks at a queue that was empty. */
  readonly poll: number;
  /** Milliseconds that tasks may take to end once the worker is to end. */
  readonly grace: number;
  /** Ends when nothing is left in its queues. */
  readonly untilEmpty: boolean;
}

export interface Observer {
  settled(queue: string, settled: Settled): void;
  swept(queue: string, swept: Swept): void;
}

export interface WorkerPorts {
  /** By queue. */
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly onWake: (queue: string, listener: () => void) => Promise<() => Promise<void>>;
  readonly perform: (held: Held, mark: () => Promise<boolean>) => Promise<Performed>;
  /** Lets go what waited for a job that is settled. */
  readonly release: () => Promise<unknown>;
  readonly limits: Limits;
  readonly persistence: Persistence;
  readonly observer: Observer;
  readonly log: Log;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Of this process, for its markers. */
  readonly nonce: string;
}
