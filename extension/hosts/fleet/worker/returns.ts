import { requeued } from '../job/evidence.ts';
import type { Desk } from './desk.ts';
import type { Held } from './held.ts';
import type { Roster } from './roster.ts';

/** Jobs that can be fetched again within so long (ms) are fetched together. */
const sameTurn = 100;

/** Gives jobs back to their queues. */
export class Returns {
  readonly #desks: ReadonlyMap<string, Desk>;
  readonly #roster: Roster;
  readonly #onQueued: (queue: string) => void;
  readonly #looks = new Set<string>();

  /** `onQueued` is called when a job that went back can be fetched again. */
  constructor(desks: ReadonlyMap<string, Desk>, roster: Roster, onQueued: (queue: string) => void) {
    this.#desks = desks;
    this.#roster = roster;
    this.#onQueued = onQueued;
  }

  async giveBack({ id, claim, called, queue, evidence }: Held, delay: number, resume: boolean): Promise<void> {
    const output = requeued({ ended: evidence.ended, resume });
    await this.#desks.get(queue)?.giveBack({ id, claim, output, delay, called });
    if (delay > 0) this.#lookAfter(delay, queue);
  }

  /** Jobs that have not begun are others' to begin. */
  async waiting(which: (held: Held) => boolean): Promise<void> {
    const returned = this.#roster.takeOut(which).map(async (held) => {
      await this.giveBack(held, 0, held.evidence.resume);
      this.#roster.remove(held);
    });
    await Promise.all(returned);
  }

  #lookAfter(delay: number, queue: string): void {
    const turn = Math.ceil((performance.now() + delay) / sameTurn);
    const key = `${turn} ${queue}`;
    if (this.#looks.has(key)) return;
    this.#looks.add(key);
    const look = () => {
      this.#looks.delete(key);
      this.#onQueued(queue);
    };
    setTimeout(look, turn * sameTurn - performance.now()).unref();
  }
}
