import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { printable } from '../../formats/printable.ts';
import type { Log } from '../../ports.ts';

export const levels = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

/** Writes lines of time, level and message on standard error, down to the given level. */
export function logTo(level: Level): Log {
  const writeLine = lineWriter();
  const write = (of: Level) => (message: string) => {
    if (levels.indexOf(of) > levels.indexOf(level)) return;
    const text = printable(message);
    writeLine(`${new Date().toISOString()} ${of.toUpperCase().padEnd(5)} ${text}\n`);
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

/**
 * Writes each line at once, since the one that says that a request is being sent must be there before the request; not
 * through process.stderr, which takes 2 ms to set up. What does not fit without waiting goes there.
 */
function lineWriter(): (line: string) => void {
  let { file, room } = standardError();
  let queue: ((rest: string | Buffer) => void) | null = null;
  const openQueue = () => {
    process.stderr.on('error', () => {}); // a reader that has gone must not change the outcome
    queue = (rest) => process.stderr.write(rest);
    return queue;
  };
  return (line) => {
    if (queue !== null) return queue(line);
    room -= line.length;
    if (room < 0) return openQueue()(line);
    try {
      const written = writeSync(file, line);
      const rest = Buffer.from(line).subarray(written);
      if (rest.length > 0) openQueue()(rest);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') openQueue()(line);
      // Otherwise the reader has gone.
    }
  };
}

/**
 * Where lines can be written without waiting for a reader that does not read, which would keep signals out, and how many
 * characters for certain. A pipe is opened again, since the flag that says so is shared with all who have it.
 */
function standardError(): { file: number; room: number } {
  try {
    const found = fstatSync(2);
    if (found.isSocket()) return { file: 2, room: 2 ** 14 };
    if (found.isFIFO() && process.platform === 'linux') {
      return { file: openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK), room: Infinity };
    }
  } catch {
    // no /proc, or another user's pipe
  }
  return { file: 2, room: Infinity };
}
