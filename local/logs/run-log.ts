import type { Clock } from '../clock.ts';
import type { LogStore } from './log-store.ts';

/** The stream that the runs of one copy of a function log to. */
export interface LogTarget {
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

/** Puts what a run logs into its stream, line by line, as it comes. */
export interface RunLog {
  /** Takes output of the function as it is written; a line may come in pieces. */
  write(bytes: Uint8Array): void;
  /** Takes lines of Lambda's own. */
  lines(lines: readonly string[]): void;
  /** Logs the last line, also when it has no end. */
  flush(): void;
}

/** CloudWatch Logs takes events of 1 MB. */
const LONGEST_LINE = 1024 * 1024;
/** How the runtime begins the lines of `console`. It writes a carriage return for each line break in a message. */
const CONSOLE_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t/;

export function openRunLog(store: LogStore, clock: Clock, { region, group, stream }: LogTarget): RunLog {
  let held = Buffer.alloc(0);
  let heldSince = 0;
  const log = (text: string, time: number): void => {
    const message = CONSOLE_LINE.test(text) ? text.replaceAll('\r', '\n') : text;
    store.append(region, group, stream, Math.round(time), `${message}\n`);
  };
  const flush = (): void => {
    if (held.length > 0) log(held.toString(), heldSince);
    held = Buffer.alloc(0);
  };
  return {
    flush,
    write(bytes) {
      const now = clock.now();
      if (held.length === 0) heldSince = now;
      let rest = Buffer.concat([held, bytes]);
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        log(rest.subarray(0, end).toString(), heldSince);
        rest = rest.subarray(end + 1);
        heldSince = now;
      }
      held = rest;
      if (held.length >= LONGEST_LINE) flush();
    },
    lines(lines) {
      flush();
      const now = clock.now();
      for (const line of lines) if (line !== '') log(line, now);
    },
  };
}
