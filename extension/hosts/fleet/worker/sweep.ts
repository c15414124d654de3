import { unknownOutcome } from '../../../outcome/failure.ts';
import type { Outcome } from '../../../outcome/outcome.ts';
import { toSettled } from '../job/document.ts';
import { evidenceOf, requeued } from '../job/evidence.ts';
import { fieldsOf, isResumable } from '../job/resumable.ts';
import { Stillness } from './stillness.ts';
import type { Adoption, JobStore, Orphan } from './store.ts';

/** After so many workers that ended with a job in hand, it is taken for the cause. */
const mostEnded = 3;

export interface Swept {
  readonly id: string;
  readonly verdict: 'unknown' | 'not_started' | 'back';
  readonly blocking: boolean;
}

/** Settles the jobs of workers that are gone, or gives them back to the queue: each as its marker proves. */
export class Sweeper {
  readonly #store: JobStore;
  readonly #now: () => number;
  readonly #stillness = new Stillness();

  /** `now` is monotonic, in milliseconds. */
  constructor(store: JobStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Looks once. `isOwn` tells what this worker has in hand. */
  async sweep(isOwn: (id: string) => boolean): Promise<readonly Swept[]> {
    const asked = this.#now();
    try {
      const looks = await this.#store.look();
      const still = this.#stillness.saw(looks, asked, this.#now()).filter((id) => !isOwn(id));
      return still.length === 0 ? [] : await this.#adopt(still);
    } catch (error) {
      this.#stillness.forget();
      throw error;
    }
  }

  async #adopt(ids: readonly string[]): Promise<readonly Swept[]> {
    // The fence needs the heartbeat that stood still; a later one comes with a job that lives.
    const orphans = (await this.#store.orphans(ids)).filter((orphan) => this.#stillness.isAs(orphan));
    const adoptions = new Map(orphans.map((orphan) => [orphan.id, adoptionOf(orphan)]));
    const landed = await this.#store.adopt([...adoptions.values()]);
    return landed.map(({ id, blocking }) => ({ id, blocking, verdict: verdictOf(adoptions.get(id)) }));
  }
}

function adoptionOf(orphan: Orphan): Adoption {
  const { data, age, id, claim, heartbeat, evidence } = orphan;
  const known = evidenceOf(evidence === null ? null : JSON.parse(evidence));
  const ended = known.ended + 1;
  const raw = fieldsOf(data);
  const as = (state: Adoption['state'], output: Adoption['output']) => ({
    id,
    claim,
    heartbeat,
    evidence,
    state,
    output,
  });
  const resume = known.resume || (known.sent && isResumable(raw));
  if ((!known.sent || resume) && ended < mostEnded) {
    return as('retry', requeued({ ended, resume }) ?? { requeued: ended, resume });
  }
  return as('failed', toSettled(raw, known.sent || resume ? gone : repeatedlyGone(ended), age));
}

function verdictOf(adoption: Adoption | undefined): Swept['verdict'] {
  if (adoption === undefined || !('execution' in adoption.output)) return 'back';
  return adoption.output.execution === 'not_started' ? 'not_started' : 'unknown';
}

const gone = unknownOutcome('the worker that had sent the request ended before it could tell what came of it');

function repeatedlyGone(times: number): Outcome {
  const message = `${times} workers ended while they had the task and before they had sent anything; it may be what ends them`;
  return {
    ...{ status: 'FAIL', execution: 'not_started', attempts: 0, requestId: null, answer: null, fields: null },
    detail: message,
    errors: [{ name: 'WorkerEnded', message }],
  };
}
