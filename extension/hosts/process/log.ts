import { writeSync } from 'node:fs';
import type { Log } from '../../ports.ts';

export const levels = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

/** Writes lines of time, level and message on standard error, down to the given level. */
export function logTo(level: Level): Log {
  const writeLine = lineWriter();
  const write = (of: Level) => (message: string) => {
    if (levels.indexOf(of) > levels.indexOf(level)) return;
    writeLine(`${new Date().toISOString()} ${of.toUpperCase().padEnd(5)} ${message.replace(/\r?\n/g, ' ')}\n`);
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

/**
 * Writes each line at once, since the one that says that a request is being sent must be there before the request; not
 * through process.stderr, which takes 2 ms to set up. A pipe that is full and does not block gets the rest from there.
 */
function lineWriter(): (line: string) => void {
  let queue: ((rest: string | Buffer) => void) | null = null;
  const openQueue = () => {
    process.stderr.on('error', () => {}); // a reader that has gone must not change the outcome
    queue = (rest) => process.stderr.write(rest);
    return queue;
  };
  return (line) => {
    if (queue !== null) return queue(line);
    try {
      const written = writeSync(2, line);
      const rest = Buffer.from(line).subarray(written);
      if (rest.length > 0) openQueue()(rest);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') openQueue()(line);
      // Otherwise the reader has gone.
    }
  };
}
