import { Pace } from './pace.ts';
import { Throttle } from './throttle.ts';

/** A limit for every function, and those of single ones by their names. */
export interface PerFunction {
  readonly all: number;
  readonly byName: ReadonlyMap<string, number>;
}

export interface LimitOptions {
  /** Calls of a function under way at once. */
  readonly concurrency: PerFunction;
  /** Calls of a function started a second. */
  readonly rate: PerFunction;
  /** Calls that the worker makes at once. */
  readonly most: number;
}

interface State {
  readonly concurrency: number;
  readonly rate: number;
  readonly pace: Pace | null;
  readonly throttle: Throttle;
  running: number;
  waiting: number;
}

export const unlimited: PerFunction = { all: Number.POSITIVE_INFINITY, byName: new Map() };

/** A throttled job is left alone for at least so long (ms). */
const shortestPatience = 250;

/** How many calls of each function this worker makes, and how many jobs of it it keeps. */
export class Limits {
  readonly #options: LimitOptions;
  readonly #now: () => number;
  readonly #states = new Map<string, State>();

  /** `now` is monotonic, in milliseconds. */
  constructor(options: LimitOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Takes a fetched job into account; false when there are more of its function than can run soon. */
  keep(called: string | null): boolean {
    if (called === null) return true;
    const state = this.#of(called);
    if (!this.#hasRoom(state)) return false;
    state.waiting += 1;
    return true;
  }

  /** Milliseconds until a waiting job may start; 0 at once, null when another must end before. */
  wait(called: string | null): number | null {
    if (called === null) return 0;
    const { running, throttle, pace, concurrency } = this.#of(called);
    if (running >= Math.min(concurrency, throttle.window)) return null;
    const now = this.#now();
    return Math.max(throttle.wait(now), pace?.wait(now) ?? 0);
  }

  start(called: string | null): void {
    if (called === null) return;
    const state = this.#of(called);
    state.waiting -= 1;
    state.running += 1;
    state.pace?.take(this.#now());
  }

  /** A waiting job went back. */
  drop(called: string | null): void {
    if (called !== null) this.#of(called).waiting -= 1;
  }

  end(called: string | null): void {
    if (called !== null) this.#of(called).running -= 1;
  }

  throttled(called: string, retryAfter: number | null): void {
    const { throttle, running } = this.#of(called);
    throttle.throttled(running, retryAfter, this.#now());
  }

  answered(called: string): void {
    const { throttle, concurrency } = this.#of(called);
    throttle.answered(Math.min(concurrency, this.#options.most));
  }

  /** Milliseconds after which a throttled job is worth another fetch; null when it is not. */
  patience(called: string): number | null {
    const { throttle } = this.#of(called);
    const now = this.#now();
    return throttle.isWorthWaiting(now) ? Math.max(shortestPatience, throttle.wait(now)) : null;
  }

  /** The functions of which no more jobs are to be fetched. */
  full(): readonly string[] {
    return [...this.#states].filter(([, state]) => !this.#hasRoom(state)).map(([called]) => called);
  }

  /** What can run soon: what may run now, and a quarter more; of a slow rate, what starts within a second. */
  #hasRoom({ concurrency, rate, throttle, running, waiting }: State): boolean {
    const window = Math.min(concurrency, throttle.window, this.#options.most);
    const perSecond = Math.max(1, Math.ceil(rate));
    const ahead = throttle.wait(this.#now()) > 0 ? 1 : Math.max(1, Math.ceil(window / 4));
    return waiting < Math.min(Math.max(0, window - running) + ahead, perSecond);
  }

  #of(called: string): State {
    const known = this.#states.get(called);
    if (known !== undefined) return known;
    const { concurrency, rate } = this.#options;
    const perSecond = rate.byName.get(called) ?? rate.all;
    const state: State = {
      concurrency: concurrency.byName.get(called) ?? concurrency.all,
      rate: perSecond,
      pace: Number.isFinite(perSecond) ? new Pace(perSecond, this.#now()) : null,
      throttle: new Throttle(),
      ...{ running: 0, waiting: 0 },
    };
    this.#states.set(called, state);
    return state;
  }
}
