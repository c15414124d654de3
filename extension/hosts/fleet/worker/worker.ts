import { readData } from '../job/data.ts';
import { evidenceOf } from '../job/evidence.ts';
import { fieldsOf, isResumable } from '../job/resumable.ts';
import { Bell } from './bell.ts';
import { type Desk, deskOf } from './desk.ts';
import type { Held, Performed } from './held.ts';
import { Keeper } from './keeper.ts';
import { sentenceOf } from './perform.ts';
import { isPassing } from './persistence.ts';
import { Returns } from './returns.ts';
import { Roster } from './roster.ts';
import type { Claimed } from './store.ts';
import type { WorkerOptions, WorkerPorts } from './worker-ports.ts';

/** Milliseconds for which slots are gathered before the next jobs are fetched for them. */
const gather = 5;

/** Jobs that have waited here for so long (ms) go back, to a worker that has a slot. */
const longestWait = 5_000;

/** A job that cannot run soon is left alone for so long (ms). */
const limitedDelay = 1_000;

/** Fetches jobs, runs their tasks and settles them, until it is to end. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #ports: WorkerPorts;
  readonly #roster: Roster;
  readonly #desks: ReadonlyMap<string, Desk>;
  readonly #keeper: Keeper;
  readonly #returns: Returns;
  readonly #bell = new Bell();
  /** Queues in which there may be something. */
  readonly #promising = new Set<string>();
  readonly #ending = new AbortController();
  #nextStart = Number.POSITIVE_INFINITY;

  constructor(options: WorkerOptions, ports: WorkerPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#roster = new Roster(options.concurrency, ports.limits);
    const stores = [...ports.stores];
    this.#desks = new Map(stores.map(([queue, store]) => [queue, deskOf(store, ports.persistence)]));
    const onQueued = (queue: string) => this.#promise(queue);
    this.#keeper = new Keeper(ports, this.#roster, onQueued);
    this.#returns = new Returns(this.#desks, this.#roster, onQueued);
  }

  get running(): number {
    return this.#roster.running;
  }

  get inHand(): number {
    return this.#roster.size;
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Takes no more jobs; `run` resolves when those in hand are settled. */
  drain(): void {
    this.#ending.abort();
    this.#bell.ring();
  }

  /** Works until it is drained, or until nothing is left. */
  async run(): Promise<void> {
    const { onWake } = this.#ports;
    const queues = [...this.#desks.keys()];
    const listeners = await Promise.all(queues.map((queue) => onWake(queue, () => this.#promise(queue))));
    const look = () => {
      for (const queue of queues) this.#promise(queue);
    };
    const timers = [setInterval(look, this.#options.poll), setInterval(() => this.#returnOld(), longestWait / 2)];
    this.#keeper.start();
    look();
    try {
      await this.#takeUntilEnd();
      await this.#drainAll();
    } finally {
      for (const timer of timers) clearInterval(timer);
      this.#keeper.stop();
      await Promise.all(listeners.map((end) => end().catch(() => {})));
    }
  }

  /** There may be something in the queue. */
  #promise(queue: string): void {
    this.#promising.add(queue);
    this.#bell.ring();
  }

  async #takeUntilEnd(): Promise<void> {
    while (!this.isEnding) {
      this.#start();
      const { room } = this.#roster;
      if (this.#promising.size > 0 && room > 0) {
        const isFew = room < this.#options.concurrency / 4 && this.#roster.running > 0;
        if (isFew) await this.#bell.wait(gather);
        await this.#take(this.#roster.room);
        continue;
      }
      if (this.#options.untilEmpty && this.#roster.size === 0 && (await this.#isEmpty())) return;
      await this.#bell.wait(Math.min(this.#options.poll, this.#nextStart));
    }
  }

  /** Fetches for the free slots, from each queue in turn. */
  async #take(room: number): Promise<void> {
    const { limits, stores, persistence } = this.#ports;
    const [queue] = this.#promising;
    const store = queue === undefined ? undefined : stores.get(queue);
    if (queue === undefined || store === undefined || room <= 0) return;
    this.#promising.delete(queue);
    const without = limits.full();
    try {
      const claimed = await persistence.of(() => store.claim(room, without), this.#ending.signal);
      if (claimed.length >= room) this.#promising.add(queue); // the last in turn
      for (const job of claimed) this.#add(queue, job);
      this.#start();
    } catch (error) {
      if (!isPassing(error)) throw error; // otherwise the worker ends
    }
  }

  #add(queue: string, { id, claim, data, output }: Claimed): void {
    const read = readData(data);
    const called = read.kind === 'job' ? read.data.function : null;
    const held: Held = {
      ...{ queue, id, claim, data, output, called, evidence: evidenceOf(output), since: this.#ports.now() },
      ...{ controller: new AbortController(), phase: 'waiting', isLost: false, isCutShort: false },
    };
    if (!this.#roster.add(held)) void this.#returns.giveBack(held, limitedDelay, held.evidence.resume);
  }

  #start(): void {
    const { start, wait } = this.#roster.next();
    this.#nextStart = wait;
    for (const held of start) void this.#work(held);
  }

  async #work(held: Held): Promise<void> {
    const { now, nonce, perform, log } = this.#ports;
    const began = now();
    const { id, claim, evidence, queue } = held;
    const desk = this.#desks.get(queue) as Desk;
    const marker = { sending: `${nonce}-${claim}`, ended: evidence.ended };
    const performed = await perform(held, () => desk.mark({ id, claim, marker }));
    this.#roster.ended(held, now() - began);
    this.#start();
    if (this.#promising.size > 0) this.#bell.ring();
    try {
      await this.#conclude(held, performed, desk);
    } catch (error) {
      log.error(`${id} cannot be settled (${(error as Error).message}); a sweep will do it`);
    }
    this.#roster.remove(held);
    if (this.#roster.size === 0) this.#bell.ring();
  }

  async #conclude(held: Held, performed: Performed, desk: Desk): Promise<void> {
    const { log, observer } = this.#ports;
    const { id, queue } = held;
    if (performed.kind === 'lost' || held.isLost) return;
    if (performed.kind === 'back') {
      log.debug(`${id} goes back to the queue: ${performed.why}`);
      return this.#returns.giveBack(held, performed.delay, performed.resume);
    }
    const { settled } = performed.ended;
    // Nothing has run for certain, and nobody wanted it not to.
    if (held.isCutShort && settled.execution === 'not_started')
      return this.#returns.giveBack(held, 0, held.evidence.resume);
    const settlement = await desk.settle(held, performed.ended);
    if (settlement === 'refused') {
      log.warn(`${id} was settled by others before its outcome came: ${sentenceOf(settled)}`);
      return;
    }
    observer.settled(queue, settled);
    for (const { field, name, message } of performed.ended.errors) log.warn(`${id} ${field ?? name}: ${message}`);
    const line = `${id} ${sentenceOf(settled)}`;
    if (settled.exit_code === 0) log.info(line);
    else log.warn(line);
    if (settlement === 'blocking') void this.#keeper.release();
  }

  #returnOld(): void {
    const { now, log } = this.#ports;
    this.#returns.waiting(({ since }) => now() - since > longestWait).catch(({ message }) => log.error(message));
  }

  async #isEmpty(): Promise<boolean> {
    const { stores, persistence } = this.#ports;
    for (const store of stores.values()) if (!(await persistence.of(() => store.isEmpty()))) return false;
    return true;
  }

  /** Lets the tasks in hand end, for a while; those that wait for a durable execution go on elsewhere. */
  async #drainAll(): Promise<void> {
    const running = () => this.#roster.all.filter(({ phase }) => phase === 'running');
    const cutShort = setTimeout(() => {
      const late = running();
      if (late.length > 0) this.#ports.log.warn(`Cancelling ${late.length} tasks that still run after the grace`);
      for (const held of late) {
        held.isCutShort = true;
        held.controller.abort();
      }
    }, this.#options.grace);
    const resumable = running().filter(({ data }) => isResumable(fieldsOf(data)));
    await Promise.all([this.#returns.waiting(() => true), ...resumable.map((held) => this.#handOver(held))]);
    while (this.#roster.size > 0) await this.#bell.wait(1000);
    clearTimeout(cutShort);
  }

  async #handOver(held: Held): Promise<void> {
    held.isLost = true;
    await this.#returns.giveBack(held, 0, true);
    this.#ports.log.info(`${held.id} goes on in another worker`);
    held.controller.abort();
  }
}
