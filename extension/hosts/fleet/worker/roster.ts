import type { Limits } from '../limits/limits.ts';
import type { Held } from './held.ts';

/** Tasks of this duration (ms) leave slots empty while the next jobs are fetched. Longer ones would wait here for nothing. */
const shortestAhead = 10;
const longestAhead = 3_000;

/** So many jobs at most wait here for a limit of their function. */
const mostBlocked = 256;

/** The jobs in hand: which wait, which run, and how many more are wanted. */
export class Roster {
  readonly #concurrency: number;
  readonly #limits: Limits;
  readonly #byId = new Map<string, Held>();
  #waiting: Held[] = [];
  #blocked = 0;
  #running = 0;
  #average = 0;

  constructor(concurrency: number, limits: Limits) {
    this.#concurrency = concurrency;
    this.#limits = limits;
  }

  get size(): number {
    return this.#byId.size;
  }

  get running(): number {
    return this.#running;
  }

  get all(): readonly Held[] {
    return [...this.#byId.values()];
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Takes a fetched job; false when it cannot run soon and has to go back. */
  add(held: Held): boolean {
    if (this.#blocked >= mostBlocked && this.#limits.wait(held.called) !== 0) return false;
    if (!this.#limits.keep(held.called)) return false;
    this.#byId.set(held.id, held);
    this.#waiting.push(held);
    return true;
  }

  /** How many jobs to fetch. Those that end are few, unless the database does not take their outcomes. */
  get room(): number {
    const ahead =
      this.#average >= shortestAhead && this.#average <= longestAhead ? Math.floor(this.#concurrency / 4) : 0;
    const slots = this.#concurrency + ahead - this.#running - (this.#waiting.length - this.#blocked);
    const ending = this.#byId.size - this.#running - this.#waiting.length;
    return Math.max(0, Math.min(slots, 4 * this.#concurrency + ahead - ending));
  }

  /** Takes out what may start now, in order. Returns also the milliseconds until the next may, if a limit says so. */
  next(): { readonly start: readonly Held[]; readonly wait: number } {
    const start: Held[] = [];
    const left: Held[] = [];
    let wait = Number.POSITIVE_INFINITY;
    let blocked = 0;
    for (const held of this.#waiting) {
      if (this.#running >= this.#concurrency) {
        left.push(held);
        continue;
      }
      const own = this.#limits.wait(held.called);
      if (own === 0) {
        this.#limits.start(held.called);
        this.#running += 1;
        held.phase = 'running';
        start.push(held);
        continue;
      }
      blocked += 1;
      if (own !== null) wait = Math.min(wait, own);
      left.push(held);
    }
    this.#waiting = left;
    this.#blocked = blocked;
    return { start, wait };
  }

  /** A task has ended after so many milliseconds; its job stays in hand until it is settled. */
  ended(held: Held, duration: number): void {
    held.phase = 'ending';
    this.#running -= 1;
    this.#limits.end(held.called);
    this.#average += (duration - this.#average) * 0.1;
  }

  remove(held: Held): void {
    this.#byId.delete(held.id);
  }

  /** Takes out the waiting jobs for which `which` is true. They stay in hand until they were given back. */
  takeOut(which: (held: Held) => boolean): readonly Held[] {
    const out = this.#waiting.filter(which);
    for (const held of out) {
      held.phase = 'ending';
      this.#limits.drop(held.called);
    }
    this.#waiting = this.#waiting.filter((held) => !which(held));
    this.#blocked = Math.min(this.#blocked, this.#waiting.length);
    return out;
  }
}
