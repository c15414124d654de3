import type { FaultyServer } from './faulty-server.ts';

type Execution = 'completed' | 'accepted' | 'unknown' | 'not_started';

/** What the calls of one host said of themselves, compared with what the servers saw. */
export class Tally {
  readonly name: string;
  readonly counts: Record<Execution, number> = { completed: 0, accepted: 0, unknown: 0, not_started: 0 };
  readonly failures: string[] = [];
  runs = 0;

  constructor(name: string) {
    this.name = name;
  }

  get calls(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** A call over one of these servers has ended, and gives a reason for how. */
  add(id: string, execution: string, reason: string, servers: readonly FaultyServer[]): void {
    if (!(execution in this.counts)) return void this.failures.push(`${id} says ${execution}`);
    this.counts[execution as Execution] += 1;
    const runs = servers.reduce((sum, server) => sum + server.take(id), 0);
    this.runs += runs;
    if (runs !== (execution === 'not_started' ? 0 : 1))
      this.failures.push(`${id} says ${execution} and ran ${runs} times: ${reason}`);
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
