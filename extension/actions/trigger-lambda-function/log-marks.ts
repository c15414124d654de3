import type { LogEvent } from '../../log-ports.ts';
import type { LineKind } from './log-lines.ts';

/** The most streams whose reports are remembered. */
const most = 1000;

/** Where a run begins and ends, as far as it is known. Other runs may log lines that name it, or copies of its own. */
export class LogMarks {
  start: LogEvent | null = null;
  /** The latest line that names the run. */
  latest = 0;
  #first: LogEvent | null = null;
  readonly #reports = new Map<string, LogEvent>();

  mark(event: LogEvent, kind: LineKind): void {
    if (kind === 'another' || kind === 'plain') return;
    this.latest = Math.max(this.latest, event.timestamp);
    // Nobody but the run knows its id before it has begun, so a copy is later.
    if (kind === 'start' && isBefore(event, this.start)) this.start = event;
    if (isBefore(event, this.#first)) this.#first = event;
    const before = this.#reports.get(event.stream);
    if (kind !== 'report' || (before === undefined && this.#reports.size === most)) return;
    if (before === undefined || event.timestamp >= before.timestamp) this.#reports.set(event.stream, event);
  }

  /** The first line that is known. */
  get first(): LogEvent | null {
    return this.start ?? this.#first;
  }

  get report(): LogEvent | null {
    return (this.first !== null && this.#reports.get(this.first.stream)) || null;
  }
}

function isBefore(event: LogEvent, other: LogEvent | null): boolean {
  return other === null || event.timestamp < other.timestamp;
}
