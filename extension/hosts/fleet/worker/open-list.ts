import { CallError } from '../../../outcome/call-failure.ts';
import { judge } from '../../../outcome/verdict.ts';
import type { CallOptions, Clock, DurableExecutions, DurablePage, Log } from '../../../ports.ts';
import type { Alarm } from './alarm.ts';
import type { Gate } from './gate.ts';

/** Milliseconds between two readings: at least, and for each page that the last one had. */
const shortest = 2_000;
const perPage = 400;
const longest = 30_000;

/** The most that AWS gives. */
const pageSize = 1000;
const mostPages = 1000;

const open = ['RUNNING', 'PAUSING', 'PAUSED'] as const;

/** Milliseconds for which a reader without permission reads one by one. */
const deniedFor = 10 * 60_000;

/** Milliseconds before one that is not in the list is looked at again: lists lag behind a start. */
const lookAgain = 30_000;

interface Waiting {
  readonly alarm: Alarm;
  readonly durable: DurableExecutions;
  readonly options: CallOptions;
}

interface Entry extends Waiting {
  status: string;
  isListed: boolean;
  isDue: boolean;
  since: number;
  lookedAt: number;
}

/**
 * The open executions of one version of a function, read for all that wait for one of them. What is in it runs; what is not,
 * or no longer, is looked at by its own task.
 */
export class OpenList {
  readonly #function: { readonly functionName: string; readonly qualifier?: string };
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #entries = new Map<string, Entry>();
  #deniedUntil = 0;
  #isReading = false;

  /** `key` is the ARN of the version. */
  constructor(key: string, gate: Gate, clock: Clock, log: Log) {
    const qualified = /^(.*:function:[^:]+)(?::([^:]+))?$/.exec(key);
    const [functionName = key, qualifier] = qualified?.slice(1) ?? [];
    this.#function = { functionName, ...(qualifier && { qualifier }) };
    this.#gate = gate;
    this.#clock = clock;
    this.#log = log;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isDenied(): boolean {
    return this.#clock.now() < this.#deniedUntil;
  }

  join(arn: string, waiting: Waiting): void {
    if (this.#entries.has(arn)) return;
    const now = this.#clock.now();
    const unknown = { status: '', isListed: false, isDue: false, lookedAt: Number.NEGATIVE_INFINITY };
    this.#entries.set(arn, { ...waiting, ...unknown, since: now });
  }

  leave(arn: string): void {
    this.#entries.delete(arn);
  }

  /** The status in the last list; `look` when a read of its own is due. */
  statusOf(arn: string): string {
    if (!this.#isReading) {
      this.#isReading = true;
      void this.#readAll();
    }
    const entry = this.#entries.get(arn);
    return entry?.isDue ? 'look' : (entry?.status ?? '');
  }

  /** A read of its own has shown the status. */
  wasRead(arn: string, status: string): void {
    const entry = this.#entries.get(arn);
    if (entry === undefined) return;
    Object.assign(entry, { status, isListed: false, isDue: false, lookedAt: this.#clock.now() });
    entry.alarm.turnOff();
  }

  async #readAll(): Promise<void> {
    let wait = shortest;
    while (this.#entries.size > 0 && !this.isDenied) {
      const began = this.#clock.now();
      try {
        const { statuses, pages } = await this.#read();
        this.#compare(statuses, began);
        wait = Math.min(longest, Math.max(shortest, pages * perPage));
      } catch (error) {
        wait = this.#failed(error, wait);
      }
      await this.#clock.sleep(wait, never);
    }
    this.#isReading = false;
    for (const { alarm } of this.#entries.values()) alarm.turnOff();
  }

  async #read(): Promise<{ statuses: ReadonlyMap<string, string>; pages: number }> {
    const statuses = new Map<string, string>();
    let marker: string | null = null;
    let pages = 0;
    do {
      const page: DurablePage = await this.#readPage(marker);
      for (const { arn, status } of page.executions) if (this.#entries.has(arn)) statuses.set(arn, status);
      pages += 1;
      if (page.nextMarker === marker) break;
      marker = page.nextMarker;
    } while (marker !== null && pages < mostPages);
    if (marker !== null && pages >= mostPages) throw new Error(`more than ${mostPages} pages`);
    return { statuses, pages };
  }

  async #readPage(marker: string | null): Promise<DurablePage> {
    const [asker] = this.#entries.values();
    if (asker === undefined) return { executions: [], nextMarker: null, statusCode: 200, requestId: null, attempts: 0 };
    await this.#gate.pass(never);
    const query = { ...this.#function, statuses: open, maxItems: pageSize, ...(marker !== null && { marker }) };
    return asker.durable.find(query, { limits: asker.options.limits, signal: never });
  }

  /** What had been waited for since before the list was begun and is not in it may have ended. */
  #compare(statuses: ReadonlyMap<string, string>, began: number): void {
    for (const [arn, entry] of this.#entries) {
      const status = statuses.get(arn);
      if (status !== undefined) {
        Object.assign(entry, { status, isListed: true });
        continue;
      }
      if (entry.since >= began || entry.isDue) continue;
      // One that was listed has ended; of one that never was, the list may lag.
      if (!entry.isListed && began - entry.lookedAt < lookAgain) continue;
      entry.isDue = true;
      entry.alarm.ring();
    }
  }

  #failed(error: unknown, wait: number): number {
    const name = error instanceof CallError ? error.failure.name : String(error);
    const again = error instanceof CallError && isPassing(error);
    if (again) return Math.min(longest, Math.max(wait * 2, (error.failure.refusal?.retryAfterSeconds ?? 0) * 1000));
    this.#deniedUntil = this.#clock.now() + deniedFor;
    const { functionName } = this.#function;
    this.#log.warn(
      `The durable executions of ${functionName} cannot be listed (${name}); each is read by itself. lambda:ListDurableExecutionsByFunction lets all waits share one reader`,
    );
    return 0;
  }
}

const never = new AbortController().signal;

function isPassing({ failure }: CallError): boolean {
  const { status, retry } = judge(failure);
  if (status === 'AUTHENTICATION_ERROR' || status === 'AUTHORIZATION_ERROR') return false;
  return failure.refusal === null || retry !== 'never' || failure.refusal.httpStatus >= 500;
}
