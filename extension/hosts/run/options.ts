import { parseArgs } from 'node:util';
import { type Level, levels } from '../process/log.ts';
import type { RunOptions } from './run.ts';
import { usage } from './usage.ts';

/** What the words after `run` ask for. */
export type Request =
  | { readonly kind: 'run' | 'check'; readonly options: RunOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string };

const flags = {
  check: { type: 'boolean' },
  fields: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  'log-level': { type: 'string', default: 'info' },
  output: { type: 'string' },
} as const;

export function requestOf(args: readonly string[]): Request {
  try {
    const { check, help, 'log-level': logLevel, ...paths } = parseArgs({ args: [...args], options: flags }).values;
    if (help) return { kind: 'help' };
    if (!isLevel(logLevel)) return refused(`--log-level must be one of ${levels.join(', ')}`);
    return { kind: check ? 'check' : 'run', options: { ...paths, logLevel } };
  } catch (error) {
    // Node's own message goes on with advice on positional arguments, of which there is none to give.
    return refused((error as Error).message.split('. ')[0] ?? '');
  }
}

function refused(fault: string): Request {
  return { kind: 'refused', message: `${fault}; usage: ${usage}` };
}

function isLevel(word: string): word is Level {
  return (levels as readonly string[]).includes(word);
}
