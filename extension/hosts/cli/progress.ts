import type { Log } from '../../ports.ts';

/** Shows that a call is under way: a line that moves on a terminal, else a line each 30 s. */
export interface Progress {
  /** The same log, whose lines do not run into the moving line. */
  readonly log: Log;
  /** Writes a line that stays. */
  line(text: string): void;
  stop(): void;
}

interface Shown {
  readonly what: string;
  /** Seconds after which the call is given up. */
  readonly limit: number;
  readonly isTerminal: boolean;
  readonly quiet: boolean;
  readonly write?: (text: string) => void;
  readonly now?: () => number;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const clear = '\r\u001b[2K';

/** Milliseconds before the line shows at all, between two pictures, and between two lines where there is no terminal. */
const pace = { before: 400, picture: 100, line: 30_000 };

export function progressOf(
  log: Log,
  { what, limit, isTerminal, quiet, write = (text) => process.stderr.write(text), now = Date.now }: Shown,
): Progress {
  if (quiet) return { log, line() {}, stop() {} };
  const start = now();
  let drawn = false;
  let frame = 0;
  const seconds = () => Math.floor((now() - start) / 1000);
  const timer = isTerminal
    ? setInterval(() => {
        if (now() - start < pace.before) return;
        frame += 1;
        write(`${clear}${frames[frame % frames.length]} ${what}: ${times(seconds(), limit)}`);
        drawn = true;
      }, pace.picture)
    : setInterval(() => write(`${what}: ${times(seconds(), limit)}\n`), pace.line);
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
    line(text) {
      wipe();
      write(`${text}\n`);
    },
    stop() {
      clearInterval(timer);
      wipe();
    },
  };
}

function times(elapsed: number, limit: number): string {
  return `${elapsed} s, at most ${Math.max(0, limit - elapsed)} s more (Ctrl-C cancels)`;
}
