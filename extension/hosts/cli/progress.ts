import type { Log } from '../../ports.ts';
import { bytesText, durationText, shortened } from './text.ts';

/** Shows that a call is under way: a line that moves on a terminal, else a line each 30 s. */
export interface Progress {
  /** The same log, whose lines do not run into the moving line. */
  readonly log: Log;
  /** Writes a line that stays. */
  line(text: string): void;
  /** Removes the moving line, so that others may write there; it comes again. */
  wipe(): void;
  /** Says what is under way now, and since when in milliseconds since 1970. */
  say(what: string, since?: number): void;
  /** Counts bytes that have come. */
  count(bytes: number): void;
  stop(): void;
}

interface Shown {
  readonly what: string;
  /** Seconds after which the call is given up; null when nobody knows. */
  readonly limit: number | null;
  /** What Ctrl-C does. */
  readonly onCancel?: string;
  readonly isTerminal: boolean;
  /** Columns of the terminal, which may change. */
  readonly width?: () => number;
  readonly quiet: boolean;
  readonly write?: (text: string) => void;
  readonly now?: () => number;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const clear = '\r\u001b[2K';

/** Milliseconds before the line shows at all, between two pictures, and between two lines where there is no terminal. */
const pace = { before: 400, picture: 100, line: 30_000 };

export function progressOf(log: Log, shown: Shown): Progress {
  const { limit, isTerminal, quiet, onCancel = 'Ctrl-C cancels' } = shown;
  const { width = () => 80, write = (text) => process.stderr.write(text), now = Date.now } = shown;
  if (quiet) return { log, line() {}, wipe() {}, say() {}, count() {}, stop() {} };
  const start = now();
  let { what } = shown;
  let began = start;
  let bytes = 0;
  let drawn = false;
  let frame = 0;
  const text = () => {
    const elapsed = Math.max(0, Math.floor((now() - began) / 1000));
    const left = limit === null ? '' : `, at most ${Math.max(0, limit - elapsed)} s more`;
    const come = bytes === 0 ? '' : `${bytesText(bytes)}, `;
    // What is long is the name; the times beside it stay.
    const times = `: ${come}${limit === null ? durationText(elapsed * 1000) : `${elapsed} s`}${left} (${onCancel})`;
    return shortened(what, Math.max(8, isTerminal ? width() - times.length - 3 : 1000)) + times;
  };
  const timer = isTerminal
    ? setInterval(() => {
        if (now() - start < pace.before) return;
        frame += 1;
        write(`${clear}${frames[frame % frames.length]} ${shortened(text(), Math.max(1, width() - 3))}`);
        drawn = true;
      }, pace.picture)
    : setInterval(() => write(`${text()}\n`), pace.line);
  timer.unref();
  const wipe = () => {
    if (drawn) write(clear);
    drawn = false;
  };
  const over = (level: keyof Log) => (message: string) => {
    wipe();
    log[level](message);
  };
  return {
    log: { error: over('error'), warn: over('warn'), info: over('info'), debug: over('debug') },
    line(line) {
      wipe();
      write(`${line}\n`);
    },
    wipe,
    say(now, since = began) {
      what = now;
      began = since;
    },
    count(more) {
      bytes += more;
    },
    stop() {
      clearInterval(timer);
      wipe();
    },
  };
}
