import { Batcher } from './batcher.ts';
import type { Ended, Held } from './held.ts';
import { isPassing, type Persistence } from './persistence.ts';
import type { Ending, GivenBack, JobStore, Landed, Mark } from './store.ts';

/** How a settlement ended: `refused` when the job was another's by then. */
export type Settlement = 'settled' | 'refused' | 'blocking';

/** Writes of many jobs of one queue, put together. */
export interface Desk {
  readonly store: JobStore;
  /** Whether the call may be sent. */
  mark(mark: Mark): Promise<boolean>;
  settle(held: Held, ended: Ended): Promise<Settlement>;
  giveBack(job: GivenBack): Promise<void>;
}

const markLimits = { count: 1000, bytes: Number.POSITIVE_INFINITY };
const settleLimits = { count: 500, bytes: 8 * 2 ** 20 };

interface Writing {
  readonly ending: Ending;
  readonly text: number;
  readonly without: (reason: string) => Ending;
}

export function deskOf(store: JobStore, persistence: Persistence): Desk {
  const marks = new Batcher<Mark, boolean>(async (items) => {
    const passed = await persistence.of(() => store.mark(items));
    return items.map(({ id }) => passed.has(id));
  }, markLimits);
  const endings = new Batcher<Writing, Settlement>(write, settleLimits, ({ text }) => text);
  const returns = new Batcher<GivenBack, void>(async (items) => {
    await persistence.of(() => store.giveBack(items));
    return [];
  }, markLimits);

  /** One output that the database refuses must not keep the others. */
  async function write(items: readonly Writing[]): Promise<readonly Settlement[]> {
    try {
      return await writeAll(items);
    } catch (error) {
      if (isPassing(error)) throw error;
      const [first] = items;
      if (items.length > 1) {
        const half = Math.ceil(items.length / 2);
        return [...(await write(items.slice(0, half))), ...(await write(items.slice(half)))];
      }
      const reason = `the database refuses the output: ${(error as Error).message}`;
      const reduced = items.map(({ without }) => ({ ending: without(reason), text: 0, without }));
      return first === undefined ? [] : writeAll(reduced);
    }
  }

  async function writeAll(items: readonly Writing[]): Promise<readonly Settlement[]> {
    const landed = await persistence.of(() => store.settle(items.map(({ ending }) => ending)));
    const byId = new Map(landed.map((job: Landed) => [job.id, job]));
    return items.map(({ ending }) => {
      const job = byId.get(ending.id);
      if (job === undefined) return 'refused';
      return job.blocking ? 'blocking' : 'settled';
    });
  }

  return {
    store,
    mark: (mark) => marks.add(mark),
    settle({ id, claim }, { settled, without }) {
      const ending = (output: Ended['settled']): Ending => {
        return { id, claim, state: output.exit_code === 0 ? 'completed' : 'failed', output };
      };
      const text = settled.document.length;
      return endings.add({ ending: ending(settled), text, without: (reason) => ending(without(reason)) });
    },
    giveBack: (job) => returns.add(job),
  };
}
