import { availableParallelism } from 'node:os';
import type { FunctionFile } from '../functions/function-files.ts';
import type { Lease } from './lease.ts';

interface Waiting {
  readonly fn: FunctionFile;
  readonly region: string;
  readonly resolve: (lease: Lease | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** What the line has to know of the pool. */
export interface LineSource {
  isFull(): boolean;
  copies(): number;
  starting(): number;
  hasIdle(fn: FunctionFile): boolean;
  acquire(fn: FunctionFile, region: string): Promise<Lease>;
}

/** Copies that start at a time for work that can wait: more would only slow each other down. */
const STARTING_LIMIT = Math.max(2, availableParallelism());
/** With so many at work, another copy starts for such work only when none has come free for a while. */
const ENOUGH_COPIES = 4 * STARTING_LIMIT;
const PATIENCE_MS = 1000;

/** Work that waits for a copy of its function instead of being refused, first come, first served. */
export class WaitingLine {
  readonly #source: LineSource;
  #waiting: Waiting[] = [];
  #lastFree = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: LineSource) {
    this.#source = source;
  }

  /** Gives a copy when there is one; nothing when the line is closed before. */
  join(fn: FunctionFile, region: string): Promise<Lease | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ fn, region, resolve, reject });
      this.serve();
    });
  }

  /** To be called when a copy has become free. */
  cameFree(): void {
    this.#lastFree = performance.now();
    this.serve();
  }

  /** Serves those who can be: with a warm copy, or with a new one when not too many start already. */
  serve(): void {
    const source = this.#source;
    const grow = this.#mayGrow();
    const next = source.isFull() ? -1 : this.#waiting.findIndex(({ fn }) => grow || source.hasIdle(fn));
    const served = this.#waiting[next];
    if (served === undefined) {
      if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#lookAgain(), PATIENCE_MS);
      return;
    }
    this.#waiting.splice(next, 1);
    source.acquire(served.fn, served.region).then(served.resolve, served.reject);
    this.serve();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const { resolve } of this.#waiting) resolve(undefined);
    this.#waiting = [];
  }

  #lookAgain(): void {
    this.#timer = undefined;
    this.serve();
  }

  #mayGrow(): boolean {
    const source = this.#source;
    if (source.starting() >= STARTING_LIMIT) return false;
    return source.copies() < ENOUGH_COPIES || performance.now() - this.#lastFree > PATIENCE_MS;
  }
}
