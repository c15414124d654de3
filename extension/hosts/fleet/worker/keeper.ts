import type { Log } from '../../../ports.ts';
import { beat } from './heartbeat.ts';
import type { Persistence } from './persistence.ts';
import type { Roster } from './roster.ts';
import type { JobStore } from './store.ts';
import { Sweeper, type Swept } from './sweep.ts';

/** Milliseconds between two of each. */
const beatEvery = 5_000;
const sweepEvery = 3_000;

export interface KeeperPorts {
  readonly stores: ReadonlyMap<string, JobStore>;
  readonly release: () => Promise<unknown>;
  readonly persistence: Persistence;
  readonly observer: { swept(queue: string, swept: Swept): void };
  readonly log: Log;
  readonly now: () => number;
}

/** What goes on beside the work: the jobs in hand are shown alive, those of dead workers settled, those that waited let go. */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #roster: Roster;
  readonly #onQueued: (queue: string) => void;
  readonly #sweepers: ReadonlyMap<string, Sweeper>;
  #timers: readonly NodeJS.Timeout[] = [];
  #isReleasing = false;
  #releaseAgain = false;

  /** `onQueued` is called when there is something in a queue again. */
  constructor(ports: KeeperPorts, roster: Roster, onQueued: (queue: string) => void) {
    this.#ports = ports;
    this.#roster = roster;
    this.#onQueued = onQueued;
    this.#sweepers = new Map([...ports.stores].map(([queue, store]) => [queue, new Sweeper(store, ports.now)]));
  }

  start(): void {
    const each = [...this.#ports.stores.keys()];
    this.#timers = [
      ...each.map((queue) => every(beatEvery, () => this.#beat(queue))),
      ...each.map((queue) => every(sweepEvery, () => this.#sweep(queue))),
      every(sweepEvery, () => this.release()),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Lets go what waited for a job that is settled. One at a time; what comes meanwhile is let go by one more. */
  async release(): Promise<void> {
    this.#releaseAgain = true;
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    while (this.#releaseAgain) {
      this.#releaseAgain = false;
      await this.#ports.release().catch((error) => this.#ports.log.debug(`The release failed: ${error.message}`));
    }
    this.#isReleasing = false;
  }

  async #beat(queue: string): Promise<void> {
    const { persistence, stores, log } = this.#ports;
    const store = stores.get(queue) as JobStore;
    const fates = await persistence.of(() =>
      beat(
        this.#roster.all.filter((held) => held.queue === queue),
        store,
      ),
    );
    for (const [held, fate] of fates) {
      if (!this.#roster.has(held.id) || held.phase === 'ending' || held.controller.signal.aborted) continue;
      log.warn(
        `${held.id} was ${fate === 'cancelled' ? 'cancelled' : 'taken for lost and is no longer this worker’s'}`,
      );
      held.isLost = fate === 'lost';
      held.controller.abort();
    }
  }

  async #sweep(queue: string): Promise<void> {
    const { log, observer } = this.#ports;
    const swept = await this.#sweepers.get(queue)?.sweep((id) => this.#roster.has(id));
    for (const job of swept ?? []) {
      const end = job.verdict === 'back' ? 'it is queued again' : `its execution is ${job.verdict}`;
      log.warn(`${job.id} was with a worker that ended: ${end}`);
      observer.swept(queue, job);
      if (job.verdict === 'back') this.#onQueued(queue);
    }
    if (swept?.some(({ blocking }) => blocking)) await this.release();
  }
}

/** Runs something again and again, but never twice at once, however long it takes. */
function every(milliseconds: number, run: () => Promise<void>): NodeJS.Timeout {
  let isRunning = false;
  return setInterval(async () => {
    if (isRunning) return;
    isRunning = true;
    await run().catch(() => {}); // the next will tell
    isRunning = false;
  }, milliseconds);
}
