/** Runs at most so many tasks at once; the others wait in the order in which they came. */
export class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  readonly #settled = new Set<Promise<void>>();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a task when its turn comes. */
  run(task: () => Promise<void>): Promise<void> {
    const turn = this.#running < this.#limit ? this.#start() : new Promise<void>((start) => this.#waiting.push(start));
    const done = turn.then(task).finally(() => this.#end());
    this.#settled.add(done);
    done.finally(() => this.#settled.delete(done)).catch(() => {});
    return done;
  }

  /** Resolves when nothing runs or waits any more. */
  async idle(): Promise<void> {
    while (this.#settled.size > 0) await Promise.allSettled(this.#settled);
  }

  async #start(): Promise<void> {
    this.#running += 1;
  }

  #end(): void {
    const next = this.#waiting.shift();
    // The place goes on to the next in line, so the count stays.
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
