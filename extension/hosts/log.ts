import { writeSync } from 'node:fs';
import type { Log } from '../ports.ts';

export const levels = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

/** Writes lines of time, level and message on standard error, down to the given level. */
export function logTo(level: Level): Log {
  const write = (of: Level) => (message: string) => {
    if (levels.indexOf(of) > levels.indexOf(level)) return;
    writeLine(`${new Date().toISOString()} ${of.toUpperCase().padEnd(5)} ${message.replace(/\r?\n/g, ' ')}\n`);
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

/** Writes at once: the line that says that a request is being sent must be there before the request. */
function writeLine(line: string): void {
  try {
    // Not through process.stderr, which takes 2 ms to set up.
    const written = writeSync(2, line);
    if (written < Buffer.byteLength(line)) later(Buffer.from(line).subarray(written));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') later(line); // a full pipe that does not block
    // Otherwise the reader has gone, which must not change the outcome.
  }
}

function later(rest: string | Buffer): void {
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {});
  process.stderr.write(rest);
}
