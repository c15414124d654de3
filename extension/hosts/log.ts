import type { Writable } from 'node:stream';
import type { Log } from '../ports.ts';

export const levels = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof levels)[number];

/** Writes lines of time, level and message, down to the given level. */
export function logTo(stream: Writable, level: Level): Log {
  stream.on('error', () => {}); // a reader that has gone must not change the outcome
  const write = (of: Level) => (message: string) => {
    if (levels.indexOf(of) > levels.indexOf(level)) return;
    stream.write(`${new Date().toISOString()} ${of.toUpperCase().padEnd(5)} ${message.replace(/\r?\n/g, ' ')}\n`);
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}
