import type { Clock } from '../clock.ts';

/** One event of a log stream. Times are those of the endpoint's clock. */
export interface LogEvent {
  /** The order in which all events came. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
  /** The machine's time from which the event can be read. */
  readonly visibleAt: number;
}

export interface LogStream {
  readonly name: string;
  readonly creationTime: number;
  readonly events: LogEvent[];
}

export interface LogGroup {
  readonly name: string;
  readonly creationTime: number;
  readonly streams: Map<string, LogStream>;
}

/** So much is kept; older events are forgotten. */
const BYTES_LIMIT = 128 * 1024 * 1024;
/** What CloudWatch Logs counts for an event in addition to its text. */
export const EVENT_OVERHEAD = 26;

/** The log groups of every region, in memory. A group or a stream is there once something was logged to it. */
export class LogStore {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #regions = new Map<string, Map<string, LogGroup>>();
  /** The streams of all events, oldest event first. */
  #order: LogStream[] = [];
  #forgotten = 0;
  #bytes = 0;
  #sequence = 0;

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  append(region: string, groupName: string, streamName: string, timestamp: number, message: string): void {
    const stream = this.#stream(region, groupName, streamName, timestamp);
    this.#sequence += 1;
    stream.events.push({
      sequence: this.#sequence,
      timestamp,
      message,
      ingestionTime: this.#clock.now(),
      visibleAt: this.#delayMs === 0 ? 0 : Date.now() + this.#delayMs,
    });
    this.#order.push(stream);
    this.#bytes += sizeOf(message);
    while (this.#bytes > BYTES_LIMIT) this.#forgetOldest();
  }

  groups(region: string): readonly LogGroup[] {
    return [...(this.#regions.get(region)?.values() ?? [])].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  group(region: string, name: string): LogGroup | undefined {
    return this.#regions.get(region)?.get(name);
  }

  #stream(region: string, groupName: string, streamName: string, creationTime: number): LogStream {
    const groups = this.#regions.get(region) ?? new Map<string, LogGroup>();
    this.#regions.set(region, groups);
    const group = groups.get(groupName) ?? { name: groupName, creationTime, streams: new Map() };
    groups.set(groupName, group);
    const stream = group.streams.get(streamName) ?? { name: streamName, creationTime, events: [] };
    group.streams.set(streamName, stream);
    return stream;
  }

  #forgetOldest(): void {
    const oldest = this.#order[this.#forgotten]?.events.shift();
    this.#bytes -= oldest === undefined ? this.#bytes : sizeOf(oldest.message);
    this.#forgotten += 1;
    if (this.#forgotten < this.#order.length / 2) return;
    this.#order = this.#order.slice(this.#forgotten);
    this.#forgotten = 0;
  }
}

function sizeOf(message: string): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD;
}

/** The events that a reader may see by now. */
export function visibleEvents({ events }: LogStream): readonly LogEvent[] {
  const now = Date.now();
  if ((events.at(-1)?.visibleAt ?? 0) <= now) return events;
  const hidden = events.findIndex(({ visibleAt }) => visibleAt > now);
  return hidden < 0 ? events : events.slice(0, hidden);
}
