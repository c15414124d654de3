import type { FaultyServer } from './faulty-server.ts';

type Execution = 'completed' | 'accepted' | 'unknown' | 'not_started';

/** A server may read so much later (ms) what was sent before the call ended. */
export const lag = 5_000;

/** Of so many calls that may have run, one may not have: a proxy drops what it holds when the other side has gone. */
const perDropped = 100;

interface Ended {
  readonly id: string;
  readonly execution: Execution;
  readonly reason: string;
  readonly servers: readonly FaultyServer[];
  readonly at: number;
}

/** What the calls of one host said of themselves, compared with what the servers saw. */
export class Tally {
  readonly name: string;
  readonly counts: Record<Execution, number> = { completed: 0, accepted: 0, unknown: 0, not_started: 0 };
  runs = 0;
  /** The reasons of calls that are `unknown` and did not run. */
  readonly dropped: string[] = [];
  readonly #failures: string[] = [];
  readonly #ended: Ended[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get calls(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  get failures(): readonly string[] {
    const isMuch = this.dropped.length * perDropped > this.counts.unknown;
    const much = `${this.dropped.length} of ${this.counts.unknown} calls that are unknown did not run`;
    return isMuch ? [...this.#failures, much] : this.#failures;
  }

  fail(text: string): void {
    this.#failures.push(text);
  }

  /** A call over one of these servers has ended, and gives a reason for how. */
  add(id: string, execution: string, reason: string, servers: readonly FaultyServer[]): void {
    if (execution in this.counts)
      this.#ended.push({ id, execution: execution as Execution, reason, servers, at: Date.now() });
    else this.fail(`${id} says ${execution}`);
    this.compare(Date.now() - lag);
  }

  /** Compares the calls that had ended by then. */
  compare(until: number): void {
    const first = this.#ended.findIndex(({ at }) => at > until);
    const count = first === -1 ? this.#ended.length : first;
    for (const { id, execution, reason, servers } of this.#ended.splice(0, count)) {
      this.counts[execution] += 1;
      const runs = servers.reduce((sum, server) => sum + server.take(id), 0);
      this.runs += runs;
      if (execution === 'unknown' && runs === 0) this.dropped.push(reason);
      else if (runs !== (execution === 'not_started' ? 0 : 1))
        this.fail(`${id} says ${execution} and ran ${runs} times: ${reason}`);
    }
  }
}

export interface Measure {
  /** Bytes of the heap after a forced collection. */
  readonly heap: number;
  /** Resident bytes. */
  readonly resident: number;
  /** Open files and sockets of the process. */
  readonly files: number;
}

/** What has grown between the first quarter and the last, which are medians: a measure finds some calls under way. */
export function grown(name: string, measures: readonly Measure[]): readonly string[] {
  const quarter = Math.max(1, Math.floor(measures.length / 4));
  const middle = (key: keyof Measure, some: readonly Measure[]) =>
    some.map((measure) => measure[key]).toSorted((a, b) => a - b)[Math.floor(some.length / 2)] ?? Number.NaN;
  const both = (key: keyof Measure) => [middle(key, measures.slice(0, quarter)), middle(key, measures.slice(-quarter))];
  const [[heap, heapAtEnd], [files, filesAtEnd]] = [both('heap'), both('files')] as [number[], number[]];
  const isFlat = (first = Number.NaN, last = Number.NaN, more = 0) => last <= first * 1.2 + more;
  return [
    ...(isFlat(heap, heapAtEnd, 2e6) ? [] : [`${name}: the heap grew from ${heap} to ${heapAtEnd} bytes`]),
    ...(isFlat(files, filesAtEnd, 5) ? [] : [`${name}: the open files grew from ${files} to ${filesAtEnd}`]),
  ];
}
